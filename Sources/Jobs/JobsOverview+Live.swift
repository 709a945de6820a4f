public import Postgres

extension JobsOverview {
    /// What runs now, the longest first.
    public static func running(limit: Int, in session: some Session) async throws -> [JobView] {
        try await session.query(
            """
            SELECT * FROM jobs.every WHERE id = ANY (ARRAY(
                SELECT id FROM jobs.job WHERE stage = 'ready' AND owner IS NOT NULL ORDER BY started_at, id LIMIT \(limit)))
             ORDER BY started_at, id
            """
        ).map(JobView.init(row:))
    }

    /// Scheduled jobs among which `failures` looks for those that wait for another attempt: there may be a million.
    private static let lookAhead = 2_000

    /// The latest failures: jobs that failed for good or are in doubt, and those of the jobs due next that wait for another
    /// attempt.
    public static func failures(limit: Int, in session: some Session) async throws -> [JobView] {
        try await session.query(
            """
            SELECT * FROM jobs.every WHERE id = ANY (ARRAY(
                (SELECT id FROM jobs.dead_letter ORDER BY finished_at DESC LIMIT \(limit)) UNION ALL
                (SELECT id FROM (SELECT id, last_error FROM jobs.job WHERE stage = 'scheduled'
                                  ORDER BY run_at LIMIT \(lookAhead)) AS soon
                  WHERE last_error IS NOT NULL LIMIT \(limit))))
             ORDER BY coalesce(finished_at, started_at, run_at) DESC, id DESC LIMIT \(limit)
            """
        ).map(JobView.init(row:))
    }
}
