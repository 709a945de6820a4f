public import FoundationEssentials
public import Postgres
public import WorkingDays

/// A schedule as people see it.
public struct ScheduleView: Sendable, Codable, Equatable {
    public let name: String
    public let definition: String
    public let settledTo: Date
    public let pausedAt: Date?
    public let pausedBy: String?
    public let lastFired: Date?
    public let lastJob: JobID?
    /// When the job of a regular time last ended well.
    public let lastDone: Date?
    /// When the clock was last seen to have gone back, and from where.
    public let setBackAt: Date?
    public let setBackFrom: Date?

    init(row: Row) throws {
        name = try row["name"]
        definition = try row["definition"]
        settledTo = try row["settled_to"]
        pausedAt = try row["paused_at"]
        pausedBy = try row["paused_by"]
        lastFired = try row["instant"]
        let job: Int64? = try row["job_id"]
        lastJob = job.map(JobID.init(rawValue:))
        lastDone = try row["done_at"]
        setBackAt = try row["set_back_at"]
        setBackFrom = try row["set_back_from"]
    }
}

extension Schedules {
    /// What the database remembers of all schedules, also of those that this program doesn't define.
    public static func list(in session: some Session) async throws -> [ScheduleView] {
        try await session.query(
            """
            SELECT s.*, f.instant, f.job_id, d.done_at FROM jobs.schedule AS s LEFT JOIN LATERAL (
                SELECT instant, job_id FROM jobs.firing WHERE schedule = s.name ORDER BY instant DESC LIMIT 1) AS f ON true
             LEFT JOIN LATERAL (
                SELECT max(h.finished_at) AS done_at FROM (
                    SELECT job_id FROM jobs.firing WHERE schedule = s.name ORDER BY instant DESC LIMIT 20) AS fired
                  JOIN jobs.history AS h ON h.id = fired.job_id WHERE h.outcome = 'done') AS d ON true
             ORDER BY s.name
            """
        ).map(ScheduleView.init(row:))
    }

    /// Everything that will fire from one instant through another, in order: the dry run.
    public func next(
        from start: Date, through end: Date, calendar: WorkingCalendar = WorkingCalendar(), limit: Int = 10_000
    ) -> [Firing] {
        let found = all.flatMap { $0.next(from: start, through: end, calendar: calendar, limit: limit) }
        return Array(found.sorted { ($0.instant, $0.schedule) < ($1.instant, $1.schedule) }.prefix(limit))
    }

    /// Enqueues the job of a schedule now, paused or not; its regular times stay as they are. Returns the job, or nil when
    /// it fired at this very instant already. Throws `CronError` for an unknown name.
    public func run(
        _ name: String, in transaction: Transaction, now: Date, calendar: WorkingCalendar = WorkingCalendar()
    ) async throws -> JobID? {
        guard let schedule = all.first(where: { $0.name == name }) else {
            throw CronError("There is no schedule called “\(name)”.")
        }
        try await remember(in: transaction, now: now)
        try await transaction.execute("SELECT FROM jobs.schedule WHERE name = \(name) FOR NO KEY UPDATE")
        return try await Self.enqueue(
            schedule, schedule.firing(now: now, calendar: calendar), in: transaction, now: now)
    }

    /// The schedule fires no more until it is resumed. False where it was paused already, or isn't known.
    @discardableResult
    public static func pause(
        _ name: String, by person: String, in session: some Session, now: Date
    ) async throws -> Bool {
        try await session.execute(
            "UPDATE jobs.schedule SET paused_at = \(now), paused_by = \(person) WHERE name = \(name) AND paused_at IS NULL"
        ) == 1
    }

    /// The schedule fires again, from now on: what it missed while it was paused stays missed.
    @discardableResult
    public static func resume(_ name: String, in session: some Session, now: Date) async throws -> Bool {
        try await session.exists(
            """
            UPDATE jobs.schedule SET paused_at = NULL, paused_by = NULL, settled_to = greatest(settled_to, \(now))
             WHERE name = \(name) AND paused_at IS NOT NULL RETURNING pg_notify('jobs', 'schedules')
            """)
    }
}
