import CLibPQ
import Dispatch
import Synchronization

// libpq speaks one exchange at a time; here tasks get their turn, wait for the socket, and give up.
extension Connection {
    /// Runs the body when this exchange's turn has come; a cancelled task stops its statement on the server.
    func turn<R: Sendable>(
        at place: Place, statement: String?, cancellable: Bool = true, _ body: () async throws -> R
    ) async throws -> R {
        let turn = try await beginTurn(at: place, statement: statement, cancellable: cancellable)
        return try await withTaskCancellationHandler {
            do {
                if state.isCancelled || (cancellable && Task.isCancelled) {
                    throw PostgresError(.cancelled, "the task was cancelled before the statement was sent")
                }
                let result = try await body()
                await endTurn(turn)
                return result
            } catch {
                let isCancelled = state.isCancelled
                await endTurn(turn)
                guard let error = error as? PostgresError else { throw error }
                let own = isCancelled && error.sqlState == "57014" ? error.cancelled : error
                throw own.at(place, statement: statement)
            }
        } onCancel: {
            if cancellable { enter { $0.withdraw(turn) } }
        }
    }

    func beginTurn(at place: Place, statement: String?, cancellable: Bool) async throws -> ConnectionState.Turn {
        if cancellable, Task.isCancelled {
            throw PostgresError(.cancelled, "the task was cancelled").at(place, statement: statement)
        }
        let turn = state.newTurn()
        switch state.request(turn) {
        case .granted: break
        case .refused: throw lossError.at(place, statement: statement)
        case .queued:
            do {
                try await withTaskCancellationHandler {
                    try await withCheckedThrowingContinuation { queued[turn] = $0 }
                } onCancel: {
                    if cancellable { enter { $0.withdraw(turn) } }
                }
            } catch let error as PostgresError {
                throw error.at(place, statement: statement)
            }
        }
        return turn
    }

    func endTurn(_ turn: ConnectionState.Turn) async {
        // A cancel request that is still on its way would hit the next statement.
        while state.cancelInFlight, state.loss == nil { await somethingArrives() }
        noteHealth()
        resumeReading()
        // One that came together with the end of the answer is found while the answer is taken, after its read.
        deliverNotifications()
        if let next = state.finish(turn) {
            queued.removeValue(forKey: next)?.resume()
        } else {
            // The one event that told of the end may have been taken for the answer's.
            drain()
        }
    }

    /// Runs a short piece on the connection's queue, from wherever the caller is.
    nonisolated func enter(_ body: @escaping @Sendable (isolated Connection) -> Void) {
        executor.queue.async { self.assumeIsolated { body($0) } }
    }

    func withdraw(_ turn: ConnectionState.Turn) {
        switch state.withdraw(turn) {
        case .nothing: break
        case .leaveQueue:
            queued.removeValue(forKey: turn)?.resume(
                throwing: PostgresError(.cancelled, "the task was cancelled before its turn"))
        case .sendCancel: sendCancel(turn)
        }
    }

    private func sendCancel(_ turn: ConnectionState.Turn) {
        guard let cancelHandle else { return state.cancelAnswered() }
        cancelHandle.send { [weak self] in
            self?.enter {
                $0.state.cancelAnswered()
                $0.wake()
                // The server ignores a cancel request that overtakes its statement, so one that had no effect is sent
                // again.
                $0.enter(after: .milliseconds(100)) {
                    if $0.state.cancelAgain(turn) { $0.sendCancel(turn) }
                }
            }
        }
    }

    private nonisolated func enter(
        after delay: DispatchTimeInterval, _ body: @escaping @Sendable (isolated Connection) -> Void
    ) {
        executor.queue.asyncAfter(deadline: .now() + delay) { [weak self] in self?.assumeIsolated { body($0) } }
    }

    /// Suspends the holder of the turn until the socket, the loss of it, or a cancel request says something.
    func somethingArrives() async {
        resumeReading()
        waitingSince = settings.patience == nil ? nil : .now
        watchSilence()
        await withCheckedContinuation { arrival = $0 }
        waitingSince = nil
    }

    var isWaiting: Bool { arrival != nil }

    func wake() {
        arrival?.resume()
        arrival = nil
    }

    var lossError: PostgresError {
        state.loss ?? PostgresError(.connectionLost, "the connection is closed")
    }

    func noteHealth() {
        guard let handle, state.loss == nil else { return }
        let isIdle = PQtransactionStatus(handle) == PQTRANS_IDLE && !isListening
        health.store(isIdle ? .idle : .occupied, ordering: .releasing)
    }
}
