import FoundationEssentials
import Postgres

/// A job about to be stored.
struct NewJob {
    let kind: String
    let version: Int
    let args: String
    let queue: String
    let priority: Int
    /// Where it begins, unless it waits for other jobs.
    let stage: String
    let runAt: Date
    let lane: String?
    let uniqueKey: String?
    let uniqueUntil: Date?
    let subject: String?
    let after: [JobID]
    let maxAttempts: Int
    let now: Date

    init<J: Job>(_ job: J, _ options: Enqueue, now: Date, with encoder: JSONEncoder = JobCoding.encoder) throws {
        guard options.uniqueUntil == nil || options.uniqueKey != nil else {
            throw EnqueueError(description: "A \(J.kind) has uniqueUntil, but no uniqueKey that could hold until then.")
        }
        kind = J.kind
        version = J.version
        args = String(decoding: try encoder.encode(job), as: UTF8.self)
        queue = options.queue ?? J.policy.queue
        priority = options.priority ?? J.policy.priority
        maxAttempts = options.maxAttempts ?? J.policy.maxAttempts
        runAt = options.runAt ?? now
        lane = options.lane
        uniqueKey = options.uniqueKey
        uniqueUntil = options.uniqueUntil
        subject = options.subject
        after = options.after
        stage = runAt > now ? "scheduled" : lane == nil ? "ready" : "laned"
        self.now = now
    }

    /// It is stored whatever else is there.
    var isPlain: Bool { uniqueKey == nil && after.isEmpty }
}

extension NewJob {
    /// Stores one plain job. Returns its number.
    func insert(in session: some Session) async throws -> JobID {
        JobID(
            rawValue: try await session.value(
                """
                INSERT INTO jobs.job (kind, version, args, queue, priority, stage, run_at, lane, subject, max_attempts, created_at)
                VALUES (\(kind), \(version)::int, \(args)::jsonb, \(queue), \(priority)::smallint, \(stage), \(runAt), \(lane), \(subject),
                        \(maxAttempts)::int, \(now))
                RETURNING id
                """))
    }

    /// Stores plain jobs of one kind in one statement.
    static func insert(_ new: [NewJob], in session: some Session) async throws {
        guard let first = new.first else { return }
        try await session.execute(
            """
            INSERT INTO jobs.job (kind, version, args, queue, priority, stage, run_at, lane, subject, max_attempts, created_at)
            SELECT \(first.kind), \(first.version)::int, args::jsonb, queue, priority::smallint, stage, run_at, lane, subject,
                   attempts::int, \(first.now)
              FROM unnest(\(new.map(\.args))::text[], \(new.map(\.queue))::text[], \(new.map(\.priority))::bigint[],
                          \(new.map(\.stage))::text[], \(new.map(\.runAt))::timestamptz[], \(new.map(\.lane))::text[],
                          \(new.map(\.subject))::text[], \(new.map(\.maxAttempts))::bigint[])
                   AS new(args, queue, priority, stage, run_at, lane, subject, attempts)
            """)
    }

    /// What became of jobs that were to be stored.
    struct Made {
        let ids: [JobID]
        /// Keys that were taken for jobs which a live one then kept from being made; see `mend`.
        let strayKeys: [String]
    }

