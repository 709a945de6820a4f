public import FoundationEssentials
public import Postgres

/// The jobs as people see them: to list, to show, to ask why one waits, to retry, cancel, pause and resume.
public enum JobsOverview {
    /// Which jobs are asked for; what is nil doesn't matter.
    public struct Filter: Sendable {
        /// Those of any of these states; without one, of all.
        public var states: [JobState]
        /// Those of which an attempt has failed, or those of which none has.
        public var hasFailed: Bool?
        public var kind: String?
        public var queue: String?
        public var lane: String?
        public var subject: String?

        public init(
            states: [JobState] = [], hasFailed: Bool? = nil, kind: String? = nil, queue: String? = nil,
            lane: String? = nil, subject: String? = nil
        ) {
            self.states = states
            self.hasFailed = hasFailed
            self.kind = kind
            self.queue = queue
            self.lane = lane
            self.subject = subject
        }
    }

    /// The condition on `jobs.every` that a filter makes.
    static func condition(_ filter: Filter) -> SQL {
        """
        (cardinality(\(filter.states.map(\.rawValue))::text[]) = 0 OR state = ANY (\(filter.states.map(\.rawValue))::text[]))
        AND (\(filter.hasFailed)::bool IS NULL OR (last_error IS NOT NULL) = \(filter.hasFailed)::bool)
        AND (\(filter.kind)::text IS NULL OR kind = \(filter.kind)::text)
        AND (\(filter.queue)::text IS NULL OR queue = \(filter.queue)::text)
        AND (\(filter.lane)::text IS NULL OR lane = \(filter.lane)::text)
        AND (\(filter.subject)::text IS NULL OR subject = \(filter.subject)::text)
        """
    }

    /// The newest jobs that match, below a number when one is given (the page before).
    public static func list(
        _ filter: Filter = Filter(), before: JobID? = nil, limit: Int = 100, in session: some Session
    ) async throws -> [JobView] {
        try await session.query(
            """
            SELECT * FROM jobs.every
             WHERE id < \(before?.rawValue ?? .max) AND \(condition(filter))
             ORDER BY id DESC LIMIT \(limit)
            """
        ).map(JobView.init(row:))
    }

    /// A job, wherever it lies; nil where there is none of this number, or its history was dropped.
    public static func show(_ id: JobID, in session: some Session) async throws -> JobView? {
        try await session.first("SELECT * FROM jobs.every WHERE id = \(id.rawValue)").map(JobView.init(row:))
    }

    /// Cancels a job that doesn't run, or asks the engine that runs it to cancel it. False where it has ended already.
    @discardableResult
    public static func cancel(
        _ id: JobID, reason: String, in session: some Session, now: Date
    ) async throws -> Bool {
        let ended = try await session.exists(
            """
            WITH gone AS (DELETE FROM jobs.job WHERE id = \(id.rawValue) AND owner IS NULL RETURNING *),
                 kept AS (INSERT INTO jobs.history SELECT \(now), 'cancelled', \(reason), gone.* FROM gone),
                 freed AS (DELETE FROM jobs.dependency WHERE job_id = \(id.rawValue))
            SELECT CASE WHEN lane IS NOT NULL THEN pg_notify('jobs', 'laned') END,
                   CASE WHEN followed THEN jobs.cancel_followers(ARRAY[id], \(now)) END FROM gone
            """)
        if ended { return true }
        return try await session.exists(
            """
            UPDATE jobs.job SET cancel_reason = \(reason) WHERE id = \(id.rawValue)
            RETURNING pg_notify('jobs', 'beat')
            """)
    }

    /// Makes a waiting job due now, or gives a dead one all of its attempts again. False where there is neither, and for a
    /// job in doubt: `resolve` it.
    @discardableResult
    public static func retry(_ id: JobID, in session: some Session, now: Date) async throws -> Bool {
        let hastened = try await session.exists(
            """
            UPDATE jobs.job SET run_at = \(now) WHERE id = \(id.rawValue) AND stage = 'scheduled'
            RETURNING pg_notify('jobs', 'due')
            """)
        if hastened { return true }
        return try await revive("id = \(id.rawValue)", in: session, now: now) == 1
    }

    /// The job that may still run and has a dead one's unique key, so that it can't come back to life.
    public static func rival(of id: JobID, in session: some Session) async throws -> JobID? {
        try await session.first(
            """
            SELECT j.id FROM jobs.dead_letter AS d JOIN jobs.job AS j ON j.unique_key = d.unique_key
             WHERE d.id = \(id.rawValue)
            """
        ).map { JobID(rawValue: try $0["id"]) }
    }

    /// Gives all dead jobs of a kind their attempts again, never those in doubt. Returns how many.
    @discardableResult
    public static func retryDead(kind: String, in session: some Session, now: Date) async throws -> Int {
        try await revive("kind = \(kind)", in: session, now: now)
    }

    /// Lets a dead job rest: it goes to the history. False where there is none.
    @discardableResult
    public static func dismiss(
        _ id: JobID, reason: String, in session: some Session, now: Date
    ) async throws -> Bool {
        try await session.exists(
            """
            WITH gone AS (DELETE FROM jobs.dead_letter WHERE id = \(id.rawValue) RETURNING *),
                 kept AS (INSERT INTO jobs.history (\(columns), \(traces), finished_at, outcome, reason)
                          SELECT \(columns), \(traces), \(now), 'dismissed', \(reason) FROM gone)
            SELECT CASE WHEN followed THEN jobs.cancel_followers(ARRAY[id], \(now)) END FROM gone
            """)
    }

