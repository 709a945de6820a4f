import Jobs
import Synchronization

/// Hears what the job engine does, for readiness and for those who wait for its work.
final class EngineWatch: Sendable {
    private let state = Mutex(State())

    private struct State {
        var isConnected = false
        var bells: [ObjectIdentifier: Bell] = [:]
        var bellsOfConnection: [Bell] = []
    }

    var isConnected: Bool { state.withLock { $0.isConnected } }

    /// Rings a bell at each event while the body runs.
    func ringing<R>(_ bell: Bell, _ body: () async throws -> R) async rethrows -> R {
        state.withLock { $0.bells[ObjectIdentifier(bell)] = bell }
        defer { state.withLock { $0.bells[ObjectIdentifier(bell)] = nil } }
        return try await body()
    }

    /// Rings a bell from now on whenever the engine has its connection, and has written down its schedules.
    func ringWhenConnected(_ bell: Bell) {
        state.withLock { $0.bellsOfConnection.append(bell) }
    }

    func hear(_ event: EngineEvent) {
        let bells = state.withLock { state in
            switch event {
            case .connected: state.isConnected = true
            case .connectionLost, .stopped: state.isConnected = false
            default: break
            }
            return Array(state.bells.values) + (event == .connected ? state.bellsOfConnection : [])
        }
        for bell in bells { bell.ring() }
    }
}
