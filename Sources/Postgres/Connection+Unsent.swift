import CLibPQ

extension Connection {
    /// Commits transactions in one round trip, each for itself. All but the last leave it to that one's COMMIT to flush the
    /// server's log, and none is said to be committed before that. Throws where nothing was sent.
    func commit(
        _ unsent: [UnsentTransaction], within patience: Duration?, at place: Place
    ) async throws -> [UnsentTransaction.Ending] {
        var batch: [SQL] = []
        // How many statements are answered when a transaction has committed.
        var ends: [Int] = []
        for transaction in unsent {
            let isLast = ends.count == unsent.count - 1
            batch.append(transaction.statements[0])
            batch += limits(patience, isLast: isLast)
            batch += transaction.statements.dropFirst()
            // What is deferred to COMMIT is checked before it: no limit holds for COMMIT itself.
            if patience != nil { batch.append("SET CONSTRAINTS ALL IMMEDIATE") }
            // The last one flushes for all, whatever it chose for itself.
            if isLast, unsent.count > 1 { batch.append("SET LOCAL synchronous_commit TO DEFAULT") }
            batch.append("COMMIT")
            ends.append(batch.count)
        }
        let (results, error, isStale) = try await turn(at: place, statement: nil) {
            try await attempt(committing: batch)
        }
        guard let error, results.count < batch.count else { return ends.map { _ in .committed } }
        guard state.loss == nil, error.code != .outcomeUnknown else { return ends.map { _ in .failed(error.unknown) } }
        let failed = ends.firstIndex { $0 > results.count } ?? 0
        var endings = ends.indices.map { $0 < failed ? UnsentTransaction.Ending.committed : .untried }
        // Where a plan was found stale, it is sent anew.
        if !isStale {
            endings[failed] = error.sqlState == "57014" ? .undone(error.at(place)) : .failed(error.at(place))
        }
        await rollback(at: place)
        // The COMMIT that would have flushed the log didn't come.
        if failed > 0, await !flushLog(at: place) {
            for position in 0..<failed { endings[position] = .failed(error.unknown.at(place)) }
        }
        return endings
    }

    private func limits(_ patience: Duration?, isLast: Bool) -> [SQL] {
        let timeout = patience.map { String(min($0.milliseconds, settings.statementTimeout?.milliseconds ?? .max)) }
        return switch (timeout, isLast) {
        case (nil, true): []
        case (nil, false): ["SELECT set_config('synchronous_commit', 'off', true)"]
        case (let timeout?, true): ["SELECT set_config('statement_timeout', \(timeout), true)"]
        case (let timeout?, false):
            ["SELECT set_config('statement_timeout', \(timeout), true), set_config('synchronous_commit', 'off', true)"]
        }
    }

    /// Has everything that was committed so far on the server's disk.
    private func flushLog(at place: Place) async -> Bool {
        let reply = try? await runToTheEnd("SELECT pg_logical_emit_message(true, 'flush', '')", at: place)
        return reply != nil && reply?.error == nil && state.loss == nil
    }
}

extension PostgresError {
    /// COMMIT was sent; what came of it is not known, or not known to last.
    fileprivate var unknown: PostgresError { PostgresError(.outcomeUnknown, message, cause: self) }
}
