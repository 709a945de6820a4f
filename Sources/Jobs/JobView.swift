public import FoundationEssentials
import Postgres

/// Where a job is in its life.
public enum JobState: String, Sendable, Codable, CaseIterable {
    /// Waits for other jobs.
    case blocked
    /// Due later.
    case scheduled
    /// Waits for its turn in a lane.
    case laned
    case ready, running, done, cancelled
    /// Failed for good; waits for a person.
    case dead
    /// Its effect may have happened, or not; waits for a person, too.
    case inDoubt = "in_doubt"
    /// A dead job that a person let rest.
    case dismissed
}

/// A job as people see it.
public struct JobView: Sendable, Codable, Equatable {
    public let id: JobID
    public let kind: String
    public let version: Int
    /// JSON.
    public let args: String
    public let state: JobState
    public let queue: String
    public let priority: Int
    public let lane: String?
    public let uniqueKey: String?
    /// What it is about: `case/…`, `run/…`.
    public let subject: String?
    public let attempt: Int
    public let maxAttempts: Int
    /// Attempts that ended with their engine.
    public let losses: Int
    public let runAt: Date
    public let createdAt: Date
    public let startedAt: Date?
    public let finishedAt: Date?
    public let reason: String?
    public let lastError: String?
    public let engine: UUID?
    public let progress: Double?
    public let progressNote: String?

    init(row: Row) throws {
        id = JobID(rawValue: try row["id"])
        kind = try row["kind"]
        version = try row["version"]
        args = try row["args"]
        guard let state = JobState(rawValue: try row["state"]) else { throw UnknownState() }
        self.state = state
        queue = try row["queue"]
        priority = try row["priority"]
        lane = try row["lane"]
        uniqueKey = try row["unique_key"]
        subject = try row["subject"]
        attempt = try row["attempt"]
        maxAttempts = try row["max_attempts"]
        losses = try row["losses"]
        runAt = try row["run_at"]
        createdAt = try row["created_at"]
        startedAt = try row["started_at"]
        finishedAt = try row["finished_at"]
        reason = try row["reason"]
        lastError = try row["last_error"]
        engine = try row["owner"]
        progress = try row["progress"]
        progressNote = try row["progress_note"]
    }
}

/// The schema knows a state that this program doesn't: it is older than the database.
struct UnknownState: Error {}

/// A queue as people see it.
public struct QueueView: Sendable, Codable, Equatable {
    public let name: String
    public let ready: Int
    public let running: Int
    public let scheduled: Int
    public let laned: Int
    public let blocked: Int
    /// Failed for good; those in doubt are counted apart.
    public let dead: Int
    public let inDoubt: Int
    /// When the ready job that waits longest was due.
    public let oldest: Date?
    public let pausedAt: Date?
    public let pausedBy: String?
    /// Jobs that run at once over all engines, at most.
    public let maxRunning: Int?
    /// Starts per time, over all engines: `10/minute`.
    public let rate: String?

    init(row: Row) throws {
        name = try row["queue"]
        ready = try row["ready"]
        running = try row["running"]
        scheduled = try row["scheduled"]
        laned = try row["laned"]
        blocked = try row["blocked"]
        dead = try row["dead"]
        inDoubt = try row["in_doubt"]
        oldest = try row["oldest"]
        pausedAt = try row["paused_at"]
        pausedBy = try row["paused_by"]
        maxRunning = try row["max_running"]
        let count: Int? = try row["rate_count"]
        let seconds: Double? = try row["rate_seconds"]
        rate = count.map { QueueRate.text(count: $0, periodSeconds: seconds ?? 0) }
    }
}

/// An engine as people see it.
public struct EngineView: Sendable, Codable, Equatable {
    public let id: UUID
    public let host: String
    public let processID: Int
    public let queues: [String]
    public let startedAt: Date
    public let leaseUntil: Date
    public let running: Int

    init(row: Row) throws {
        id = try row["id"]
        host = try row["host"]
        processID = try row["process_id"]
        queues = try row["queues"]
        startedAt = try row["started_at"]
        leaseUntil = try row["lease_until"]
        running = try row["running"]
    }
}
