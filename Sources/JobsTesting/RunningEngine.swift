public import Jobs
import Synchronization

/// An engine that runs in a test.
public final class RunningEngine: HeardEngine, Sendable {
    public let engine: Engine
    public let voice: EngineVoice
    private let task: Task<Void, any Error>
    private let isOver = Mutex(false)

    init(_ engine: Engine, voice: EngineVoice) {
        self.engine = engine
        self.voice = voice
        task = Task { try await engine.run() }
    }

    public var hasStopped: Bool { isOver.withLock { $0 } }

    /// Makes it look at its clock again.
    public func wake() { engine.wake() }

    /// Stops it as SIGTERM does, and waits for its end.
    public func stop() async throws {
        isOver.withLock { $0 = true }
        engine.stop()
        defer { voice.observer.finish() }
        try await task.value
    }

    /// Stops it as kill -9 does, as far as the database can see: nothing is handed back, nothing more is written.
    public func kill() async {
        isOver.withLock { $0 = true }
        await engine.abandon()
    }
}
