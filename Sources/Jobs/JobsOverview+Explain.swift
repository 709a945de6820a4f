public import FoundationEssentials
public import Postgres

/// Why a job is where it is: one reason, in the words of the trade.
public enum JobReason: Sendable, Equatable, CustomStringConvertible {
    case unknown
    /// The jobs that have to be done first, the first twenty of them.
    case waitsFor([JobID])
    case notDueBefore(Date, lastError: String?)
    /// Others of the lane come first; `running` is the one that holds it.
    case inLane(String, ahead: Int, running: JobID?)
    case queuePaused(String, since: Date, by: String?)
    /// As many of the queue's jobs run as may, over all engines.
    case limitReached(queue: String, maxRunning: Int)
    /// As many of the queue's jobs started as may in such a time.
    case rateReached(queue: String, rate: String, next: Date)
    /// No engine that serves the queue has a lease.
    case noEngine(queue: String)
    /// No engine that serves the queue knows the kind, or not in this version.
    case unknownShape(kind: String, version: Int)
    case inQueue(String, ahead: Int)
    case running(host: String, processID: Int, since: Date)
    /// The engine that holds it has gone quiet; a rescue follows.
    case awaitsRescue(since: Date)
    case ended(JobState, reason: String?)

    public var description: String {
        switch self {
        case .unknown: "There is no such job, or its history was dropped."
        case .waitsFor(let jobs): "It waits for job \(jobs.map(\.description).joined(separator: ", "))."
        case .notDueBefore(let time, nil): "It is not due before \(Self.text(time))."
        case .notDueBefore(let time, let error?):
            "Its last attempt failed (\(error)); the next is due at \(Self.text(time))."
        case .inLane(let lane, let ahead, let running):
            "It waits in lane \(lane): \(ahead) before it" + (running.map { ", job \($0) has the turn." } ?? ".")
        case .queuePaused(let queue, let since, let person):
            "Queue \(queue) is paused since \(Self.text(since))" + (person.map { " by \($0)." } ?? ".")
        case .limitReached(let queue, let most): "The limit of queue \(queue) is reached: \(most) of its jobs run."
        case .rateReached(let queue, let rate, let next):
            "The rate of queue \(queue), \(rate), allows the next start at \(Self.text(next))."
        case .noEngine(let queue): "No running engine serves queue \(queue)."
        case .unknownShape(let kind, let version):
            "No running engine knows \(kind) in version \(version): another release made it."
        case .inQueue(let queue, let ahead): "It is ready in queue \(queue): \(ahead) before it."
        case .running(let host, let process, let since):
            "It runs since \(Self.text(since)) in process \(process) on \(host)."
        case .awaitsRescue(let since):
            "The engine that ran it went quiet at \(Self.text(since)); another will take it over."
        case .ended(let state, let reason): "It is \(state.rawValue)" + (reason.map { ": \($0)" } ?? ".")
        }
    }

    private static func text(_ date: Date) -> String { date.formatted(.iso8601) }
}

extension JobsOverview {
    /// Why a job waits, or what became of it. `leaseNow` is real time where `now` may be a demo clock's.
    public static func explain(
        _ id: JobID, in session: some Session, now: Date, leaseNow: Date? = nil
    ) async throws -> JobReason {
        guard let job = try await show(id, in: session) else { return .unknown }
        switch job.state {
        case .done, .cancelled, .dead, .inDoubt, .dismissed: return .ended(job.state, reason: job.reason)
        case .blocked:
            let rows = try await session.query(
                "SELECT waits_for FROM jobs.dependency WHERE job_id = \(id.rawValue) ORDER BY 1 LIMIT 20")
            return .waitsFor(try rows.map { JobID(rawValue: try $0[0]) })
        case .scheduled: return .notDueBefore(job.runAt, lastError: job.lastError)
        case .running: return try await explainRunning(job, in: session, now: leaseNow ?? now)
        case .laned:
            let row = try await session.one(
                """
                SELECT count(*) FILTER (WHERE (priority, id) < (\(job.priority)::int, \(id.rawValue)) OR stage = 'ready') AS ahead,
                       max(id) FILTER (WHERE stage = 'ready') AS head
                  FROM jobs.job WHERE lane = \(job.lane) AND stage IN ('laned', 'ready') AND id <> \(id.rawValue)
                """)
            let head: Int64? = try row["head"]
            return .inLane(job.lane ?? "", ahead: try row["ahead"], running: head.map(JobID.init(rawValue:)))
        case .ready: return try await explainReady(job, in: session, now: now, leaseNow: leaseNow ?? now)
        }
    }

    private static func explainRunning(_ job: JobView, in session: some Session, now: Date) async throws -> JobReason {
        let row = try await session.first(
            "SELECT host, process_id, lease_until FROM jobs.engine WHERE id = \(job.engine)")
        guard let row, case let until:Date = try row["lease_until"], until > now else {
            return .awaitsRescue(since: try row?["lease_until"] ?? now)
        }
        return .running(host: try row["host"], processID: try row["process_id"], since: job.startedAt ?? now)
    }

    private static func explainReady(
        _ job: JobView, in session: some Session, now: Date, leaseNow: Date
    ) async throws -> JobReason {
        let row = try await session.one(
            """
            SELECT q.paused_at, q.paused_by,
                   EXISTS (SELECT FROM jobs.engine WHERE lease_until > \(leaseNow) AND \(job.queue) = ANY (queues)) AS served,
                   EXISTS (SELECT FROM jobs.engine AS e
                            WHERE lease_until > \(leaseNow) AND jobs.serves(e, \(job.queue), \(job.kind), \(job.version)::int)) AS known,
                   (SELECT count(*) FROM jobs.job WHERE queue = \(job.queue) AND stage = 'ready' AND owner IS NULL
                       AND (priority, id) < (\(job.priority)::int, \(job.id.rawValue))) AS ahead,
                   q.max_running, (SELECT sum(held) FROM jobs.permit WHERE queue = q.name) >= q.max_running AS is_full,
                   q.rate_count, extract(epoch FROM q.rate_period)::float8 AS rate_seconds,
                   (SELECT CASE WHEN sum(s.count) >= q.rate_count THEN min(s.last) + q.rate_period END
                      FROM jobs.start AS s
                     WHERE s.queue = q.name AND s.last > \(now) - q.rate_period) AS next_start
              FROM (VALUES (1)) AS one LEFT JOIN jobs.queue AS q ON q.name = \(job.queue)
            """)
        let queue = job.queue
        if let paused: Date = try row["paused_at"] {
            return .queuePaused(queue, since: paused, by: try row["paused_by"])
        }
        guard try row["served"] else { return .noEngine(queue: queue) }
        guard try row["known"] else { return .unknownShape(kind: job.kind, version: job.version) }
        if let most: Int = try row["max_running"], try row["is_full"] == true {
            return .limitReached(queue: queue, maxRunning: most)
        }
        if let next: Date = try row["next_start"], let count: Int = try row["rate_count"] {
            let rate = QueueRate.text(count: count, periodSeconds: try row["rate_seconds"])
            return .rateReached(queue: queue, rate: rate, next: next)
        }
        return .inQueue(queue, ahead: try row["ahead"])
    }
}
