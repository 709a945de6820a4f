package import FoundationEssentials

/// Starts no more jobs of a queue.
package struct PauseQueue: Command {
    package typealias Reply = QueueView
    package static let name = "queue.pause"
    package static let summary = "Starts no more jobs of a queue."
    package static let permission = Permission.operateJobs
    package static let route = Route.post("/v1/queues/{queue}/pause")
    package static let governsAll = true

    package let queue: String

    package init(queue: String) {
        self.queue = queue
    }
}

/// Starts jobs of a queue again.
package struct ResumeQueue: Command {
    package typealias Reply = QueueView
    package static let name = "queue.resume"
    package static let summary = "Starts jobs of a queue again."
    package static let permission = Permission.operateJobs
    package static let route = Route.post("/v1/queues/{queue}/resume")
    package static let governsAll = true

    package let queue: String

    package init(queue: String) {
        self.queue = queue
    }
}

/// Limits a queue over all daemons together. What isn't given isn't limited any more.
package struct LimitQueue: Command {
    package typealias Reply = QueueView
    package static let name = "queue.limit"
    package static let summary = "Limits how many jobs of a queue run at once, and how often one starts."
    package static let permission = Permission.operateJobs
    package static let route = Route.post("/v1/queues/{queue}/limit")
    package static let governsAll = true

    package let queue: String
    /// Jobs that run at once, at most.
    package let running: Int?
    /// Starts per time, `10/minute`: a number, and second, minute, hour or day.
    package let rate: String?

    package init(queue: String, running: Int? = nil, rate: String? = nil) {
        self.queue = queue
        self.running = running
        self.rate = rate
    }
}

/// Lists queues and their depth.
package struct ListQueues: Query {
    package typealias Reply = Page<QueueView>
    package static let name = "queue.list"
    package static let summary = "Lists queues and their depth."
    package static let permission = Permission.operateJobs
    package static let route = Route.get("/v1/queues")
    package static let governsAll = true

    package init() {}
}

/// A queue of jobs.
package struct QueueView: Codable, Sendable {
    package var name: String
    package var paused: Bool
    package var pausedBy: String?
    package var available: Int64
    package var running: Int64
    package var scheduled: Int64
    /// Wait for other jobs, or for their turn in a lane.
    package var waiting: Int64
    /// Discarded, kept to be looked at.
    package var failed: Int64
    package var inDoubt: Int64
    /// Since when the available job that waits longest could run.
    package var oldestDueAt: Date?
    /// Jobs that run at once over all daemons, at most.
    package var maxRunning: Int?
    /// Starts per time: `10/minute`.
    package var rate: String?

    package init(
        name: String, paused: Bool, pausedBy: String? = nil, available: Int64, running: Int64, scheduled: Int64,
        waiting: Int64 = 0, failed: Int64, inDoubt: Int64 = 0, oldestDueAt: Date? = nil, maxRunning: Int? = nil,
        rate: String? = nil
    ) {
        self.name = name
        self.paused = paused
        self.pausedBy = pausedBy
        self.available = available
        self.running = running
        self.scheduled = scheduled
        self.waiting = waiting
        self.failed = failed
        self.inDoubt = inDoubt
        self.oldestDueAt = oldestDueAt
        self.maxRunning = maxRunning
        self.rate = rate
    }
}
