package import FoundationEssentials

package struct PauseQueue: Command {
    package typealias Reply = QueueView
    package static let name = "queue.pause"
    package static let summary = Phrase("Starts no more jobs of a queue.", "暂停启动队列中的任务。")
    package static let permission = Permission.operateJobs
    package static let route = Route.post("/v1/queues/{queue}/pause")
    package static let governsAll = true

    package let queue: String

    package init(queue: String) {
        self.queue = queue
    }
}

package struct ResumeQueue: Command {
    package typealias Reply = QueueView
    package static let name = "queue.resume"
    package static let summary = Phrase("Starts jobs of a queue again.", "恢复启动队列中的任务。")
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
    package static let summary = Phrase(
        "Limits how many jobs of a queue run at once, and how often one starts.",
        "限制队列同时运行的任务数和启动频率。")
    package static let permission = Permission.operateJobs
    package static let route = Route.post("/v1/queues/{queue}/limit")
    package static let governsAll = true
    package static let fields = [
        "running": FieldNote(
            "Jobs that run at once, over all daemons. What isn't given isn't limited any more.",
            "所有守护进程合计同时运行的任务数。不写的不再限制。"),
        "rate": FieldNote("Starts per second, minute, hour or day: 10/minute.", "每秒、分、时或日启动的次数，如 10/minute。"),
    ]

    package let queue: String
    package let running: Int?
    package let rate: String?

    package init(queue: String, running: Int? = nil, rate: String? = nil) {
        self.queue = queue
        self.running = running
        self.rate = rate
    }
}

package struct ListQueues: Query {
    package typealias Reply = Page<QueueView>
    package static let name = "queue.list"
    package static let summary = Phrase("Lists queues and their depth.", "列出队列及积压数量。")
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
