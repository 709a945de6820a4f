public import FoundationEssentials
public import Postgres
public import WorkingDays

/// A figure for a board: a metric's name, the label that tells its series apart, and its level.
public struct StandingFigure: Sendable, Equatable {
    public let metric: String
    /// Such as `kind`, and its value; nil where the metric has one series.
    public let label: (name: String, value: String)?
    public let level: Double

    public init(metric: String, label: (name: String, value: String)?, level: Double) {
        (self.metric, self.label, self.level) = (metric, label, level)
    }

    public static func == (left: StandingFigure, right: StandingFigure) -> Bool {
        left.metric == right.metric && left.label?.name == right.label?.name
            && left.label?.value == right.label?.value && left.level == right.level
    }
}

/// What stands and waits for a person: dead letters, outcomes in doubt, pauses, schedules that are late, jobs that no engine
/// runs. It holds for the whole database, whoever looks.
public enum StandingFigures {
    static let dead = "relief_jobs_dead"
    static let inDoubt = "relief_jobs_in_doubt"
    static let oldestDead = "relief_jobs_oldest_dead_seconds"
    static let queuePaused = "relief_jobs_queue_paused"
    static let schedulePaused = "relief_jobs_schedule_paused"
    static let late = "relief_jobs_schedule_late_seconds"
    static let engines = "relief_jobs_engines"
    static let unserved = "relief_jobs_unserved"
    static let seen = "relief_jobs_seen_timestamp_seconds"

    /// The figures as they stand. What has none (a kind without dead letters, a queue that runs) isn't there. `leaseNow` is
    /// real time where `now` may be a demonstration's.
    public static func look(
        at schedules: [Schedule], calendar: WorkingCalendar, in session: some Session, now: Date, leaseNow: Date
    ) async throws -> [StandingFigure] {
        let alive: Int = try await session.value("SELECT count(*) FROM jobs.engine WHERE lease_until > \(leaseNow)")
        return try await dead(in: session, now: now) + queues(in: session)
            + Self.schedules(schedules, calendar, in: session, now: now)
            + unserved(in: session, leaseNow: leaseNow)
            + [
                StandingFigure(metric: engines, label: nil, level: Double(alive)),
                StandingFigure(metric: seen, label: nil, level: leaseNow.timeIntervalSince1970),
            ]
    }

    /// Jobs that could run, had somebody an engine for them; of each queue its first 10,000 are looked at.
    private static func unserved(in session: some Session, leaseNow: Date) async throws -> [StandingFigure] {
        try await session.query(
            """
            WITH RECURSIVE queue(name) AS (
                SELECT min(queue::text) FROM jobs.job WHERE stage = 'ready'
                UNION ALL
                SELECT (SELECT min(j.queue::text) FROM jobs.job AS j WHERE j.stage = 'ready' AND j.queue > q.name)
                  FROM queue AS q WHERE q.name IS NOT NULL
            ), waiting AS (
                SELECT q.name, j.kind, j.version, count(*) AS jobs FROM queue AS q, LATERAL (
                    SELECT kind, version FROM jobs.job
                     WHERE queue = q.name AND stage = 'ready' AND owner IS NULL ORDER BY priority, id LIMIT 10000) AS j
                 GROUP BY 1, 2, 3
            )
            SELECT name, sum(jobs)::bigint AS jobs FROM waiting AS w
             WHERE NOT EXISTS (SELECT FROM jobs.engine AS e
                                WHERE e.lease_until > \(leaseNow) AND jobs.serves(e, w.name, w.kind, w.version))
             GROUP BY 1 ORDER BY 1
            """
        ).map { row in
            StandingFigure(metric: unserved, label: ("queue", try row["name"]), level: Double(try row["jobs"] as Int))
        }
    }

    private static func dead(in session: some Session, now: Date) async throws -> [StandingFigure] {
        let rows = try await session.query(
            """
            SELECT kind, count(*) FILTER (WHERE NOT in_doubt) AS dead, count(*) FILTER (WHERE in_doubt) AS in_doubt,
                   min(finished_at) AS oldest
              FROM jobs.dead_letter GROUP BY kind ORDER BY kind
            """)
        var figures: [StandingFigure] = []
        var oldest = now
        for row in rows {
            let label = ("kind", try row["kind"] as String)
            let (dead, inDoubt): (Int, Int) = (try row["dead"], try row["in_doubt"])
            figures.append(StandingFigure(metric: Self.dead, label: label, level: Double(dead)))
            figures.append(StandingFigure(metric: Self.inDoubt, label: label, level: Double(inDoubt)))
            oldest = min(oldest, try row["oldest"])
        }
        return figures + [StandingFigure(metric: oldestDead, label: nil, level: now.timeIntervalSince(oldest))]
    }

    private static func queues(in session: some Session) async throws -> [StandingFigure] {
        try await session.query("SELECT name FROM jobs.queue WHERE paused_at IS NOT NULL ORDER BY name").map {
            StandingFigure(metric: queuePaused, label: ("queue", try $0["name"]), level: 1)
        }
    }

    private static func schedules(
        _ schedules: [Schedule], _ calendar: WorkingCalendar, in session: some Session, now: Date
    ) async throws -> [StandingFigure] {
        let remembered = try await Schedules.list(in: session)
        let known = Dictionary(uniqueKeysWithValues: remembered.map { ($0.name, $0) })
        return schedules.flatMap { schedule in
            let memory = known[schedule.name]
            let isPaused = memory?.pausedAt != nil
            // Late is by how much the first time after the last that was looked at lies behind.
            let next = memory.flatMap { schedule.next(after: $0.settledTo, calendar: calendar)?.instant } ?? now
            let label = ("schedule", schedule.name)
            return [
                StandingFigure(metric: late, label: label, level: isPaused ? 0 : max(0, now.timeIntervalSince(next))),
                StandingFigure(metric: schedulePaused, label: label, level: isPaused ? 1 : 0),
            ]
        }
    }
}
