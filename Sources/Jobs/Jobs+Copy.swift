public import FoundationEssentials
public import Postgres

extension Jobs {
    /// Enqueues very many jobs as they come, by COPY: memory here stays flat however many there are. All of them become
    /// visible together, when the transaction commits. Unique keys and dependencies can't be had this way: COPY can't leave
    /// a row out, nor wait for one; who asks for them gets an `EnqueueError`, and the transaction is over. Returns how many.
    @discardableResult
    public static func copy<Source: Sequence>(
        _ jobs: Source, in transaction: Transaction, now: Date,
        options: @escaping (Source.Element) -> Enqueue = { _ in Enqueue() }
    ) async throws -> Int where Source.Element: Job {
        try await transaction.copyIn(
            """
            COPY jobs.job (kind, version, args, queue, priority, stage, run_at, lane, subject, max_attempts, created_at)
            FROM STDIN
            """, rows: CopiedJobs(jobs: jobs, options: options, now: now))
    }
}

/// Jobs on their way into a COPY. Encoding can fail, so this is a sequence whose `next` throws.
private struct CopiedJobs<Source: Sequence>: AsyncSequence where Source.Element: Job {
    let jobs: Source
    let options: (Source.Element) -> Enqueue
    let now: Date

    func makeAsyncIterator() -> Iterator { Iterator(rest: jobs.makeIterator(), options: options, now: now) }

    struct Iterator: AsyncIteratorProtocol {
        var rest: Source.Iterator
        let options: (Source.Element) -> Enqueue
        let now: Date
        let encoder = JobCoding.encoder

        mutating func next() async throws -> [any ParameterEncodable]? {
            guard let job = rest.next() else { return nil }
            let new = try NewJob(job, options(job), now: now, with: encoder)
            guard new.isPlain else {
                throw EnqueueError(
                    description: "A \(new.kind) with a unique key or dependencies can't be copied; use enqueueAll.")
            }
            return [
                new.kind, new.version, new.args, new.queue, new.priority, new.stage, new.runAt, new.lane, new.subject,
                new.maxAttempts, new.now,
            ]
        }
    }
}
