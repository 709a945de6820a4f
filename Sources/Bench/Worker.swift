import Dispatch
import Foundation
import Glibc
import Jobs
import Logging
import Postgres
import Synchronization
import WorkingDays

/// The engine in a process of its own, so that memory and processor time are its own: what `reliefd bench worker` does.
package struct Worker: Sendable {
    package enum Task: String, Sendable, CaseIterable {
        /// Runs what is in the queue, and ends with it.
        case drain
        /// Wishes for one job after the other on an idle queue.
        case latency
        /// Has nothing to do.
        case idle
        /// Enqueues.
        case enqueue
        /// Enqueues by COPY.
        case copy
    }

    package var database: String
    package var jobs: Int
    package var batch: Int
    package var clients: Int
    package var seconds: Int

    /// `database` is a conninfo; `jobs` is how many there are to run, to wish for or to enqueue; `clients` how many
    /// connections work; `seconds` how long to be idle.
    package init(database: String, jobs: Int, batch: Int, clients: Int, seconds: Int) {
        self.database = database
        self.jobs = jobs
        self.batch = batch
        self.clients = clients
        self.seconds = seconds
    }

    package func run(_ task: Task) async throws -> Measurement {
        endWithParent()
        return switch task {
        case .drain: try await drain()
        case .latency: try await latency()
        case .idle: try await idle()
        case .enqueue: try await enqueue()
        case .copy: try await copy()
        }
    }

    /// Its clock runs from before the first connection to the commit of the last job, as the reference engine's does.
    private func drain() async throws -> Measurement {
        let start = ContinuousClock.now
        return try await withEngine { idle in
            await idle { Seen.count >= jobs }
            let seconds = (ContinuousClock.now - start).seconds
            return Measurement(
                rate: Double(jobs) / seconds, memory: Usage.peakMemory, cpuPerJob: Usage.cpu * 1e6 / Double(jobs))
        }
    }

    private func latency() async throws -> Measurement {
        try await withEngine { idle in
            await idle { true }
            let connection = try await Connection.open(settings, logger: quiet)
            var random = Gaps(state: 7)
            for _ in 0..<jobs {
                try await Swift.Task.sleep(for: .microseconds(10_000 + Int(random.next() % 20_000)))
                let ping = Ping(sent: Int(DispatchTime.now().uptimeNanoseconds))
                try await Jobs.enqueue(ping, in: connection, now: SystemClock().now())
            }
            await idle { Seen.count >= jobs }
            await connection.close()
            let delays = Seen.delays.withLock(\.self)
            return Measurement(memory: Usage.peakMemory, p50: delays.percentile(50), p99: delays.percentile(99))
        }
    }

    private func idle() async throws -> Measurement {
        try await withEngine { idle in
            await idle { true }
            // An engine that has just come looks again at ever longer intervals, the last time after eleven seconds.
            try await Swift.Task.sleep(for: .seconds(12))
            let (began, cpu) = (Date().timeIntervalSince1970, Usage.cpu)
            try await Swift.Task.sleep(for: .seconds(seconds))
            let ended = Date().timeIntervalSince1970
            return Measurement(
                memory: Usage.peakMemory, idleCPU: (Usage.cpu - cpu) * 1000 / (ended - began), began: began,
                ended: ended)
        }
    }

    /// Each client enqueues its share, `batch` jobs in one statement.
    private func enqueue() async throws -> Measurement {
        let pool = Pool(settings: settings, size: clients, logger: quiet)
        let share = max(batch, jobs / clients)
        let start = ContinuousClock.now
        try await withThrowingTaskGroup { group in
            for _ in 0..<clients {
                group.addTask { try await pool.withConnection { try await enqueue(share, on: $0) } }
            }
            try await group.waitForAll()
        }
        let seconds = (ContinuousClock.now - start).seconds
        await pool.close()
        return Measurement(rate: Double(share * clients) / seconds, memory: Usage.peakMemory)
    }

    private func enqueue(_ count: Int, on connection: Connection) async throws {
        let clock = SystemClock()
        for first in stride(from: 0, to: count, by: batch) {
            if batch == 1 {
                try await Jobs.enqueue(NoOp(n: first), in: connection, now: clock.now())
            } else {
                let jobs = (first..<min(first + batch, count)).map { NoOp(n: $0) }
                try await Jobs.enqueueAll(jobs, in: connection, now: clock.now())
            }
        }
    }

    /// `batch` jobs in a COPY, each in a transaction of its own.
    private func copy() async throws -> Measurement {
        let clock = SystemClock()
        let start = ContinuousClock.now
        let connection = try await Connection.open(settings, logger: quiet)
        for first in stride(from: 0, to: jobs, by: batch) {
            let jobs = (first..<min(first + batch, jobs)).lazy.map { NoOp(n: $0) }
            try await connection.transaction { try await Jobs.copy(jobs, in: $0, now: clock.now()) }
        }
        let seconds = (ContinuousClock.now - start).seconds
        await connection.close()
        return Measurement(rate: Double(jobs) / seconds, memory: Usage.peakMemory)
    }

    /// Runs the body beside an engine. What the body is given waits until the engine has nothing to do and the
    /// condition holds.
    private func withEngine(
        _ body: (_ idle: (@Sendable () -> Bool) async -> Void) async throws -> Measurement
    ) async throws -> Measurement {
        let pool = Pool(settings: settings, size: clients, waitLimit: .seconds(600), logger: quiet)
        // Only the newest event is kept: after its last job the engine says that it is idle, and then nothing more.
        let (events, observer) = AsyncStream.makeStream(of: EngineEvent.self, bufferingPolicy: .bufferingNewest(1))
        let engine = Engine(
            pool: pool, listen: settings, registry: BenchJobs.registry,
            settings: BenchJobs.settings(batch: batch, clients: clients), logger: quiet,
            observer: { if case .idle = $0 { observer.yield($0) } })
        let running = Swift.Task { try await engine.run() }
        let measured = try await body { condition in
            for await event in events where event == .idle && condition() { return }
        }
        engine.stop()
        try await running.value
        await pool.close()
        return measured
    }

    /// Connects as the daemon does.
    private var settings: Postgres.Settings {
        var settings = Postgres.Settings(database)
        settings.startup = ["SET ROLE relief_app"]
        settings.applicationName = JobsBench.workerName
        return settings
    }

    /// Standard input is a pipe of the process that started this one; without it there is nobody to measure for.
    private func endWithParent() {
        // Nothing takes a quarter of an hour but an engine that stalls: SIGALRM ends it.
        alarm(900)
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while read(0, &byte, 1) > 0 {}
            exit(1)
        }
    }
}

/// Errors only: a bench looks at figures.
var quiet: Logger {
    var logger = Logger(label: "bench", factory: { StreamLogHandler.standardError(label: $0) })
    logger.logLevel = .error
    return logger
}

/// Random numbers that are the same in each run (splitmix64).
private struct Gaps: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
