import Foundation
import Jobs
import Logging
import Postgres
import Support
import Synchronization
import Testing
import WorkingDays

/// A job that says something; what it does is up to the test.
struct Note: Job {
    static let kind = "test.note"
    static var policy: JobPolicy { JobPolicy(maxAttempts: 3, backoff: .constant(.seconds(10)), timeout: .seconds(60)) }
    let text: String
}

/// Engines on the test's database, under one clock that moves only by hand.
struct Rig {
    let clock = ManualClock(at("2026-11-23T02:00:00Z"))
    let pool: Pool
    let settings: Settings

    /// On the database of the running test, with a table for effects.
    static func onTestDatabase() async throws -> Rig {
        try await Database.current.pool.withConnection { try await makeEffects(on: $0) }
        return Rig(pool: Database.current.appPool, settings: Database.current.appSettings)
    }

    static func makeEffects(on session: some Session) async throws {
        try await session.script(
            "CREATE TABLE public.effect (job bigint, attempt int, note text, at bigserial); "
                + "GRANT ALL ON public.effect, public.effect_at_seq TO relief_app")
    }

    /// A registry in which a note leaves one row of effect and then does as the test says.
    func registry(
        then body: @escaping @Sendable (Note, JobContext) async throws -> JobOutcome = { _, _ in .done }
    ) -> Registry {
        var registry = Registry()
        registry.register(Note.self) { note, context in
            try await context.transaction.execute(
                "INSERT INTO public.effect (job, attempt, note) VALUES (\(context.id.rawValue), \(context.attempt)::int, \(note.text))"
            )
            return try await body(note, context)
        }
        return registry
    }

    func start(
        _ registry: Registry, schedules: [Schedule] = [], settings engineSettings: EngineSettings = EngineSettings(),
        calendar: WorkingCalendar = WorkingCalendar(), on other: Pool? = nil
    ) -> Running {
        let (events, observer) = AsyncStream.makeStream(of: EngineEvent.self)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let engine = Engine(
            pool: other ?? pool, listen: settings, registry: registry, schedules: schedules, clock: clock,
            leaseClock: clock,
            calendar: { calendar }, settings: engineSettings, logger: logger, observer: observer)
        return Running(engine: engine, events: events, task: Task { try await engine.run() })
    }

    @discardableResult
    func enqueue(_ text: String, _ options: Enqueue = Enqueue()) async throws -> JobID {
        try await pool.transaction { try await Jobs.enqueue(Note(text: text), options, in: $0, now: clock.now()) }
    }

    func show(_ id: JobID) async throws -> JobView {
        try #require(try await pool.withConnection { try await JobsOverview.show(id, in: $0) })
    }

    func explain(_ id: JobID) async throws -> JobReason {
        try await pool.withConnection { try await JobsOverview.explain(id, in: $0, now: clock.now()) }
    }

    func count(_ sql: SQL) async throws -> Int {
        try await pool.withConnection { try await $0.value(sql) }
    }

    /// The notes of committed effects, in the order they were written.
    func effects() async throws -> [String] {
        try await pool.withConnection {
            try await $0.query("SELECT note FROM public.effect ORDER BY at").map { try $0["note"] }
        }
    }
}

/// A running engine and what it says.
final class Running {
    let engine: Engine
    private var iterator: AsyncStream<EngineEvent>.Iterator
    private let task: Task<Void, any Error>
    private(set) var heard: [EngineEvent] = []

    init(engine: Engine, events: AsyncStream<EngineEvent>, task: Task<Void, any Error>) {
        self.engine = engine
        iterator = events.makeAsyncIterator()
        self.task = task
    }

    /// Waits until the engine says this, from here on.
    func until(_ event: EngineEvent) async { await until { $0 == event } }

    func until(_ matches: (EngineEvent) -> Bool) async {
        while let event = await iterator.next(isolation: #isolation) {
            heard.append(event)
            if matches(event) { return }
        }
    }

    /// Waits until these have been said, in any order.
    func untilAll(_ events: [EngineEvent]) async {
        var missing = events
        await until { event in
            missing.removeAll { $0 == event }
            return missing.isEmpty
        }
    }

    func stop() async throws {
        engine.stop()
        try await task.value
    }
}

/// A door in a handler: the test sees who has come, and lets them go on.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let arrivals: AsyncStream<String>
    private let arrival: AsyncStream<String>.Continuation

    init() {
        (arrivals, arrival) = AsyncStream.makeStream(of: String.self)
    }

    /// Waits at the door, deaf to cancellation.
    func pass(_ name: String) async {
        arrival.yield(name)
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            defer { state = State(isOpen: true, waiting: []) }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Waits until somebody stands at the door.
    func arrived() async -> String? {
        for await name in arrivals { return name }
        return nil
    }
}
