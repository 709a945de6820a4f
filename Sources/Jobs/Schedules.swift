public import FoundationEssentials
public import Postgres
import WorkingDays

/// The standing orders of a process, against what the database remembers of them.
public struct Schedules: Sendable {
    public let all: [Schedule]

    /// Firings that one look at the database makes up for at most; the next look makes up for the rest.
    static let batch = 500

    public init(_ all: [Schedule]) {
        self.all = all
    }

    /// Makes a row for each schedule that is new here. It fires for times after `now` only.
    public func remember(in session: some Session, now: Date) async throws {
        for schedule in all {
            try await session.execute(
                """
                INSERT INTO jobs.schedule AS s (name, definition, settled_to) VALUES (\(schedule.name), \(schedule.definition), \(now))
                ON CONFLICT (name) DO UPDATE SET definition = excluded.definition WHERE s.definition <> excluded.definition
                """)
        }
    }

    /// When each schedule that isn't paused has to be looked at next.
    func due(in session: some Session, calendar: WorkingCalendar) async throws -> [String: Date] {
        let rows = try await session.query("SELECT name, settled_to FROM jobs.schedule WHERE paused_at IS NULL")
        var settled: [String: Date] = [:]
        for row in rows { settled[try row["name"]] = try row["settled_to"] }
        var due: [String: Date] = [:]
        for schedule in all {
            guard let from = settled[schedule.name] else { continue }
            due[schedule.name] = schedule.next(after: from, calendar: calendar)?.instant
        }
        return due
    }

    /// Enqueues the jobs of a schedule that are due, each at most once over all engines: the row of the firing decides.
    /// Returns what this call fired.
    static func fire(
        _ schedule: Schedule, in transaction: Transaction, now: Date, calendar: WorkingCalendar
    ) async throws -> [Firing] {
        let row = try await transaction.first(
            "SELECT settled_to FROM jobs.schedule WHERE name = \(schedule.name) AND paused_at IS NULL FOR NO KEY UPDATE"
        )
        guard let row, case let settled:Date = try row["settled_to"], settled < now else { return [] }
        let passed = schedule.next(
            from: settled.addingTimeInterval(Schedule.moment), through: now, calendar: calendar,
            limit: schedule.catchUp == .all ? batch : .max)
        var chosen: [Firing] = []
        switch schedule.catchUp {
        case .all: chosen = passed
        case .once: chosen = passed.suffix(1)
        case .skip: chosen = passed.suffix(1).filter { now.timeIntervalSince($0.instant) <= Schedule.punctual }
        }
        var fired: [Firing] = []
        for firing in chosen {
            if try await enqueue(schedule, firing, in: transaction, now: now) != nil { fired.append(firing) }
        }
        let truncated = schedule.catchUp == .all && passed.count == batch
        let reached = truncated ? passed.last?.instant ?? now : now
        try await transaction.execute("UPDATE jobs.schedule SET settled_to = \(reached) WHERE name = \(schedule.name)")
        return fired
    }

    /// Enqueues the job of one firing unless that was done before. The caller has locked the schedule's row.
    static func enqueue(
        _ schedule: Schedule, _ firing: Firing, in transaction: Transaction, now: Date
    ) async throws -> JobID? {
        let before = try await transaction.first(
            "SELECT FROM jobs.firing WHERE schedule = \(schedule.name) AND instant = \(firing.instant)")
        guard before == nil else { return nil }
        let id = try await Jobs.enqueue(try schedule.make(firing), in: transaction, now: now)
        try await transaction.execute(
            """
            INSERT INTO jobs.firing (schedule, instant, business_date, job_id, fired_at)
            VALUES (\(schedule.name), \(firing.instant), \(firing.businessDate.description)::date, \(id.rawValue), \(now))
            """)
        return id
    }
}
