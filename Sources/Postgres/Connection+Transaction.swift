extension Connection {
    /// Runs the body between BEGIN and COMMIT; rolls back and rethrows if it throws, also when its task is cancelled.
    ///
    /// Nothing else may use the connection meanwhile. Throws `.outcomeUnknown` if the reply to COMMIT is lost,
    /// `.rolledBack` if the body swallowed the error of a statement.
    @discardableResult
    package nonisolated func transaction<R>(
        _ mode: TransactionMode = .readWrite, fileID: String = #fileID, line: Int = #line,
        _ body: (Transaction) async throws -> R
    ) async throws -> R {
        let place = Place(fileID: fileID, line: line)
        try await begin(mode, at: place)
        return try await finish(at: place, body)
    }

    /// The body returns its last statement beside its result, to go with COMMIT; BEGIN goes with the first.
    nonisolated func transaction<R>(
        _ mode: TransactionMode, at place: Place, endingWith body: (Transaction) async throws -> (R, last: SQL?)
    ) async throws -> R {
        await beginLater(mode)
        let transaction = Transaction(connection: self)
        let (result, last): (R, SQL?)
        do {
            (result, last) = try await body(transaction)
        } catch {
            _ = transaction.end()
            await rollback(at: place)
            throw error
        }
        let callbacks = transaction.end()
        guard !Task.isCancelled else {
            await rollback(at: place)
            throw PostgresError(.cancelled, "the task was cancelled before COMMIT").at(place)
        }
        try await commit(after: last, at: place)
        for callback in callbacks { callback() }
        return result
    }

    private func beginLater(_ mode: TransactionMode) { pendingBegin = mode }

    private func commit(after last: SQL?, at place: Place) async throws {
        guard let last else {
            if pendingBegin == nil { try await commit(at: place) }
            pendingBegin = nil
            return
        }
        let results: [ResultSet]
        do {
            results = try await exchange([last, "COMMIT"], at: place, cancellable: false)
        } catch var error as PostgresError {
            // Refused, it is undone; lost, nobody knows.
            if error.code == .connectionLost { error.code = .outcomeUnknown } else { await rollback(at: place) }
            throw error
        }
        guard results.last?.commandTag == "COMMIT" else {
            throw PostgresError(.rolledBack, "a statement had failed before COMMIT").at(place, statement: "COMMIT")
        }
    }

    nonisolated func begin(_ mode: TransactionMode, at place: Place) async throws {
        try await run(script: mode.begin, at: place)
    }

    /// The part of a transaction after its BEGIN.
    nonisolated func finish<R>(at place: Place, _ body: (Transaction) async throws -> R) async throws -> R {
        let transaction = Transaction(connection: self)
        let result: R
        do {
            result = try await body(transaction)
        } catch {
            _ = transaction.end()
            await rollback(at: place)
            throw error
        }
        let callbacks = transaction.end()
        guard !Task.isCancelled else {
            await rollback(at: place)
            throw PostgresError(.cancelled, "the task was cancelled before COMMIT").at(place)
        }
        try await commit(at: place)
        for callback in callbacks { callback() }
        return result
    }

    private func commit(at place: Place) async throws {
        // A connection known to be lost is refused here, before anything is sent: not committed.
        let reply = try await runToTheEnd("COMMIT", at: place)
        let tag = reply.results.first?.commandTag
        if tag == "COMMIT" { return }
        if tag == "ROLLBACK" {
            throw PostgresError(.rolledBack, "a statement had failed before COMMIT").at(place, statement: "COMMIT")
        }
        var error = reply.error ?? PostgresError(.connectionLost, "COMMIT was answered by nothing")
        if error.code == .connectionLost { error.code = .outcomeUnknown }
        throw error.at(place, statement: "COMMIT")
    }

    private func rollback(at place: Place) async {
        guard pendingBegin == nil else { return pendingBegin = nil }
        let reply = try? await runToTheEnd("ROLLBACK", at: place)
        if reply == nil || reply?.error != nil { abandon() }
    }

    /// Ends a connection whose state is not known any more.
    func abandon() {
        lose(PostgresError(.connectionLost, "the connection was given up"))
        disconnect()
    }
}
