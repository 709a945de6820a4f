package import FoundationEssentials

/// Where a job stands.
package enum JobState: String, Codable, CaseIterable, Sendable {
    /// Waits for other jobs to be done.
    case blocked
    case available
    case scheduled
    case waiting
    case running
    case retryable
    case completed
    case discarded
    /// Nobody knows whether its effect happened: a person has to find out.
    case inDoubt = "in_doubt"
    case cancelled
}

/// Lists jobs.
package struct ListJobs: Query {
    package typealias Reply = Page<JobView>
    package static let name = "job.list"
    package static let summary = "Lists jobs."
    package static let permission = Permission.operateJobs
    package static let route = Route.get("/v1/jobs")

    package let state: JobState?
    package let kind: String?
    package let queue: String?
    package let limit: Int?
    package let cursor: String?

    package init(
        state: JobState? = nil, kind: String? = nil, queue: String? = nil, limit: Int? = nil, cursor: String? = nil
    ) {
        self.state = state
        self.kind = kind
        self.queue = queue
        self.limit = limit
        self.cursor = cursor
    }
}

/// Shows a job with its errors.
package struct ShowJob: Query {
    package typealias Reply = JobView
    package static let name = "job.show"
    package static let summary = "Shows a job with its errors."
    package static let permission = Permission.operateJobs
    package static let route = Route.get("/v1/jobs/{job}")

    package let job: Int64

    package init(job: Int64) {
        self.job = job
    }
}

/// Runs a failed or waiting job now.
package struct RetryJob: Command {
    package typealias Reply = JobView
    package static let name = "job.retry"
    package static let summary = "Runs a failed or waiting job now."
    package static let permission = Permission.operateJobs
    package static let route = Route.post("/v1/jobs/{job}/retry")
    package static let governsAll = true

    package let job: Int64

    package init(job: Int64) {
        self.job = job
    }
}

/// Gives a job up.
package struct CancelJob: Command {
    package typealias Reply = JobView
    package static let name = "job.cancel"
    package static let summary = "Gives a job up."
    package static let permission = Permission.operateJobs
    package static let route = Route.post("/v1/jobs/{job}/cancel")
    package static let governsAll = true

    package let job: Int64
    package let reason: String

    package init(job: Int64, reason: String) {
        self.job = job
        self.reason = reason
    }
}

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

/// Lists queues and their depth.
package struct ListQueues: Query {
    package typealias Reply = Page<QueueView>
    package static let name = "queue.list"
    package static let summary = "Lists queues and their depth."
    package static let permission = Permission.operateJobs
    package static let route = Route.get("/v1/queues")

    package init() {}
}

/// Lists what runs by the clock.
package struct ListSchedules: Query {
    package typealias Reply = Page<ScheduleView>
    package static let name = "schedule.list"
    package static let summary = "Lists what runs by the clock."
    package static let permission = Permission.operateJobs
    package static let route = Route.get("/v1/schedules")

    package init() {}
}

/// A job of the daemon.
package struct JobView: Codable, Sendable {
    package var id: Int64
    package var kind: String
    package var queue: String
    package var state: JobState
    package var priority: Int
    package var attempt: Int
    package var maxAttempts: Int
    package var dueAt: Date
    package var startedAt: Date?
    package var finishedAt: Date?
    package var progress: String?
    package var errors: [String]
    /// What it works on.
    package var subject: String?

    package init(
        id: Int64, kind: String, queue: String, state: JobState, priority: Int, attempt: Int, maxAttempts: Int,
        dueAt: Date, startedAt: Date? = nil, finishedAt: Date? = nil, progress: String? = nil, errors: [String],
        subject: String? = nil
    ) {
        self.id = id
        self.kind = kind
        self.queue = queue
        self.state = state
        self.priority = priority
        self.attempt = attempt
        self.maxAttempts = maxAttempts
        self.dueAt = dueAt
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.progress = progress
        self.errors = errors
        self.subject = subject
    }
}

/// A queue of jobs.
package struct QueueView: Codable, Sendable {
    package var name: String
    package var paused: Bool
    package var available: Int64
    package var running: Int64
    package var scheduled: Int64
    /// Discarded, kept to be looked at.
    package var failed: Int64

    package init(name: String, paused: Bool, available: Int64, running: Int64, scheduled: Int64, failed: Int64) {
        self.name = name
        self.paused = paused
        self.available = available
        self.running = running
        self.scheduled = scheduled
        self.failed = failed
    }
}

/// A job that runs by the clock.
package struct ScheduleView: Codable, Sendable {
    package var name: String
    package var cron: String
    package var zone: String
    /// What it does on days that don't work.
    package var rule: String?
    package var nextAt: Date?
    package var lastAt: Date?
    package var paused: Bool

    package init(
        name: String, cron: String, zone: String, rule: String? = nil, nextAt: Date? = nil, lastAt: Date? = nil,
        paused: Bool
    ) {
        self.name = name
        self.cron = cron
        self.zone = zone
        self.rule = rule
        self.nextAt = nextAt
        self.lastAt = lastAt
        self.paused = paused
    }
}
