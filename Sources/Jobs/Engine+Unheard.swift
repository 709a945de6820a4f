import Postgres

extension Engine {
    /// Hands back what a claim took whose answer was lost. The rows say that they are ours, nobody here knows of them, and
    /// as long as this engine lives no rescuer would take them.
    ///
    /// A claim that the server was still at is waited for: it holds the engine's row. One that it had not begun with is
    /// found a tick later.
    func handBackUnheard(_ control: Connection) async throws {
        guard work.unheardClaims > 0, let lease else { return }
        let answers = try await control.pipeline([
            "SELECT FROM jobs.engine WHERE id = \(lease.engine) FOR UPDATE",
            """
            UPDATE jobs.job SET owner = NULL, token = token + 1, attempt = attempt - 1, started_at = NULL
             WHERE stage = 'ready' AND owner = \(lease.engine) AND id <> ALL (\(work.held.map(\.rawValue)))
            RETURNING id
            """,
        ])
        for row in answers[1] { say(.released(JobID(rawValue: try row["id"]))) }
        work.unheardClaims -= 1
    }
}
