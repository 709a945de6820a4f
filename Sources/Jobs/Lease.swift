import FoundationEssentials
import Postgres

/// An engine's row in the database: the lease under which it holds all of its jobs.
struct Lease: Sendable {
    let engine: UUID
    var until: Date

    static func take(
        queues: [String], host: String, processID: Int, now: Date, seconds: Double, in session: some Session
    ) async throws -> Lease {
        let lease = Lease(engine: UUID(), until: now.addingTimeInterval(seconds))
        try await session.execute(
            """
            INSERT INTO jobs.engine (id, host, process_id, queues, started_at, lease_until)
            VALUES (\(lease.engine), \(host), \(processID)::int, \(queues), \(now), \(lease.until))
            """)
        return lease
    }

    /// Renews the lease. Returns the jobs that somebody wants cancelled, or nil when the lease was lost to a rescuer.
    mutating func renew(
        holding held: [JobID], now: Date, seconds: Double, in session: some Session
    ) async throws -> [JobID: String]? {
        let next = now.addingTimeInterval(seconds)
        guard try await session.execute("UPDATE jobs.engine SET lease_until = \(next) WHERE id = \(engine)") == 1 else {
            return nil
        }
        until = next
        let rows = try await session.query(
            """
            SELECT id, cancel_reason FROM jobs.job
             WHERE id = ANY (\(held.map(\.rawValue))) AND owner = \(engine) AND cancel_reason IS NOT NULL
            """)
        return Dictionary(
            uniqueKeysWithValues: try rows.map { (JobID(rawValue: try $0["id"]), try $0["cancel_reason"]) })
    }

    /// Ends the engine: hands every job that it still holds back, with the attempt it didn't use, and removes the row.
    /// Jobs whose effect had begun and may not happen twice are in doubt.
    func giveUp(now: Date, in session: some Session) async throws {
        try await session.execute(
            """
            WITH doubtful AS (
                DELETE FROM jobs.job WHERE stage = 'ready' AND owner = \(engine) AND effect_at IS NOT NULL RETURNING *
            ), kept AS (
                INSERT INTO jobs.dead_letter
                SELECT \(now), 'Its engine stopped before it ended; nobody knows whether its effect happened.', NULL, true, doubtful.*
                  FROM doubtful
            ), back AS (
                UPDATE jobs.job SET owner = NULL, token = token + 1, attempt = attempt - 1, started_at = NULL, progress = NULL,
                       progress_note = NULL
                 WHERE stage = 'ready' AND owner = \(engine) AND effect_at IS NULL RETURNING queue
            ), told AS (SELECT count(pg_notify('jobs', 'ready ' || queue)) FROM (
                SELECT queue FROM back UNION SELECT queue FROM jobs.permit WHERE engine = \(engine) AND held > 0) AS q)
            DELETE FROM jobs.engine WHERE id = \(engine) AND (SELECT count FROM told) >= 0
            """)
    }

    /// A job that a lapsed engine held, and what became of it: ready, dead, in_doubt or cancelled.
    struct Rescued: Sendable {
        let id: JobID
        let queue: String
        let state: String
    }

    /// Rescues the jobs of engines that stopped renewing.
    static func rescue(now: Date, in session: some Session) async throws -> [Rescued] {
        try await session.query("SELECT id, queue, state FROM jobs.rescue(\(now))").map {
            Rescued(id: JobID(rawValue: try $0["id"]), queue: try $0["queue"], state: try $0["state"])
        }
    }
}
