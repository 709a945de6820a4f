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
    func due(in control: Connection, calendar: WorkingCalendar, clock: any Clock) async throws -> [String: Date] {
        try await followClockBack(in: control, clock)
        let rows = try await control.query("SELECT name, settled_to FROM jobs.schedule WHERE paused_at IS NULL")
        var settled: [String: Date] = [:]
        for row in rows { settled[try row["name"]] = try row["settled_to"] }
        var due: [String: Date] = [:]
        for schedule in all {
            guard let from = settled[schedule.name] else { continue }
            due[schedule.name] = schedule.next(after: from, calendar: calendar)?.instant
        }
        return due
    }

    /// A clock that went back doesn't silence what looks at how things stand: such a schedule goes on from now, and the times
    /// that it fired for too early come again. One that makes up for all times keeps to once for each, and waits.
    ///
    /// An engine that stood still for a while (a stopped process, a machine that was moved) holds a time that has passed, and
    /// another has fired meanwhile: so the clock is read again once the row is ours, when nobody can be ahead of it.
    private func followClockBack(in control: Connection, _ clock: any Clock) async throws {
        let names = all.filter { $0.catchUp != .all }.map(\.name)
        let seen = clock.now().addingTimeInterval(Self.unsteadiness)
        let ahead = try await control.query(
            "SELECT name FROM jobs.schedule WHERE name = ANY (\(names)) AND settled_to > \(seen) ORDER BY name")
        for row in ahead { try await goBack(try row["name"], clock, in: control) }
    }

    private func goBack(_ name: String, _ clock: any Clock, in control: Connection) async throws {
        try await control.transaction { transaction in
            let settled: Date = try await transaction.value(
                "SELECT settled_to FROM jobs.schedule WHERE name = \(name) FOR NO KEY UPDATE")
            let now = clock.now()
            guard settled > now.addingTimeInterval(Self.unsteadiness) else { return }
            try await transaction.execute(
                """
                UPDATE jobs.schedule SET set_back_at = \(now), set_back_from = settled_to, settled_to = \(now)
                 WHERE name = \(name)
                """)
            try await transaction.execute("DELETE FROM jobs.firing WHERE schedule = \(name) AND instant > \(now)")
        }
    }

    /// Seconds by which clocks of several hosts, set by NTP, may be apart.
    private static let unsteadiness = 60.0

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
