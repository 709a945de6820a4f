import FoundationEssentials
import Postgres
import Synchronization

/// A job that an engine holds: its row as claimed, with the token that proves the claim. A class, since it goes through
/// many hands.
final class Claim: Sendable {
    let id: JobID
    let kind: String
    let version: Int
    let args: Data
    let queue: String
    let priority: Int
    let lane: String?
    let attempt: Int
    let maxAttempts: Int
    /// It was held by an engine that stopped.
    let isSuspect: Bool
    let runAt: Date
    let startedAt: Date
    let token: Int
    let owner: UUID
    /// Somebody wanted it cancelled while it was with an engine that didn't come to do it.
    let cancelReason: String?
    /// Where its row stands, unless that has moved.
    let place: RowPlace
    private let moved = Atomic(false)

    /// Where claims of a queue go on. Starting behind the rows that were claimed before spares a walk over their dead
    /// versions, which costs most while an old snapshot keeps vacuum from removing them.
    struct Cursor: Sendable {
        var priority = -1
        var id: Int64 = 0
        var uses = 0

        var atStart: Bool { priority < 0 }
    }

    /// Which jobs are claimed: those that never were with an engine when it stopped, or one of those that were.
    enum Sort {
        case ordinary, suspect
    }

    /// Claims up to `room` jobs of a queue from the cursor on, and counts their attempt. Only kinds and versions that the
    /// registry knows; nothing while the queue is paused, or when the engine's own lease has run out.
    static func take(
        _ sort: Sort = .ordinary, queue: String, room: Int, from cursor: Cursor = Cursor(), registry: Registry,
        lease: Lease, now: Date, leaseNow: Date, in session: some Session
    ) async throws -> [Claim] {
        let rows = try await session.query(
            """
            WITH \(mine(lease, leaseNow)) \(claiming(sort, queue, room: "\(room)", cursor, registry, lease, now))
            """)
        return try read(rows, sort, queue: queue, lease: lease, now: now)
    }

    /// The engine's own row `me`, as long as it may claim.
    static func mine(_ lease: Lease, _ leaseNow: Date) -> SQL {
        """
        me AS MATERIALIZED (
            SELECT id FROM jobs.engine WHERE id = \(lease.engine) AND lease_until > \(leaseNow) FOR KEY SHARE
        )
        """
    }

    /// The statement that claims, after the row `me`.
    static func claiming(
        _ sort: Sort, _ queue: String, room: SQL, _ cursor: Cursor, _ registry: Registry, _ lease: Lease, _ now: Date
    ) -> SQL {
        let entries = registry.entries.values.sorted { $0.kind < $1.kind }
        // Who knows a kind knows its first version: only later ones are worth the look for the last.
        let (kinds, versions) = (entries.map(\.kind), entries.map(\.version))
        let wanted: SQL = sort == .ordinary ? "c.losses = 0" : "c.losses > 0"
        return """
            UPDATE jobs.job AS j
               SET owner = \(lease.engine), token = j.token + 1, attempt = j.attempt + 1, started_at = \(now)
             WHERE j.ctid = ANY (ARRAY(
                SELECT c.ctid FROM jobs.job AS c
                 WHERE EXISTS (SELECT FROM me)
                   AND NOT EXISTS (SELECT FROM jobs.queue AS q WHERE q.name = \(queue) AND q.paused_at IS NOT NULL)
                   AND c.queue = \(queue) AND c.stage = 'ready' AND (c.priority, c.id) > (\(cursor.priority)::int, \(cursor.id))
                   AND c.owner IS NULL AND \(wanted)
                   AND c.kind = ANY (\(kinds)::text[])
                   AND (c.version = 1 OR c.version <= (\(versions)::bigint[])[array_position(\(kinds)::text[], c.kind::text)])
                 ORDER BY c.priority, c.id LIMIT \(room) FOR NO KEY UPDATE OF c SKIP LOCKED))
            RETURNING j.id, j.kind, j.version, j.args::text, j.priority, j.lane, j.attempt, j.max_attempts, j.run_at, j.token,
                      j.cancel_reason, j.ctid
            """
    }

    static func read(
        _ rows: some Sequence<Row>, _ sort: Sort, queue: String, lease: Lease, now: Date
    ) throws -> [Claim] {
        let claims = try rows.map {
            try Claim(row: $0, queue: queue, isSuspect: sort == .suspect, startedAt: now, owner: lease.engine)
        }
        return claims.sorted { ($0.priority, $0.id) < ($1.priority, $1.id) }
    }

    private init(row: Row, queue: String, isSuspect: Bool, startedAt: Date, owner: UUID) throws {
        id = JobID(rawValue: try row[0])
        kind = try row[1]
        version = try row[2]
        args = Data((try row[3] as String).utf8)
        self.queue = queue
        priority = try row[4]
        lane = try row[5]
        attempt = try row[6]
        maxAttempts = try row[7]
        self.isSuspect = isSuspect
        runAt = try row[8]
        self.startedAt = startedAt
        token = try row[9]
        self.owner = owner
        cancelReason = try row[10]
        place = try row[11]
    }

    /// Whether this engine has changed its row since the claim. What others change isn't known here.
    var hasMoved: Bool { moved.load(ordering: .relaxed) }

    func noteMove() { moved.store(true, ordering: .relaxed) }

    /// Records, before an effect that may not happen twice, that it begins. Throws `LeaseLost` when the claim is no longer
    /// held: then it doesn't.
    func beginEffect(now: Date, in session: some Session) async throws {
        noteMove()
        let held = try await session.execute(
            """
            UPDATE jobs.job SET effect_at = \(now)
             WHERE id = \(id.rawValue) AND token = \(token)::int AND owner = \(owner)
            """)
        guard held == 1 else { throw LeaseLost() }
    }
}
