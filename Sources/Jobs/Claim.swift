import FoundationEssentials
import Postgres

/// A job that an engine holds: its row as claimed, with the token that proves the claim.
struct Claim: Sendable {
    let id: JobID
    let kind: String
    let version: Int
    let args: Data
    let queue: String
    let priority: Int
    let lane: String?
    let attempt: Int
    let maxAttempts: Int
    let runAt: Date
    let startedAt: Date
    let token: Int
    let owner: UUID

    /// Where claims of a queue go on. Starting behind the rows that were claimed before spares a walk over their dead
    /// versions, which costs most while an old snapshot keeps vacuum from removing them.
    struct Cursor: Sendable {
        var priority = -1
        var id: Int64 = 0
        var uses = 0

        var atStart: Bool { priority < 0 }
    }

    /// Claims up to `room` jobs of a queue from the cursor on, and counts their attempt. Only kinds and versions that the
    /// registry knows; nothing while the queue is paused, or when the engine's own lease has run out.
    static func take(
        queue: String, room: Int, from cursor: Cursor, registry: Registry, lease: Lease, now: Date, leaseNow: Date,
        in session: some Session
    ) async throws -> [Claim] {
        let entries = registry.entries.values.sorted { $0.kind < $1.kind }
        let rows = try await session.query(
            """
            WITH me AS MATERIALIZED (
                SELECT id FROM jobs.engine WHERE id = \(lease.engine) AND lease_until > \(leaseNow) FOR KEY SHARE
            )
            UPDATE jobs.job AS j
               SET owner = \(lease.engine), token = j.token + 1, attempt = j.attempt + 1, started_at = \(now)
             WHERE j.ctid = ANY (ARRAY(
                SELECT c.ctid FROM jobs.job AS c
                 WHERE EXISTS (SELECT FROM me)
                   AND NOT EXISTS (SELECT FROM jobs.queue AS q WHERE q.name = \(queue) AND q.paused_at IS NOT NULL)
                   AND c.queue = \(queue) AND c.stage = 'ready' AND (c.priority, c.id) > (\(cursor.priority)::int, \(cursor.id))
                   AND c.owner IS NULL
                   AND c.version <= (\(entries.map(\.version))::bigint[])[array_position(\(entries.map(\.kind))::text[], c.kind)]
                 ORDER BY c.priority, c.id LIMIT \(room) FOR UPDATE OF c SKIP LOCKED))
            RETURNING j.id, j.kind, j.version, j.args::text AS args, j.queue, j.priority, j.lane, j.attempt, j.max_attempts,
                      j.run_at, j.token
            """)
        let claims = try rows.map { try Claim(row: $0, startedAt: now, owner: lease.engine) }
        return claims.sorted { ($0.priority, $0.id) < ($1.priority, $1.id) }
    }

    private init(row: Row, startedAt: Date, owner: UUID) throws {
        id = JobID(rawValue: try row["id"])
        kind = try row["kind"]
        version = try row["version"]
        args = Data((try row["args"] as String).utf8)
        queue = try row["queue"]
        priority = try row["priority"]
        lane = try row["lane"]
        attempt = try row["attempt"]
        maxAttempts = try row["max_attempts"]
        runAt = try row["run_at"]
        token = try row["token"]
        self.startedAt = startedAt
        self.owner = owner
    }
}
