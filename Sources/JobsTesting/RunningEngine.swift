package import Jobs
import Synchronization

/// An engine that runs in a test.
package final class RunningEngine: HeardEngine, Sendable {
    package let engine: Engine
    package let voice: EngineVoice
    private let task: Task<Void, any Error>
    private let isOver = Mutex(false)

    init(_ engine: Engine, voice: EngineVoice) {
        self.engine = engine
        self.voice = voice
        task = Task { try await engine.run() }
    }

    package var hasStopped: Bool { isOver.withLock { $0 } }

    /// Makes it look at its clock again.
    package func wake() { engine.wake() }

    /// Stops it as SIGTERM does, and waits for its end.
    package func stop() async throws {
        isOver.withLock { $0 = true }
        engine.stop()
        defer { voice.observer.finish() }
        try await task.value
    }

    /// Stops it as kill -9 does, as far as the database can see: nothing is handed back, nothing more is written.
    package func kill() async {
        isOver.withLock { $0 = true }
        await engine.abandon()
    }
}
