import FoundationEssentials
import Logging
import Postgres

/// Keeping the tables in shape: months of history are made ahead and dropped when they are too old, and what only
/// protected against repetition goes when it has become pointless. Each engine does it at its start and once a day; that
/// several do does no harm.
extension Engine {
    /// Rows that one statement deletes at most, so that none holds others up for long.
    static let tidyBatch = 5_000

    func tidy(_ control: Connection, _ now: Date) async throws {
        let day = Int((now.timeIntervalSince1970 / 86_400).rounded(.down))
        guard day != work.tidiedDay else { return }
        do {
            try await control.execute("SELECT jobs.make_history_months(\(now))")
            // The rest is for the next look: the heart has to beat in between.
            if try await forget(control, now) { work.tidiedDay = day } else { work.nextTick = .distantPast }
        } catch let error as PostgresError where error.isLockTimeout {
            logger.notice("The history is being read; its months are seen to later.", metadata: ["error": "\(error)"])
        }
    }

    /// Returns whether nothing is left to forget.
    private func forget(_ control: Connection, _ now: Date) async throws -> Bool {
        let keys = try await control.execute(
            """
            DELETE FROM jobs.used_key WHERE key IN (
                SELECT key FROM jobs.used_key WHERE until <= \(now) ORDER BY until LIMIT \(Self.tidyBatch) FOR UPDATE SKIP LOCKED)
            """)
        guard let months = settings.keepHistory else { return keys < Self.tidyBatch }
        let horizon: SQL = "\(now) AT TIME ZONE 'UTC' - make_interval(months => \(months)::int)"
        let dropped: Int = try await control.value(
            "SELECT jobs.drop_history_months((\(horizon)) AT TIME ZONE 'UTC')")
        if dropped > 0 { logger.info("Months of the jobs' history were dropped.", metadata: ["months": "\(dropped)"]) }
        // A firing has to be remembered as long as its schedule may come to its instant again.
        let firings = try await control.execute(
            """
            DELETE FROM jobs.firing WHERE ctid = ANY (ARRAY(
                SELECT f.ctid FROM jobs.firing AS f JOIN jobs.schedule AS s ON s.name = f.schedule
                 WHERE f.instant < (\(horizon)) AT TIME ZONE 'UTC' AND f.instant < s.settled_to LIMIT \(Self.tidyBatch)))
            """)
        return max(keys, firings) < Self.tidyBatch
    }
}
