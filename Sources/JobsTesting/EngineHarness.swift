public import FoundationEssentials
public import Jobs
public import Logging
public import Postgres
import Synchronization
public import WorkingDays

/// Real engines on a real database, under one clock that moves only by hand: for tests of whoever has jobs.
///
///     let harness = EngineHarness(pool: pool, listen: settings, at: monday)
///     harness.start(registry, schedules: [nightly])
///     let id = try await harness.enqueue(Reminder(of: "case/7"), Enqueue(runAt: tuesday))
///     try await harness.set(tuesday)
///     #expect(try await harness.show(id)?.state == .done)
///     try await harness.stop()
///
/// Nothing here sleeps: every wait is for something that an engine says. A wait for what never comes ends with the
/// test's own time limit.
public final class EngineHarness: Sendable {
    /// The clock of due times, schedules, leases and timeouts alike.
    public let clock: ManualClock
    public let pool: Pool
    private let listen: Postgres.Settings
    private let logger: Logger
    private let started = Mutex<[RunningEngine]>([])

    /// `pool` and `listen` as for `Engine`; without a logger the engines keep quiet.
    public init(
        pool: Pool, listen: Postgres.Settings, at instant: Date,
        logger: Logger = Logger(label: "jobs", factory: { _ in SwiftLogNoOpLogHandler() })
    ) {
        clock = ManualClock(instant)
        self.pool = pool
        self.listen = listen
        self.logger = logger
    }

    /// Starts an engine. `clock`, `pool` and `listen` stand in for the harness's own: an engine whose clock is wrong, or
    /// whose network is bad.
    @discardableResult
    public func start(
        _ registry: Registry, schedules: [Schedule] = [], settings: EngineSettings = EngineSettings(),
        calendar: WorkingCalendar = WorkingCalendar(), clock: (any Clock)? = nil, pool: Pool? = nil,
        listen: Postgres.Settings? = nil
    ) -> RunningEngine {
        let voice = EngineVoice(bell: self.pool)
        let clock = clock ?? self.clock
        let engine = Engine(
            pool: pool ?? self.pool, listen: listen ?? self.listen, registry: registry, schedules: schedules,
            clock: clock, leaseClock: clock, calendar: { calendar }, settings: settings, logger: logger,
            observer: { voice.observer.yield($0) })
        let running = RunningEngine(engine, voice: voice)
        started.withLock { $0.append(running) }
        return running
    }

    /// The engines that run.
    public var engines: [RunningEngine] { started.withLock { $0.filter { !$0.hasStopped } } }

    /// Moves the clock, then waits as `untilIdle` does.
    public func advance(by duration: Duration) async throws {
        let (seconds, attoseconds) = duration.components
        try await set(clock.now().addingTimeInterval(Double(seconds) + Double(attoseconds) / 1e18))
    }

    /// Sets the clock, forward or back, then waits as `untilIdle` does. Jobs that run across a step longer than the lease
    /// may be taken from their engine by another that looks first.
    public func set(_ instant: Date) async throws {
        clock.set(instant)
        try await untilIdle()
    }

    /// Waits until no engine finds anything to do, in all of the database, at the clock's present time. Jobs that make
    /// jobs are followed to the end. Never returns while a job hangs: then move `clock` alone, `wake` and wait for events.
    public func untilIdle() async throws {
        try await engines.untilIdle()
    }

    /// Makes all engines look at their clocks again.
    public func wake() {
        for engine in engines { engine.engine.wake() }
    }

    /// Enqueues a job in a transaction of its own.
    @discardableResult
    public func enqueue(_ job: some Job, _ options: Enqueue = Enqueue()) async throws -> JobID {
        let now = clock.now()
        return try await pool.transaction { try await Jobs.enqueue(job, options, in: $0, now: now) }
    }

    /// The job as it is now, wherever it lies.
    public func show(_ id: JobID) async throws -> JobView? {
        try await pool.withConnection { try await JobsOverview.show(id, in: $0) }
    }

    /// The jobs of a type that wait to run, decoded: see `Jobs.enqueued`.
    public func enqueued<J: Job>(_ type: J.Type) async throws -> [J] {
        try await pool.withConnection { try await Jobs.enqueued(type, in: $0) }
    }

    /// Stops all engines gracefully. Waits for running jobs: the grace period is in the time of `clock`.
    public func stop() async throws {
        for engine in engines { try await engine.stop() }
    }
}
