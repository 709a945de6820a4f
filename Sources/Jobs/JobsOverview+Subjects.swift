public import Postgres

extension JobsOverview {
    /// The newest jobs that are about one of the subjects, or bear one of the numbers.
    public static func about(
        _ subjects: [String], or ids: [JobID] = [], limit: Int, in session: some Session
    ) async throws -> [JobView] {
        try await session.query(
            """
            SELECT * FROM jobs.every WHERE subject = ANY (\(subjects)) OR id = ANY (\(ids.map(\.rawValue)))
             ORDER BY id DESC LIMIT \(limit)
            """
        ).map(JobView.init(row:))
    }
}
