import FoundationEssentials
import Postgres

/// An engine's row in the database: the lease under which it holds all of its jobs.
struct Lease: Sendable {
    let engine: UUID
    var until: Date

    static func take(
        queues: [String], registry: Registry, host: String, processID: Int, now: Date, seconds: Double,
        in session: some Session
    ) async throws -> Lease {
        let lease = Lease(engine: UUID(), until: now.addingTimeInterval(seconds))
        let entries = registry.entries.values.sorted { $0.kind < $1.kind }
        try await session.execute(
            """
            INSERT INTO jobs.engine (id, host, process_id, queues, kinds, versions, started_at, lease_until)
            VALUES (\(lease.engine), \(host), \(processID)::int, \(queues), \(entries.map(\.kind)),
                    \(entries.map(\.version))::int[], \(now), \(lease.until))
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
        try await session.execute("SELECT jobs.hand_back(\(engine), '{}', true, \(now))")
    }

    /// Hands back every job of this engine but those it knows that it holds.
    func handBack(but held: [JobID], now: Date, in session: some Session) async throws -> [TakenBack] {
        try await session.query(
            "SELECT id, state FROM jobs.hand_back(\(engine), \(held.map(\.rawValue)), false, \(now))"
        ).map(TakenBack.init)
    }

    /// A job that was taken from an engine, and what became of it: ready, dead, in_doubt or cancelled.
    struct TakenBack: Sendable {
        let id: JobID
        let state: String

        init(row: Row) throws {
            id = JobID(rawValue: try row["id"])
            state = try row["state"]
        }
    }

    /// Rescues the jobs of engines that stopped renewing.
    static func rescue(now: Date, in session: some Session) async throws -> [TakenBack] {
        try await session.query("SELECT id, state FROM jobs.rescue(\(now))").map(TakenBack.init)
    }
}
