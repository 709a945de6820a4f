package import Jobs
import Postgres
import Synchronization

/// An engine that runs in a test, and what it says. For one waiting task at a time.
package final class RunningEngine: Sendable {
    package let engine: Engine
    private let task: Task<Void, any Error>
    private let events: AsyncStream<EngineEvent>
    private let observer: AsyncStream<EngineEvent>.Continuation
    private let bell: Pool
    private let state = Mutex(State())

    private struct State {
        var heard: [EngineEvent] = []
        var marks: Int64 = 0
        var hasStopped = false
    }

    /// `bell`: by which to notify the engine.
    init(
        _ engine: Engine, events: AsyncStream<EngineEvent>, observer: AsyncStream<EngineEvent>.Continuation, bell: Pool
    ) {
        self.engine = engine
        self.events = events
        self.observer = observer
        self.bell = bell
        task = Task { try await engine.run() }
    }

    /// All that was waited for or passed over so far, in the order in which it was said.
    package var heard: [EngineEvent] { state.withLock(\.heard) }
    package var hasStopped: Bool { state.withLock(\.hasStopped) }

    /// Makes it look at its clock again.
    package func wake() { engine.wake() }

    /// Waits until the engine says this, from what was heard last on.
    package func until(_ event: EngineEvent) async { await until { $0 == event } }

    /// Waits until the engine says something that matches, from what was heard last on. Returns at once when it has
    /// stopped or the waiting task is cancelled: what the test expects next will tell.
    package func until(_ matches: (EngineEvent) -> Bool) async {
        for await event in events {
            if !isMark(event) { state.withLock { $0.heard.append(event) } }
            if matches(event) { return }
        }
    }

    /// Waits until these have been said, in any order.
    package func untilAll(_ events: some Sequence<EngineEvent>) async {
        var missing = Array(events)
        guard !missing.isEmpty else { return }
        await until { event in
            missing.removeAll { $0 == event }
            return missing.isEmpty
        }
    }

    /// Waits until the engine has looked at everything: clock, lease, schedules, queues and lapsed engines, beginning
    /// after this call. Its own lease is renewed then, if that was due.
    package func looked() async throws {
        // The stream may hold ticks of the past.
        let mark = state.withLock { state in
            state.marks += 1
            return EngineEvent.released(JobID(rawValue: -state.marks))
        }
        observer.yield(mark)
        await until(mark)
        // The first tick may belong to a look that was under way; the next one's look began after it.
        for _ in 1...2 {
            try await bell.withConnection { _ = try await $0.query("SELECT pg_notify('jobs', 'schedules')") }
            await until(.ticked)
        }
    }

    /// Waits until the engine has looked at everything and found nothing to do. Returns whether it did anything.
    package func untilIdle() async throws -> Bool {
        let before = heard.count
        try await looked()
        await until(.idle)
        return heard[before...].contains { $0 != .ticked && $0 != .idle }
    }

    /// Stops it as SIGTERM does, and waits for its end.
    package func stop() async throws {
        state.withLock { $0.hasStopped = true }
        engine.stop()
        defer { observer.finish() }
        try await task.value
    }

    /// Stops it as kill -9 does, as far as the database can see: nothing is handed back, nothing more is written.
    package func kill() async {
        state.withLock { $0.hasStopped = true }
        await engine.abandon()
    }

    /// Numbers of jobs are positive; a negative one marks a place in the stream.
    private func isMark(_ event: EngineEvent) -> Bool {
        if case .released(let id) = event { id.rawValue < 0 } else { false }
    }
}
