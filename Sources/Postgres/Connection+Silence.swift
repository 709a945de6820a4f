import CLibPQ
import Dispatch
import Logging
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

// A server that is frozen says nothing and breaks no connection: TCP goes on for it. So who has waited too long asks the
// server on a new connection whether it lives; a statement may take as long as it likes where it does.
extension Connection {
    /// Sets the one timer of the connection, unless it is set or nobody wants it.
    func watchSilence() {
        guard let patience = settings.patience, !isWatchingSilence else { return }
        isWatchingSilence = true
        look(after: patience)
    }

    private func look(after delay: Duration) {
        executor.queue.asyncAfter(deadline: .now() + .milliseconds(Int(delay.milliseconds))) { [weak self] in
            self?.assumeIsolated { $0.lookAtSilence() }
        }
    }

    private func lookAtSilence() {
        guard let patience = settings.patience, let since = waitingSince, state.loss == nil else {
            return isWatchingSilence = false
        }
        let rest = patience - since.duration(to: .now)
        guard rest <= .zero else { return look(after: rest + .milliseconds(1)) }
        ask(within: patience) { connection, isAnswered in
            connection.logger.debug("postgres.silence", metadata: ["answered": "\(isAnswered)"])
            guard connection.waitingSince == since, connection.state.loss == nil, !isAnswered else {
                return connection.look(after: patience)
            }
            connection.wasSilent.store(true, ordering: .releasing)
            connection.isWatchingSilence = false
            connection.settings.serving.forget(connection.peer)
            // For libpq it is an end as any other now, and no call of it blocks.
            if let handle = connection.handle { shutdown(PQsocket(handle), Int32(SHUT_RDWR)) }
            connection.lose(
                PostgresError(.connectionLost, "the server is silent, and doesn't answer a new connection either"))
        }
    }

    /// Asks this connection's server, whichever of the list it is. The question blocks a thread of its own, which a frozen
    /// server may keep until libpq gives up.
    private func ask(
        within patience: Duration, _ done: @escaping @Sendable (isolated Connection, Bool) -> Void
    ) {
        let parameters = peer + [("target_session_attrs", "any")]
        let isDecided = Once()
        let decide: @Sendable (Bool) -> Void = { [weak self] isAnswered in
            guard isDecided.take() else { return }
            self?.enter { done($0, isAnswered) }
        }
        DispatchQueue(label: "postgres.ask").async {
            let answer = withCStrings(parameters.map(\.key)) { keys in
                withCStrings(parameters.map(\.value)) { values in PQpingParams(keys, values, 0) }
            }
            // What couldn't be asked wasn't answered either.
            decide(answer == PQPING_OK || answer == PQPING_REJECT)
        }
        executor.queue.asyncAfter(deadline: .now() + .milliseconds(Int(patience.milliseconds))) { decide(false) }
    }

    /// All that leads to the host that this connection is to.
    private var peer: Options { handle.map(ServingHost.options(of:)) ?? [] }
}

/// Lets the first through.
private final class Once: Sendable {
    private let isTaken = Atomic(false)

    func take() -> Bool { isTaken.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged }
}
