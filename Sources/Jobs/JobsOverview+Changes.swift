public import FoundationEssentials
public import Postgres
import WorkingDays

/// Up to where somebody has followed the jobs.
public struct JobsFollowed: Sendable, Equatable, LosslessStringConvertible {
    /// When the last answer was given, by the clock that ends jobs.
    var at: Date
    /// The newest job of the last answer.
    var newest: Int64
    /// What ran then: those are looked at again, whatever became of them.
    var running: [Int64]

    init(at: Date, newest: Int64, running: [Int64]) {
        (self.at, self.newest, self.running) = (at, newest, running)
    }

    /// Reads what `description` wrote; nil for anything else.
    public init?(_ description: String) {
        let parts = description.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, let at = Int64(decimal: parts[0]), let newest = Int64(digits: parts[1]) else {
            return nil
        }
        let words = parts[2].split(separator: ",")
        let running = words.compactMap { Int64(digits: $0) }
        guard running.count == words.count, running.count <= JobsOverview.mostChanges else { return nil }
        self.init(at: Date(timeIntervalSince1970: Double(at) / 1e6), newest: newest, running: running)
    }

    public var description: String {
        let microseconds = Int64((at.timeIntervalSince1970 * 1e6).rounded())
        return "\(microseconds)/\(newest)/" + running.map(String.init).joined(separator: ",")
    }
}

extension JobsOverview {
    /// Changes that one answer holds at most: where more happened, it holds the latest.
    public static let mostChanges = 500

    /// What was made, runs or ended since `followed`, the oldest first, and up to where that is; without `followed` the
    /// last few ends and what runs.
    ///
    /// It looks a little further back than it has to, because ends commit a moment after they are stamped: the caller
    /// passes over what it knows. A job that was made in a long transaction shows first when it starts or ends. Each part
    /// is found by an index, however many jobs wait.
    public static func changes(
        _ filter: Filter = Filter(), since followed: JobsFollowed?, in session: some Session, now: Date
    ) async throws -> (jobs: [JobView], followed: JobsFollowed) {
        let newest: Int64 = try await session.value(
            """
            SELECT greatest((SELECT max(id) FROM jobs.job), (SELECT max(id) FROM jobs.history),
                            (SELECT max(id) FROM jobs.dead_letter), 0)
            """)
        let recent: SQL =
            if let followed {
                """
                (SELECT id FROM jobs.job WHERE id > \(followed.newest) ORDER BY id DESC LIMIT \(mostChanges)) UNION ALL
                (SELECT id FROM jobs.history WHERE finished_at >= \(followed.at.addingTimeInterval(-5))
                  ORDER BY finished_at DESC LIMIT \(mostChanges)) UNION ALL
                (SELECT id FROM jobs.dead_letter WHERE finished_at >= \(followed.at.addingTimeInterval(-5))
                  ORDER BY finished_at DESC LIMIT \(mostChanges)) UNION ALL
                SELECT unnest(\(followed.running)::bigint[])
                """
            } else {
                """
                (SELECT id FROM jobs.history ORDER BY id DESC LIMIT 10) UNION ALL
                (SELECT id FROM jobs.dead_letter ORDER BY id DESC LIMIT 10)
                """
            }
        let jobs = try await session.query(
            """
            SELECT * FROM jobs.every
             WHERE id = ANY (ARRAY(\(recent) UNION ALL
                    (SELECT id FROM jobs.job WHERE stage = 'ready' AND owner IS NOT NULL LIMIT \(mostChanges))))
               AND \(condition(filter))
             ORDER BY coalesce(finished_at, started_at, created_at) DESC, id DESC LIMIT \(mostChanges)
            """
        ).map(JobView.init(row:))
        let running = jobs.filter { $0.state == .running }.map(\.id.rawValue)
        return (jobs.reversed(), JobsFollowed(at: now, newest: newest, running: running))
    }
}
