import Foundation
import Jobs
import JobsTesting
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

/// Engines on the test's database that run notes, under one clock that moves only by hand.
struct Rig {
    let harness: EngineHarness
    let settings: Settings

    init(pool: Pool, settings: Settings) {
        harness = EngineHarness(pool: pool, listen: settings, at: at("2026-11-23T02:00:00Z"))
        self.settings = settings
    }

    var clock: ManualClock { harness.clock }
    var pool: Pool { harness.pool }

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
            // Every other one commits with others, unless its body asks the database something.
            if context.id.rawValue.isMultiple(of: 2) {
                try context.transaction.executeLater(Rig.effect(note, context))
            } else {
                try await context.transaction.execute(Rig.effect(note, context))
            }
            return try await body(note, context)
        }
        return registry
    }

    /// A registry in which a note leaves its effect and waits at a gate.
    func registry(passing gate: Gate) -> Registry {
        registry { note, _ in
            await gate.pass(note.text)
            return .done
        }
    }

    static func effect(_ note: Note, _ context: JobContext) -> SQL {
        """
        INSERT INTO public.effect (job, attempt, note) VALUES (\(context.id.rawValue), \(context.attempt)::int, \(note.text))
        """
    }

    @discardableResult
    func start(
        _ registry: Registry, schedules: [Schedule] = [], settings: EngineSettings = EngineSettings(),
        calendar: WorkingCalendar = WorkingCalendar(), on other: Pool? = nil
    ) -> RunningEngine {
        harness.start(registry, schedules: schedules, settings: settings, calendar: calendar, pool: other)
    }

    @discardableResult
    func enqueue(_ text: String, _ options: Enqueue = Enqueue()) async throws -> JobID {
        try await harness.enqueue(Note(text: text), options)
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
