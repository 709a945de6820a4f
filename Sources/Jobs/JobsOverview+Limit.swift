public import Postgres
import WorkingDays

/// How often jobs of a queue start, over all engines: at most so many in any window as long as the period. They may start
/// together; then the queue waits until the window has moved on.
public struct QueueRate: Sendable, Equatable, CustomStringConvertible {
    public let count: Int
    public let unit: Unit

    /// The period.
    public enum Unit: String, Sendable, CaseIterable {
        case second, minute, hour, day

        var seconds: Int {
            switch self {
            case .second: 1
            case .minute: 60
            case .hour: 3_600
            case .day: 86_400
            }
        }
    }

    /// Reads `10/minute`; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Int(digits: parts[0]), count > 0, count <= 1_000_000,
            let unit = Unit(rawValue: String(parts[1]))
        else { return nil }
        (self.count, self.unit) = (count, unit)
    }

    public var description: String { "\(count)/\(unit.rawValue)" }

    /// A stored rate as people read it; a period that is no unit is told in seconds.
    static func text(count: Int, periodSeconds: Double) -> String {
        let unit = Unit.allCases.first { Double($0.seconds) == periodSeconds }
        return "\(count)/\(unit?.rawValue ?? "\(Int(periodSeconds.rounded())) seconds")"
    }
}

extension JobsOverview {
    /// Limits a queue over all engines together: how many of its jobs run at once, and how often one starts. nil lifts the
    /// limit. Jobs that run already go on; engines hear of it at once, and at the next tick at the latest.
    public static func limit(
        queue: String, maxRunning: Int?, rate: QueueRate?, in session: some Session
    ) async throws {
        try await session.execute(
            """
            INSERT INTO jobs.queue AS q (name, max_running, rate_count, rate_period)
            VALUES (\(queue), \(maxRunning)::int, \(rate?.count)::int, make_interval(secs => \(rate?.unit.seconds)::bigint))
            ON CONFLICT (name) DO UPDATE SET max_running = excluded.max_running, rate_count = excluded.rate_count,
                   rate_period = excluded.rate_period
            """)
        // Engines write these again when there is a limit again.
        if maxRunning == nil { try await session.execute("DELETE FROM jobs.permit WHERE queue = \(queue)") }
        if rate == nil { try await session.execute("DELETE FROM jobs.start WHERE queue = \(queue)") }
        try await session.execute("SELECT pg_notify('jobs', 'queues')")
    }
}