    /// Stores jobs of one kind, in one statement, with all that a job may ask for. Those whose unique key is taken are
    /// left out. Those that wait for a cancelled job are cancelled at once.
    static func insertUnlessTaken(_ new: [NewJob], in session: some Session) async throws -> Made {
        guard let first = new.first else { return Made(ids: [], strayKeys: []) }
        let row = try await session.one(
            """
            WITH fate AS MATERIALIZED (
                SELECT id, is_lost FROM jobs.follow(\(Set(new.flatMap(\.after)).sorted().map(\.rawValue)))
            ), wanted AS MATERIALIZED (
                SELECT nextval('jobs.job_id_seq') AS id, new.*
                  FROM unnest(\(new.map(\.args))::text[], \(new.map(\.queue))::text[], \(new.map(\.priority))::bigint[],
                              \(new.map(\.stage))::text[], \(new.map(\.runAt))::timestamptz[], \(new.map(\.lane))::text[],
                              \(new.map(\.subject))::text[], \(new.map(\.maxAttempts))::bigint[], \(new.map(\.uniqueKey))::text[],
                              \(new.map(\.uniqueUntil))::timestamptz[], \(new.map(\.predecessors))::text[])
                       AS new(args, queue, priority, stage, run_at, lane, subject, attempts, unique_key, unique_until, after)
            ), taken AS (
                INSERT INTO jobs.used_key AS u (key, job_id, until)
                SELECT DISTINCT ON (w.unique_key) w.unique_key, coalesce(j.id, w.id), w.unique_until
                  FROM wanted AS w LEFT JOIN jobs.job AS j ON j.unique_key = w.unique_key
                 WHERE w.unique_until > \(first.now) ORDER BY w.unique_key, w.id
                ON CONFLICT (key) DO UPDATE SET job_id = excluded.job_id, until = excluded.until WHERE u.until <= \(first.now)
                RETURNING key, job_id
            ), made AS (
                INSERT INTO jobs.job (id, kind, version, args, queue, priority, stage, run_at, lane, unique_key, subject,
                                      max_attempts, created_at, blockers)
                SELECT w.id, \(first.kind), \(first.version)::int, w.args::jsonb, w.queue, w.priority::smallint,
                       CASE WHEN b.blockers > 0 THEN 'blocked' ELSE w.stage END, w.run_at, w.lane, w.unique_key, w.subject,
                       w.attempts::int, \(first.now), b.blockers
                  FROM wanted AS w
                 CROSS JOIN LATERAL (SELECT count(*)::int AS blockers FROM fate AS f WHERE f.id = ANY (w.after::bigint[])) AS b
                 WHERE CASE WHEN w.unique_until > \(first.now) THEN w.id IN (SELECT job_id FROM taken)
                            ELSE NOT EXISTS (SELECT FROM jobs.used_key AS u
                                              WHERE u.key = w.unique_key AND u.until > \(first.now)) END
                 ORDER BY w.id
                ON CONFLICT (unique_key) WHERE unique_key IS NOT NULL DO NOTHING
                RETURNING id, blockers
            ), linked AS (
                INSERT INTO jobs.dependency (waits_for, job_id)
                SELECT f.id, m.id FROM made AS m JOIN wanted AS w USING (id) JOIN fate AS f ON f.id = ANY (w.after::bigint[])
                 WHERE m.blockers > 0
                RETURNING job_id
            )
            SELECT m.ids, stray.keys, jobs.cancel_followers(lost.ids, \(first.now))::text
              FROM (SELECT coalesce(array_agg(id ORDER BY id), '{}') AS ids FROM made) AS m,
                   (SELECT coalesce(array_agg(t.key), '{}') AS keys FROM taken AS t JOIN wanted AS w ON w.id = t.job_id
                     WHERE NOT EXISTS (SELECT FROM made WHERE made.id = w.id)) AS stray,
                   (SELECT count(*) FROM linked) AS linked,
                   (SELECT array_agg(id) AS ids FROM fate WHERE is_lost) AS lost
            """)
        return Made(ids: (try row["ids"] as [Int64]).map(JobID.init(rawValue:)), strayKeys: try row["keys"])
    }

    /// A live job without a window, committed meanwhile, had the key of one that was to be made: the window is its own now.
    /// Where it has ended since, the key is free again.
    static func mend(_ strayKeys: [String], in session: some Session) async throws {
        guard !strayKeys.isEmpty else { return }
        try await session.execute(
            """
            WITH live AS (
                UPDATE jobs.used_key AS u SET job_id = j.id FROM jobs.job AS j
                 WHERE u.key = ANY (\(strayKeys)) AND j.unique_key = u.key RETURNING u.key
            )
            DELETE FROM jobs.used_key WHERE key = ANY (\(strayKeys)) AND key NOT IN (SELECT key FROM live)
            """)
    }

    /// A running job keeps what it began with, and a blocked one what it waits for; its number is returned all the same.
    func replace(key: String, in session: some Session) async throws -> JobID? {
        let row = try await session.first(
            """
            WITH changed AS (
                UPDATE jobs.job SET args = \(args)::jsonb, version = \(version)::int, run_at = \(runAt),
                       stage = CASE WHEN stage = 'blocked' THEN stage WHEN \(runAt > now) THEN 'scheduled'
                                    WHEN lane IS NULL OR stage = 'ready' THEN 'ready' ELSE 'laned' END
                 WHERE unique_key = \(key) AND kind = \(kind) AND owner IS NULL
                RETURNING id, pg_notify('jobs', 'look')
            )
            SELECT id FROM changed
            UNION SELECT id FROM jobs.job WHERE unique_key = \(key)
            UNION SELECT job_id FROM jobs.used_key WHERE key = \(key) AND until > \(now)
            """)
        return try row.map { JobID(rawValue: try $0["id"]) }
    }

    private var predecessors: String { "{" + after.map(\.description).joined(separator: ",") + "}" }
}
