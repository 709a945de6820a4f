import Dispatch
import Jobs
import Postgres
import Synchronization

/// The kinds of job that the bench runs, and the engine that suits them: the one file that knows how jobs are written.
enum BenchJobs {
    static let queue = "bench"

    static var registry: Registry {
        var registry = Registry()
        registry.register(NoOp.self)
        registry.register(Posting.self)
        registry.register(Ping.self)
        return registry
    }

    /// An engine for the one queue: it claims up to `batch` jobs at a time and runs `clients` of them at once.
    static func settings(batch: Int, clients: Int) -> EngineSettings {
        EngineSettings(
            queues: [queue: clients], otherQueues: 0, maxRunning: clients, claimBatch: batch, host: "bench")
    }
}

/// Does nothing but be read.
struct NoOp: OutsideJob {
    static let kind = "bench.noop"
    static let policy = JobPolicy(queue: BenchJobs.queue)
    let n: Int

    func run(outside context: OutsideContext) async throws -> JobOutcome {
        Seen.count(n)
        return .done
    }
}

/// Posts one transfer in the transaction in which the job is finished.
struct Posting: RunnableJob {
    static let kind = "bench.posting"
    static let policy = JobPolicy(queue: BenchJobs.queue)
    let n: Int

    func run(in context: JobContext) async throws -> JobOutcome {
        // Nobody looks at its answer: it goes with the completion.
        try context.transaction.executeLater("SELECT bench.post(\(n))")
        Seen.count(n)
        return .done
    }
}

/// Tells how long ago it was wished for.
struct Ping: OutsideJob {
    static let kind = "bench.ping"
    static let policy = JobPolicy(queue: BenchJobs.queue)
    /// Nanoseconds of this machine's uptime.
    let sent: Int

    func run(outside context: OutsideContext) async throws -> JobOutcome {
        let now = Int(DispatchTime.now().uptimeNanoseconds)
        Seen.delays.withLock { $0.append(Double(now - sent) / 1e6) }
        Seen.count(1)
        return .done
    }
}

/// What the jobs of this process have seen.
enum Seen {
    private static let jobs = Atomic<Int>(0)
    private static let checksum = Atomic<Int>(0)
    /// Milliseconds from the wish to the start of each ping.
    static let delays = Mutex<[Double]>([])

    static var count: Int { jobs.load(ordering: .relaxed) }

    /// Counts a job, and uses its value so that nobody can skip reading it.
    static func count(_ value: Int) {
        jobs.add(1, ordering: .relaxed)
        checksum.add(value, ordering: .relaxed)
    }
}
