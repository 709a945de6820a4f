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
    /// Nobody knows whether its effect happened: a person has to find out, and says it (`job.resolve`).
    case inDoubt = "in_doubt"
    case cancelled
}

/// Lists jobs, the newest first.
package struct ListJobs: Query {
    package typealias Reply = Page<JobView>
    package static let name = "job.list"
    package static let summary = "Lists jobs, the newest first."
    package static let permission = Permission.operateJobs
    package static let route = Route.get("/v1/jobs")
    // Jobs name cases and runs of every union.
    package static let governsAll = true

    package let state: JobState?
    package let kind: String?
    package let queue: String?
    /// What the jobs are about: `case/NUMBER`, `run/NUMBER`.
    package let subject: String?
    package let limit: Int?
    package let cursor: String?

    package init(
        state: JobState? = nil, kind: String? = nil, queue: String? = nil, subject: String? = nil, limit: Int? = nil,
        cursor: String? = nil
    ) {
        self.state = state
        self.kind = kind
        self.queue = queue
        self.subject = subject
        self.limit = limit
        self.cursor = cursor
    }
}

/// Follows jobs: those that were made, began or ended since the cursor of the answer before, the oldest first.
///
/// The first answer has the latest ends and what runs. Each answer has a cursor for the next; a job that changed twice in
/// between is there once, as it is now. Ask at a modest interval: `relief job tail` asks once a second.
package struct TailJobs: Query {
    package typealias Reply = Page<JobView>
    package static let name = "job.tail"
    package static let summary = "Follows jobs as they change and end."
    package static let permission = Permission.operateJobs
    package static let route = Route.get("/v1/job-changes")
    package static let governsAll = true

    package let state: JobState?
    package let kind: String?
    package let queue: String?
    package let subject: String?
    package let cursor: String?

    package init(
        state: JobState? = nil, kind: String? = nil, queue: String? = nil, subject: String? = nil, cursor: String? = nil
    ) {
        self.state = state
        self.kind = kind
        self.queue = queue
        self.subject = subject
        self.cursor = cursor
    }
}

/// Shows a job: how far it is, why it waits, what went wrong, and what it did.
package struct ShowJob: Query {
    package typealias Reply = JobView
    package static let name = "job.show"
    package static let summary = "Shows a job, why it waits and what it did."
    package static let permission = Permission.operateJobs
    package static let route = Route.get("/v1/jobs/{job}")
    package static let governsAll = true

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

/// Gives all dead jobs of a kind their attempts again; those in doubt stay for `job.resolve`.
package struct RetryDeadJobs: Command {
    package typealias Reply = RetriedJobs
    package static let name = "job.retryDead"
    package static let summary = "Runs all failed jobs of a kind again."
    package static let permission = Permission.operateJobs
    package static let route = Route.post("/v1/dead-jobs/retry")
    package static let governsAll = true

    package let kind: String

    package init(kind: String) {
        self.kind = kind
    }
}

/// Says whether the effect of a job in doubt happened: then the job is done, otherwise it runs again.
package struct ResolveJob: Command {
    package typealias Reply = JobView
    package static let name = "job.resolve"
    package static let summary = "Says whether the effect of a job in doubt happened."
    package static let permission = Permission.operateJobs
    package static let route = Route.post("/v1/jobs/{job}/resolve")
    package static let governsAll = true

    package let job: Int64
    package let happened: Bool
    /// How that was found out.
    package let reason: String

    package init(job: Int64, happened: Bool, reason: String) {
        self.job = job
        self.happened = happened
        self.reason = reason
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
