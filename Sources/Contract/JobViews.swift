package import FoundationEssentials

/// A job of the daemon.
package struct JobView: Codable, Sendable, Equatable {
    package var id: Int64
    package var kind: String
    package var queue: String
    package var state: JobState
    /// What it works on: `case/NUMBER`, `run/NUMBER`.
    package var subject: String?
    package var attempt: Int
    package var maxAttempts: Int
    /// Attempts that ended with the process that ran them.
    package var losses: Int
    package var priority: Int
    /// Jobs of one lane run one after another.
    package var lane: String?
    package var createdAt: Date
    package var dueAt: Date
    package var startedAt: Date?
    package var finishedAt: Date?
    package var progress: String?
    /// Why it is where it is, in a sentence; `job.show` says it.
    package var why: String?
    /// Why it ended so, and its last error.
    package var errors: [String]
    /// The cases, runs and other things that its command concerned; `job.show` says them.
    package var concerned: [String]?

    package init(
        id: Int64, kind: String, queue: String, state: JobState, subject: String? = nil, attempt: Int,
        maxAttempts: Int, losses: Int = 0, priority: Int, lane: String? = nil, createdAt: Date, dueAt: Date,
        startedAt: Date? = nil, finishedAt: Date? = nil, progress: String? = nil, why: String? = nil,
        errors: [String], concerned: [String]? = nil
    ) {
        self.id = id
        self.kind = kind
        self.queue = queue
        self.state = state
        self.subject = subject
        self.attempt = attempt
        self.maxAttempts = maxAttempts
        self.losses = losses
        self.priority = priority
        self.lane = lane
        self.createdAt = createdAt
        self.dueAt = dueAt
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.progress = progress
        self.why = why
        self.errors = errors
        self.concerned = concerned
    }
}

/// A job as those see it who may see what it works on: how it stands, nothing of what is in it.
package struct JobGlance: Codable, Sendable, Equatable {
    package var id: Int64
    package var kind: String
    package var state: JobState
    package var subject: String?
    package var dueAt: Date
    package var finishedAt: Date?

    package init(
        id: Int64, kind: String, state: JobState, subject: String? = nil, dueAt: Date, finishedAt: Date? = nil
    ) {
        self.id = id
        self.kind = kind
        self.state = state
        self.subject = subject
        self.dueAt = dueAt
        self.finishedAt = finishedAt
    }
}

/// What became of a retry of all dead jobs of a kind.
package struct RetriedJobs: Codable, Sendable {
    package var kind: String
    package var retried: Int
    /// Those whose unique key a live job holds, and those in doubt.
    package var left: Int

    package init(kind: String, retried: Int, left: Int) {
        self.kind = kind
        self.retried = retried
        self.left = left
    }
}
