import FoundationEssentials
import Postgres

/// How a claim ends. Each of these changes nothing when the claim's lease was lost meanwhile, and says so.
enum Settlement: Sendable, Equatable {
    case done
    case cancelled(reason: String)
    case snoozed(until: Date)
    case retried(at: Date, error: String)
    case dead(reason: String, error: String?)
    /// Given back without having been tried.
    case released
}

/// The job belongs to somebody else by now: what was done for it must not commit.
struct LeaseLost: Error {}

extension Settlement {
    /// Writes the end of a claim. Throws `LeaseLost` when it is no longer held.
    func write(_ claim: Claim, now: Date, in session: some Session) async throws {
        let changed: Int
        switch self {
        case .done: changed = try await archive(claim, outcome: "done", reason: nil, now: now, in: session)
        case .cancelled(let reason):
            changed = try await archive(claim, outcome: "cancelled", reason: reason, now: now, in: session)
        case .snoozed(let time):
            changed = try await session.execute(
                """
                UPDATE jobs.job SET stage = 'scheduled', run_at = \(time), owner = NULL, token = token + 1, attempt = attempt - 1,
                       started_at = NULL, progress = NULL, progress_note = NULL
                 WHERE id = \(claim.id.rawValue) AND token = \(claim.token)::int AND owner = \(claim.owner)
                """)
        case .retried(let time, let error):
            changed = try await session.execute(
                """
                UPDATE jobs.job SET stage = 'scheduled', run_at = \(time), owner = NULL, token = token + 1, last_error = \(error),
                       started_at = NULL, progress = NULL, progress_note = NULL
                 WHERE id = \(claim.id.rawValue) AND token = \(claim.token)::int AND owner = \(claim.owner)
                """)
        case .dead(let reason, let error):
            changed = try await session.execute(
                """
                WITH gone AS (
                    DELETE FROM jobs.job WHERE id = \(claim.id.rawValue) AND token = \(claim.token)::int AND owner = \(claim.owner)
                    RETURNING *
                )
                INSERT INTO jobs.dead_letter (id, kind, version, args, queue, priority, lane, unique_key, attempt, max_attempts,
                                              run_at, created_at, started_at, finished_at, reason, last_error)
                SELECT id, kind, version, args, queue, priority, lane, unique_key, attempt, max_attempts, run_at, created_at,
                       started_at, \(now), \(reason), coalesce(\(error), last_error) FROM gone
                """)
        case .released:
            // It stays where it was: what held it up was no fault of its own, and took its time already.
            changed = try await session.execute(
                """
                UPDATE jobs.job SET owner = NULL, token = token + 1, attempt = attempt - 1, started_at = NULL, progress = NULL,
                       progress_note = NULL
                 WHERE id = \(claim.id.rawValue) AND token = \(claim.token)::int AND owner = \(claim.owner)
                """)
        }
        guard changed == 1 else { throw LeaseLost() }
    }

    private func archive(
        _ claim: Claim, outcome: String, reason: String?, now: Date, in session: some Session
    ) async throws -> Int {
        try await session.execute(
            """
            WITH gone AS (
                DELETE FROM jobs.job WHERE id = \(claim.id.rawValue) AND token = \(claim.token)::int AND owner = \(claim.owner)
                RETURNING *
            )
            INSERT INTO jobs.history (id, kind, version, args, queue, priority, lane, unique_key, attempt, max_attempts,
                                      run_at, created_at, started_at, finished_at, outcome, reason, last_error)
            SELECT id, kind, version, args, queue, priority, lane, unique_key, attempt, max_attempts, run_at, created_at,
                   started_at, \(now), \(outcome), \(reason), last_error FROM gone
            """)
    }
}