    /// Says what became of the effect of a job in doubt. It happened: the job is done, and those that waited for it may
    /// run. It didn't: the job gets all of its attempts again. False where no such job is in doubt, or where it would run
    /// again and a live job has its unique key.
    @discardableResult
    public static func resolve(
        _ id: JobID, happened: Bool, reason: String, in session: some Session, now: Date
    ) async throws -> Bool {
        guard happened else {
            return try await revive(
                "id = \(id.rawValue)", fromDoubt: "It did not happen: \(reason)", in: session, now: now) == 1
        }
        return try await session.exists(
            """
            WITH gone AS (DELETE FROM jobs.dead_letter WHERE id = \(id.rawValue) AND in_doubt RETURNING *),
                 kept AS (INSERT INTO jobs.history (\(columns), \(traces), finished_at, outcome, reason)
                          SELECT \(columns), \(traces), \(now), 'done', \(reason) FROM gone)
            SELECT CASE WHEN followed THEN jobs.release_followers(ARRAY[id]) END FROM gone
            """)
    }

    /// A dead job whose unique key is taken by a live one stays dead. The token goes on: what a run of its first life still
    /// says is fenced off.
    private static func revive(
        _ condition: SQL, fromDoubt finding: String? = nil, in session: some Session, now: Date
    ) async throws -> Int {
        try await session.execute(
            """
            WITH dead AS (
                SELECT * FROM jobs.dead_letter WHERE \(condition) AND in_doubt = \(finding != nil) ORDER BY id FOR UPDATE
            ), alive AS (
                INSERT INTO jobs.job (\(columns), token, last_error, stage, run_at)
                SELECT \(columns), token + 1, coalesce(\(finding), last_error), CASE WHEN lane IS NULL THEN 'ready' ELSE 'laned' END, \(now)
                  FROM dead ORDER BY id
                ON CONFLICT DO NOTHING RETURNING id
            )
            DELETE FROM jobs.dead_letter WHERE id IN (SELECT id FROM alive)
            """)
    }

    /// What a job keeps when it comes back to life.
    private static let columns: SQL =
        "id, kind, version, args, queue, priority, lane, unique_key, subject, max_attempts, created_at, followed"

    /// What its last life left on it.
    private static let traces: SQL =
        "stage, run_at, attempt, losses, blockers, token, owner, started_at, effect_at, progress, progress_note, last_error"

    /// No engine claims from the queue any more until it is resumed; running jobs go on.
    public static func pause(
        queue: String, by person: String, in session: some Session, now: Date
    ) async throws {
        try await session.execute(
            """
            INSERT INTO jobs.queue AS q (name, paused_at, paused_by) VALUES (\(queue), \(now), \(person))
            ON CONFLICT (name) DO UPDATE SET paused_at = excluded.paused_at, paused_by = excluded.paused_by
             WHERE q.paused_at IS NULL
            """)
    }

    /// False where the queue wasn't paused.
    @discardableResult
    public static func resume(queue: String, in session: some Session) async throws -> Bool {
        try await session.exists(
            """
            UPDATE jobs.queue SET paused_at = NULL, paused_by = NULL WHERE name = \(queue) AND paused_at IS NOT NULL
            RETURNING pg_notify('jobs', 'queues')
            """)
    }

    /// How much lies in each queue that has jobs, limits or an engine. Counts every live row: for people, not for a loop.
    public static func queues(in session: some Session) async throws -> [QueueView] {
        try await session.query(
            """
            SELECT queue, count(*) FILTER (WHERE stage = 'ready' AND owner IS NULL) AS ready,
                   count(*) FILTER (WHERE owner IS NOT NULL) AS running,
                   count(*) FILTER (WHERE stage = 'scheduled') AS scheduled, count(*) FILTER (WHERE stage = 'laned') AS laned,
                   count(*) FILTER (WHERE stage = 'blocked') AS blocked, count(*) FILTER (WHERE stage = 'dead') AS dead,
                   count(*) FILTER (WHERE stage = 'in_doubt') AS in_doubt,
                   min(run_at) FILTER (WHERE stage = 'ready' AND owner IS NULL) AS oldest,
                   max(q.paused_at) AS paused_at, max(q.paused_by) AS paused_by, max(q.max_running) AS max_running,
                   max(q.rate_count) AS rate_count, extract(epoch FROM max(q.rate_period))::float8 AS rate_seconds
              FROM (SELECT queue::text, stage, owner, run_at FROM jobs.job
                    UNION ALL SELECT unnest(queues), NULL, NULL, NULL FROM jobs.engine
                    UNION ALL SELECT name, NULL, NULL, NULL FROM jobs.queue
                     WHERE paused_at IS NOT NULL OR max_running IS NOT NULL OR rate_count IS NOT NULL
                    UNION ALL SELECT queue, CASE WHEN in_doubt THEN 'in_doubt' ELSE 'dead' END, NULL, NULL
                      FROM jobs.dead_letter) AS live
              LEFT JOIN jobs.queue AS q ON q.name = live.queue
             GROUP BY queue ORDER BY queue
            """
        ).map(QueueView.init(row:))
    }

    /// The engines that run, or stopped less than a lease ago.
    public static func engines(in session: some Session) async throws -> [EngineView] {
        try await session.query(
            """
            SELECT e.*, (SELECT count(*) FROM jobs.job AS j WHERE j.stage = 'ready' AND j.owner = e.id) AS running
              FROM jobs.engine AS e ORDER BY host, process_id, started_at
            """
        ).map(EngineView.init(row:))
    }
}
