import FoundationEssentials
import Postgres

/// How a claim ends. Each of these changes nothing when the claim's lease was lost meanwhile, and says so.
enum Settlement: Sendable, Equatable {
    case done
    case cancelled(reason: String)
    case snoozed(until: Date)
    case retried(at: Date, error: String)
    case dead(reason: String, error: String?)
    /// Whether its effect happened is not known: a person has to find out.
    case inDoubt(reason: String)
    /// Given back without having been tried.
    case released
}

/// The job belongs to somebody else by now: what was done for it must not commit.
struct LeaseLost: Error {}

extension Settlement {
    /// As metrics call it.
    var name: String {
        switch self {
        case .done: "done"
        case .cancelled: "cancelled"
        case .snoozed: "snoozed"
        case .retried: "retried"
        case .dead: "dead"
        case .inDoubt: "in_doubt"
        case .released: "released"
        }
    }

    /// Writes the end of a claim. Throws `LeaseLost` when it is no longer held.
    func write(_ claim: Claim, now: Date, in session: some Session) async throws {
        do {
            guard try await session.exists(statement(claim, now: now)) else { throw LeaseLost() }
        } catch let error as PostgresError where error.sqlState == Self.leaseLost {
            throw LeaseLost()
        }
    }

    /// What the server says where `jobs.finish` finds the lease lost.
    static let leaseLost = "RJ001"

    /// Ends a claim as done; an error of the server, `leaseLost`, when it is no longer held.
    static func done(_ claim: Claim, now: Date) -> SQL {
        "SELECT jobs.finish(\(claim.id.rawValue), \(claim.token)::int, \(claim.owner), \(now))"
    }

    /// Returns a row if the claim was still held, or raises `leaseLost`.
    private func statement(_ claim: Claim, now: Date) -> SQL {
        let mine: SQL = "id = \(claim.id.rawValue) AND token = \(claim.token)::int AND owner = \(claim.owner)"
        switch self {
        case .done: return Self.done(claim, now: now)
        case .cancelled(let reason):
            return """
                WITH gone AS (DELETE FROM jobs.job WHERE \(mine) RETURNING *),
                     kept AS (INSERT INTO jobs.history SELECT \(now), 'cancelled', \(reason), gone.* FROM gone)
                SELECT CASE WHEN followed THEN jobs.cancel_followers(ARRAY[id], \(now)) END FROM gone
                """
        case .dead(let reason, let error):
            return """
                WITH gone AS (DELETE FROM jobs.job WHERE \(mine) RETURNING *)
                INSERT INTO jobs.dead_letter SELECT \(now), \(reason), \(error), false, gone.* FROM gone RETURNING id
                """
        case .inDoubt(let reason):
            return """
                WITH gone AS (DELETE FROM jobs.job WHERE \(mine) RETURNING *)
                INSERT INTO jobs.dead_letter SELECT \(now), \(reason), NULL, true, gone.* FROM gone RETURNING id
                """
        case .snoozed(let time):
            return handBack("\(Self.later), run_at = \(time), attempt = attempt - 1, losses = 0", mine)
        case .retried(let time, let error):
            return handBack("\(Self.later), run_at = \(time), last_error = \(error), losses = 0", mine)
        case .released:
            // It stays where it was: what held it up was no fault of its own, and took its time already.
            return handBack("attempt = attempt - 1", mine)
        }
    }

    /// Not before its time; or at once, where somebody wants it cancelled: the next claim does that.
    private static let later: SQL = "stage = CASE WHEN cancel_reason IS NULL THEN 'scheduled' ELSE stage END"

    private func handBack(_ changes: SQL, _ mine: SQL) -> SQL {
        """
        UPDATE jobs.job SET \(changes), owner = NULL, token = token + 1, started_at = NULL, effect_at = NULL,
               progress = NULL, progress_note = NULL
         WHERE \(mine) RETURNING CASE WHEN cancel_reason IS NOT NULL THEN pg_notify('jobs', 'ready ' || queue) END
        """
    }
}

extension Claim {
    /// Writes that these claims of one engine are done. Returns those that were no longer held.
    static func finish(_ claims: [Claim], of engine: UUID, now: Date, in session: some Session) async throws -> [Claim]
    {
        // In the order of their numbers, by which the server tells what it ended from what it should have.
        let claims = claims.sorted { $0.id < $1.id }
        let places = claims.contains(where: \.hasMoved) ? [] : claims.map(\.place)
        let row = try await session.one(
            """
            SELECT jobs.finish_all(\(places), \(claims.map(\.id.rawValue)), \(claims.map(\.token))::int[], \(engine), \(now))
            """)
        guard let ended: [Int64] = try row[0] else { return [] }
        let held = Set(ended)
        return claims.filter { !held.contains($0.id.rawValue) }
    }

    /// Hands these claims of one engine back untried; those that are locked or no longer held are left alone. Returns how
    /// many went.
    static func release(_ claims: [Claim], of engine: UUID, in session: some Session) async throws -> Int {
        try await session.value(
            """
            WITH mine AS (
                SELECT j.id FROM jobs.job AS j
                  JOIN unnest(\(claims.map(\.id.rawValue)), \(claims.map(\.token))::int[]) AS claim (id, token)
                       ON j.id = claim.id AND j.token = claim.token
                 WHERE j.owner = \(engine) ORDER BY j.id FOR UPDATE OF j SKIP LOCKED
            ), back AS (
                UPDATE jobs.job AS j SET owner = NULL, token = j.token + 1, attempt = j.attempt - 1, started_at = NULL
                  FROM mine WHERE j.id = mine.id RETURNING j.queue
            ), told AS (
                SELECT pg_notify('jobs', 'ready ' || queue) FROM (SELECT DISTINCT queue FROM back) AS queues
            )
            SELECT (SELECT count(*) FROM back) + 0 * (SELECT count(*) FROM told)
            """)
    }
}
