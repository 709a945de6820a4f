package import FoundationEssentials
package import Postgres

/// How one job is to be enqueued; what is nil is taken from the policy of its kind.
package struct Enqueue: Sendable {
    package var queue: String?
    package var priority: Int?
    package var maxAttempts: Int?
    /// Not before this; nil: at once.
    package var runAt: Date?
    /// Jobs of a lane run one at a time, in the order of priority and number. One that waits for a retry or a later time
    /// lets the others pass.
    package var lane: String?
    /// As long as a job of this key may still run, no second one is made. A window is part of the key (`close/2026-11-22`).
    package var uniqueKey: String?
    package var onConflict: OnConflict
    /// What the job is about, for people: `case/NUMBER`, `run/NUMBER`.
    package var subject: String?

    /// What happens when a job of the same unique key is live.
    package enum OnConflict: Sendable {
        case keep
        /// The live job, if it doesn't run yet, gets the new value and time.
        case replace
    }

    package init(
        queue: String? = nil, priority: Int? = nil, maxAttempts: Int? = nil, runAt: Date? = nil, lane: String? = nil,
        uniqueKey: String? = nil, onConflict: OnConflict = .keep, subject: String? = nil
    ) {
        self.queue = queue
        self.priority = priority
        self.maxAttempts = maxAttempts
        self.runAt = runAt
        self.lane = lane
        self.uniqueKey = uniqueKey
        self.onConflict = onConflict
        self.subject = subject
    }
}

/// Enqueueing: the job commits with the caller's transaction, or not at all.
package enum Jobs {
    /// Enqueues a job. Returns its number, or the number of the live job with the same unique key.
    @discardableResult
    package static func enqueue<J: Job>(
        _ job: J, _ options: Enqueue = Enqueue(), in session: some Session, now: Date
    ) async throws -> JobID {
        let new = try NewJob(job, options, now: now)
        guard let key = options.uniqueKey else {
            return JobID(rawValue: try await session.one(insertion(of: new) + "RETURNING id")["id"])
        }
        // The live job can finish between the refused insert and the look at it; then there is room for the new one.
        while true {
            let inserted = try await session.first(
                insertion(of: new) + "ON CONFLICT (unique_key) WHERE unique_key IS NOT NULL DO NOTHING RETURNING id")
            if let inserted { return JobID(rawValue: try inserted["id"]) }
            let live = try await session.first(
                options.onConflict == .keep
                    ? "SELECT id FROM jobs.job WHERE unique_key = \(key)" : replacement(by: new, key: key))
            if let live { return JobID(rawValue: try live["id"]) }
        }
    }

    /// Enqueues many jobs in one statement. Those whose unique key is taken are left out. Returns how many were made.
    @discardableResult
    package static func enqueueAll<J: Job>(
        _ jobs: [J], in session: some Session, now: Date, options: (J) -> Enqueue = { _ in Enqueue() }
    ) async throws -> Int {
        guard !jobs.isEmpty else { return 0 }
        let new = try jobs.map { try NewJob($0, options($0), now: now) }
        return try await session.execute(
            """
            INSERT INTO jobs.job (kind, version, args, queue, priority, stage, run_at, lane, unique_key, subject, max_attempts,
                                  created_at)
            SELECT \(J.kind), \(J.version)::int, args::jsonb, queue, priority::smallint, stage, run_at, lane, unique_key, subject,
                   attempts::int, \(now)
              FROM unnest(\(new.map(\.args))::text[], \(new.map(\.queue))::text[], \(new.map(\.priority))::bigint[],
                          \(new.map(\.stage))::text[], \(new.map(\.runAt))::timestamptz[], \(new.map(\.lane))::text[],
                          \(new.map(\.uniqueKey))::text[], \(new.map(\.subject))::text[], \(new.map(\.maxAttempts))::bigint[])
                   AS new(args, queue, priority, stage, run_at, lane, unique_key, subject, attempts)
            ON CONFLICT (unique_key) WHERE unique_key IS NOT NULL DO NOTHING
            """)
    }

    private static func insertion(of new: NewJob) -> SQL {
        """
        INSERT INTO jobs.job (kind, version, args, queue, priority, stage, run_at, lane, unique_key, subject, max_attempts,
                              created_at)
        VALUES (\(new.kind), \(new.version)::int, \(new.args)::jsonb, \(new.queue), \(new.priority)::smallint, \(new.stage), \(new.runAt),
                \(new.lane), \(new.uniqueKey), \(new.subject), \(new.maxAttempts)::int, \(new.now))
         
        """
    }

    /// A running job keeps what it began with; its number is returned all the same.
    private static func replacement(by new: NewJob, key: String) -> SQL {
        """
        WITH changed AS (
            UPDATE jobs.job SET args = \(new.args)::jsonb, version = \(new.version)::int, run_at = \(new.runAt), stage = \(new.stage)
             WHERE unique_key = \(key) AND kind = \(new.kind) AND owner IS NULL
            RETURNING id, pg_notify('jobs', 'look')
        )
        SELECT id FROM changed UNION SELECT id FROM jobs.job WHERE unique_key = \(key)
        """
    }
}

/// A job about to be stored.
private struct NewJob {
    let kind: String
    let version: Int
    let args: String
    let queue: String
    let priority: Int
    let stage: String
    let runAt: Date
    let lane: String?
    let uniqueKey: String?
    let subject: String?
    let maxAttempts: Int
    let now: Date

    init<J: Job>(_ job: J, _ options: Enqueue, now: Date) throws {
        kind = J.kind
        version = J.version
        args = String(decoding: try JobCoding.encoder.encode(job), as: UTF8.self)
        queue = options.queue ?? J.policy.queue
        priority = options.priority ?? J.policy.priority
        maxAttempts = options.maxAttempts ?? J.policy.maxAttempts
        runAt = options.runAt ?? now
        lane = options.lane
        uniqueKey = options.uniqueKey
        subject = options.subject
        stage = runAt > now ? "scheduled" : lane == nil ? "ready" : "laned"
        self.now = now
    }
}
