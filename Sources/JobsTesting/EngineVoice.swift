public import Jobs
public import Postgres
import Synchronization

/// What one engine says, kept for one waiting task at a time.
public final class EngineVoice: Sendable {
    /// Takes what the engine says.
    public let observer: AsyncStream<EngineEvent>.Continuation
    private let events: AsyncStream<EngineEvent>
    private let bell: Pool
    private let mark: @Sendable (EngineEvent) -> Void
    private let state = Mutex(State())

    private struct State {
        var heard: [EngineEvent] = []
        var marks: Int64 = 0
    }

    /// - Parameters:
    ///   - bell: reaches the engine's database, to notify the engine.
    ///   - mark: sends an event to the engine's side, from where it has to come back in order with the engine's own. For an
    ///     engine in this process nothing need be said.
    public init(bell: Pool, mark: (@Sendable (EngineEvent) -> Void)? = nil) {
        let (events, observer) = AsyncStream.makeStream(of: EngineEvent.self)
        (self.events, self.observer, self.bell) = (events, observer, bell)
        self.mark = mark ?? { observer.yield($0) }
    }

    /// All that was waited for or passed over so far, in the order in which it was said.
    public var heard: [EngineEvent] { state.withLock(\.heard) }

    func until(_ matches: (EngineEvent) -> Bool) async {
        for await event in events {
            if !isMark(event) { state.withLock { $0.heard.append(event) } }
            if matches(event) { return }
        }
    }

    func looked() async throws {
        // The stream may hold ticks of the past.
        let place = state.withLock { state in
            state.marks += 1
            return EngineEvent.released(JobID(rawValue: -state.marks))
        }
        mark(place)
        await until { $0 == place }
        // The first tick may belong to a look that was under way; the next one's look began after it.
        for _ in 1...2 {
            try await bell.withConnection { _ = try await $0.query("SELECT pg_notify('jobs', 'schedules')") }
            await until { $0 == .ticked }
        }
    }

    /// Numbers of jobs are positive; a negative one marks a place in the stream.
    private func isMark(_ event: EngineEvent) -> Bool {
        if case .released(let id) = event { id.rawValue < 0 } else { false }
    }
}

/// An engine that says what it does, in this process or in another.
public protocol HeardEngine {
    var voice: EngineVoice { get }
}

extension HeardEngine {
    /// All that was waited for or passed over so far, in the order in which it was said.
    public var heard: [EngineEvent] { voice.heard }

    /// Waits until the engine says this, from what was heard last on.
    public func until(_ event: EngineEvent) async { await voice.until { $0 == event } }

    /// Waits until the engine says something that matches, from what was heard last on. Returns at once when it has
    /// stopped or the waiting task is cancelled: what the test expects next will tell.
    public func until(_ matches: (EngineEvent) -> Bool) async { await voice.until(matches) }

    /// Waits until these have been said, in any order.
    public func untilAll(_ events: some Sequence<EngineEvent>) async {
        var missing = Array(events)
        guard !missing.isEmpty else { return }
        await until { event in
            missing.removeAll { $0 == event }
            return missing.isEmpty
        }
    }

    /// Waits until the engine has looked at everything: clock, lease, schedules, queues and lapsed engines, beginning
    /// after this call. Its own lease is renewed then, if that was due.
    public func looked() async throws { try await voice.looked() }

    /// Waits until the engine looks at everything and finds nothing to do. Returns whether it did anything before.
    ///
    /// What it did may have made something to do: of that it hears by the database, maybe after it said that it is idle.
    @discardableResult
    public func untilIdle() async throws -> Bool {
        var didAnything = false
        while try await lookedUntilIdle() { didAnything = true }
        return didAnything
    }

    /// One round: whether it did anything in it.
    fileprivate func lookedUntilIdle() async throws -> Bool {
        let before = heard.count
        try await looked()
        await until(.idle)
        return heard[before...].contains { $0.isWork }
    }
}

extension EngineEvent {
    /// Whether it may have made something to do for others. Two engines whose clocks differ by more than the lease take
    /// each other's at every look: that goes on for ever.
    fileprivate var isWork: Bool {
        ![.ticked, .idle, .connected, .connectionLost, .leaseLost, .stopped].contains(self)
    }
}

extension Sequence where Element: HeardEngine {
    /// Waits until none of these engines finds anything to do: what one of them did may be work for another that was
    /// idle before.
    public func untilIdle() async throws {
        while true {
            var isQuiet = true
            for engine in self where try await engine.lookedUntilIdle() { isQuiet = false }
            if isQuiet { return }
        }
    }
}
