import FoundationEssentials
public import Logging
public import Postgres
public import ServiceLifecycle
import Synchronization
public import WorkingDays

/// A durable job engine on PostgreSQL. Any number of them work on one database, without a leader.
///
/// A timer, a notification and the end of a job all do the same single thing: they say "look". `run` looks, claims what
/// there is room for, and goes back to wait. The engine has one connection of its own for claims, leases and LISTEN, so
/// that no handler can starve its heartbeat; handlers use the pool, one transaction each.
public actor Engine: Service {
    let pool: Pool
    var listen: Postgres.Settings
    let registry: Registry
    let schedules: Schedules
    /// The clock of due times and schedules, which may be a demo's.
    let clock: any Clock
    /// The clock of leases, ticks and timeouts: real time, except in tests.
    let leaseClock: any Clock
    let calendar: @Sendable () -> WorkingCalendar
    let settings: EngineSettings
    let logger: Logger
    let observer: (@Sendable (EngineEvent) -> Void)?
    var metrics = JobMetrics()
    let slowKinds = SlowKinds()
    let atWork = AtWork()

    let wakeups: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation
    let alarm: Alarm
    private let stopRequested = Atomic<Bool>(false)
    /// From now on nothing is claimed, not even by a look that had begun before.
    var mustStop: Bool { stopRequested.load(ordering: .acquiring) }

    var control: Connection?
    var listener: Task<Void, Never>?
    var troubles = 0
    var troubledUntil: ContinuousClock.Instant?
    var lease: Lease?
    var work = Work()
    var stopping: Date?
    var abandoned = false

    /// `listen` reaches the server itself, not a pooler: it carries LISTEN. `calendar` gives the working days that
    /// schedules go by. `observer` is told everything the engine does, in the midst of it: it must not wait.
    public init(
        pool: Pool, listen: Postgres.Settings, registry: Registry, schedules: [Schedule] = [],
        clock: any Clock = SystemClock(), leaseClock: any Clock = SystemClock(),
        calendar: @escaping @Sendable () -> WorkingCalendar = { WorkingCalendar() },
        settings: EngineSettings = EngineSettings(), logger: Logger,
        observer: (@Sendable (EngineEvent) -> Void)? = nil
    ) {
        self.pool = pool
        self.listen = listen
        self.listen.applicationName += "-engine"
        // The claim's plan never changes: walk the claim index in order. Left to itself the server plans it anew each time,
        // and sorts the whole table while its statistics are those of an empty one.
        self.listen.startup += [
            "SET plan_cache_mode = force_generic_plan", "SET enable_sort = off", "SET enable_seqscan = off",
            "SET enable_bitmapscan = off", "SET jit = off",
            // The heart beats over it: nobody's open transaction may hold it up for long.
            "SET lock_timeout = '1s'",
        ]
        self.registry = registry
        self.schedules = Schedules(schedules)
        self.clock = clock
        self.leaseClock = leaseClock
        self.calendar = calendar
        self.settings = settings
        self.logger = logger
        self.observer = observer
        let (wakeups, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.wakeups = wakeups
        self.bell = bell
        alarm = Alarm { bell.yield() }
        var limits = settings.queues
        if settings.otherQueues > 0 {
            for entry in registry.entries.values where limits[entry.policy.queue] == nil {
                limits[entry.policy.queue] = settings.otherQueues
            }
        }
        for (name, limit) in limits {
            work.queues[name] = QueueState(name: name, limit: limit, desk: Desk { bell.yield() })
        }
    }

    /// Runs until graceful shutdown: then it claims nothing more, gives running jobs the grace period, and hands back the
    /// leases of those that are still at it. A cancelled task hands them back at once.
    public func run() async throws {
        await withGracefulShutdownHandler {
            await loop()
        } onGracefulShutdown: {
            self.stop()
        }
    }

    /// Makes the engine look at its clock again: after a demo clock jumped, or in tests.
    public nonisolated func wake() { bell.yield() }

    /// Begins the graceful shutdown, as SIGTERM does.
    public nonisolated func stop() {
        stopRequested.store(true, ordering: .releasing)
        bell.yield()
    }

    /// Drops everything where it stands, hands nothing back, and writes nothing more, as kill -9 does: for tests.
    package func abandon() async {
        abandoned = true
        listener?.cancel()
        await control?.close()
        bell.yield()
    }

    private func loop() async {
        // A counter that begins with its first event has no increase by it.
        metrics.rescued(0)
        bell.yield()
        for await _ in wakeups {
            if abandoned { return }
            if mustStop, stopping == nil {
                stopping = leaseClock.now().addingTimeInterval(settings.grace.inSeconds)
            }
            await look()
            if abandoned { return }
            if let stopping, work.isSettled || leaseClock.now() >= stopping { break }
        }
        for queue in work.queues.values { queue.desk.cancelAll() }
        atWork.endAll(in: pool)
        for group in work.committing.values { group.task.cancel() }
        // The task may be cancelled, which no statement would survive; what is left to say must be said.
        await Task { await self.leave() }.value
    }

    /// Hands back the leases and the engine's row.
    private func leave() async {
        if let control, let lease {
            do {
                try await lease.giveUp(now: clock.now(), in: control)
            } catch {
                logger.warning(
                    "The leases couldn't be handed back; they will run out.", metadata: ["error": "\(error)"])
            }
        }
        listener?.cancel()
        await control?.close()
        control = nil
        lease = nil
        say(.stopped)
    }

    func say(_ event: EngineEvent) { observer?(event) }
}
