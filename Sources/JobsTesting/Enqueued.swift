public import Jobs
public import Postgres

extension Jobs {
    /// The jobs of a type that wait to run, in the order in which they were enqueued, as a test wants to compare them:
    ///
    ///     #expect(try await Jobs.enqueued(Reminder.self, in: session) == [Reminder(of: "case/7")])
    ///
    /// Reads older versions as an engine would. At most `limit` of the newest.
    public static func enqueued<J: Job>(
        _ type: J.Type, in session: some Session, limit: Int = 1_000
    ) async throws -> [J] {
        let jobs = try await JobsOverview.list(.init(kind: J.kind), limit: limit, in: session)
        // One that ended, or was begun, has been started.
        return try jobs.filter { $0.finishedAt == nil && $0.state != .running }.reversed().map { try $0.decoded() }
    }
}
