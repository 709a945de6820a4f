public import FoundationEssentials
public import Postgres

/// How one job is to be enqueued; what is nil is taken from the policy of its kind.
public struct Enqueue: Sendable {
    public var queue: String?
    public var priority: Int?
    public var maxAttempts: Int?
    /// Not before this; nil: at once.
    public var runAt: Date?
    /// Jobs of a lane run one at a time, in the order of priority and number. One that waits for a retry or a later time
    /// lets the others pass.
    public var lane: String?
    /// As long as a job of this key may still run, no second one is made. A window is part of the key (`close/2026-11-22`).
    public var uniqueKey: String?
    /// The unique key holds until then, whatever becomes of the job: also when it was done, or cancelled, before. One that
    /// lives longer holds it as long as it lives.
    public var uniqueUntil: Date?
    public var onConflict: OnConflict
    /// What the job is about, for people: `case/…`, `run/…`.
    public var subject: String?
    /// The job waits until all of these are done. While one of them is dead or in doubt it goes on waiting: a person may
    /// retry that one. If one is cancelled or dismissed, before or after this job is enqueued, this job is cancelled, too.
    public var after: [JobID]

    /// What happens when the unique key is taken.
    public enum OnConflict: Sendable {
        case keep
        /// The live job, if it doesn't run yet, gets the new value and time.
        case replace
    }

    public init(
        queue: String? = nil, priority: Int? = nil, maxAttempts: Int? = nil, runAt: Date? = nil, lane: String? = nil,
        uniqueKey: String? = nil, uniqueUntil: Date? = nil, onConflict: OnConflict = .keep, subject: String? = nil,
        after: [JobID] = []
    ) {
        self.queue = queue
        self.priority = priority
        self.maxAttempts = maxAttempts
        self.runAt = runAt
        self.lane = lane
        self.uniqueKey = uniqueKey
        self.uniqueUntil = uniqueUntil
        self.onConflict = onConflict
        self.subject = subject
        self.after = after
    }
}

/// What was asked for when a job was to be enqueued can't be had; nothing was.
public struct EnqueueError: Error, Equatable, CustomStringConvertible {
    public let description: String
}

/// Enqueueing: the job commits with the caller's transaction, or not at all.
public enum Jobs {
    /// Enqueues a job. Returns its number, or the number of the job that has its unique key. Throws `EnqueueError` for a
    /// `uniqueUntil` without its key; `PostgresError`, with the constraint `dependency_waits_for`, for a number in `after`
    /// that no job has, or whose history was dropped.
    @discardableResult
    public static func enqueue<J: Job>(
        _ job: J, _ options: Enqueue = Enqueue(), in session: some Session, now: Date
    ) async throws -> JobID {
        let new = try NewJob(job, options, now: now)
        if new.isPlain { return try await new.insert(in: session) }
        // The job that has the key can end between the refused insert and the look at it; then there is room for the new one.
        while true {
            let made = try await NewJob.insertUnlessTaken([new], in: session)
            if let id = made.ids.first { return id }
            try await NewJob.mend(made.strayKeys, in: session)
            guard let key = new.uniqueKey else { continue }
            let holder =
                switch options.onConflict {
                case .keep: try await self.holder(of: key, in: session, now: now)
                case .replace: try await new.replace(key: key, in: session)
                }
            if let holder { return holder }
        }
    }

    /// The job that has a unique key, live or not.
    private static func holder(of key: String, in session: some Session, now: Date) async throws -> JobID? {
        try await session.first(
            """
            SELECT id FROM jobs.job WHERE unique_key = \(key)
            UNION ALL SELECT job_id FROM jobs.used_key WHERE key = \(key) AND until > \(now) LIMIT 1
            """
        ).map { JobID(rawValue: try $0["id"]) }
    }

    /// Enqueues many jobs in one statement. Those whose unique key is taken are left out. Returns how many were made, those
    /// included that are cancelled at once because one that they wait for was.
    @discardableResult
    public static func enqueueAll<J: Job>(
        _ jobs: [J], in session: some Session, now: Date, options: (J) -> Enqueue = { _ in Enqueue() }
    ) async throws -> Int {
        let encoder = JobCoding.encoder
        let new = try jobs.map { try NewJob($0, options($0), now: now, with: encoder) }
        if new.allSatisfy(\.isPlain) {
            try await NewJob.insert(new, in: session)
            return new.count
        }
        let made = try await NewJob.insertUnlessTaken(new, in: session)
        try await NewJob.mend(made.strayKeys, in: session)
        return made.ids.count
    }

    /// Enqueues jobs of which each begins when the one before is done, and the first when `options` say. A unique key can't be
    /// asked for, it would be that of the first alone: `EnqueueError`. Returns their numbers, in order.
    @discardableResult
    public static func chain(
        _ jobs: [any Job], _ options: Enqueue = Enqueue(), in transaction: Transaction, now: Date
    ) async throws -> [JobID] {
        guard options.uniqueKey == nil else {
            throw EnqueueError(description: "A chain of jobs has no unique key; enqueue them one by one.")
        }
        var (ids, options) = ([JobID](), options)
        for job in jobs {
            ids.append(try await enqueue(job, options, in: transaction, now: now))
            options.after = [ids[ids.count - 1]]
        }
        return ids
    }
}
