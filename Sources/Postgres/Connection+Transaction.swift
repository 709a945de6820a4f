import CLibPQ
import Synchronization

extension Connection {
    /// Runs the body between BEGIN and COMMIT; rolls back and rethrows if it throws, also when its task is cancelled.
    /// BEGIN goes with the body's first statement; a body without any sends nothing.
    ///
    /// Nothing else may use the connection meanwhile. Throws `.outcomeUnknown` if the reply to COMMIT is lost,
    /// `.rolledBack` if the body swallowed the error of a statement.
    @discardableResult
    public nonisolated func transaction<R>(
        _ mode: TransactionMode = .readWrite, fileID: String = #fileID, line: Int = #line,
        _ body: (Transaction) async throws -> R
    ) async throws -> R {
        begin(mode)
        return try await finish(at: Place(fileID: fileID, line: line), body)
    }

    /// Begins a transaction with the next statement.
    nonisolated func begin(_ mode: TransactionMode) {
        pending.withLock { $0 = Pending(begin: SQL(unescaped: mode.begin)) }
    }

    /// The part of a transaction after its BEGIN.
    nonisolated func finish<R>(at place: Place, _ body: (Transaction) async throws -> R) async throws -> R {
        let (result, callbacks) = try await perform(at: place, body)
        try await commit(at: place)
        for callback in callbacks { callback() }
        return result
    }

    /// The body of a transaction, and what waits for its COMMIT; rolls back if it throws.
    nonisolated func perform<R>(
        at place: Place, _ body: (Transaction) async throws -> R
    ) async throws -> (result: R, callbacks: [@Sendable () -> Void]) {
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
        return (result, callbacks)
    }

    /// A transaction of which nothing was sent, from its BEGIN on; nil where some of it was, or there is nothing in it.
    nonisolated func takeUnsent() -> [SQL]? {
        pending.withLock { pending in
            guard pending.begin != nil, !pending.statements.isEmpty else { return nil }
            return pending.take().inOrder
        }
    }

    nonisolated func forgetPending() { pending.withLock { $0 = Pending() } }

    /// True where the server is known to be in no transaction.
    var isOutside: Bool { handle.map { PQtransactionStatus($0) == PQTRANS_IDLE } ?? false }

    func commit(at place: Place) async throws {
        let isEmpty = pending.withLock { pending in
            guard pending.begin != nil, pending.statements.isEmpty else { return false }
            pending = Pending()
            return true
        }
        guard !isEmpty else { return }
        let (tag, error): (String?, PostgresError?)
        do {
            (tag, error) = try await commitPending(at: place)
        } catch {
            // Nothing was sent: the task was cancelled, or the connection known to be lost.
            await rollback(at: place)
            throw error
        }
        guard tag != "COMMIT" else { return }
        var failure = error ?? PostgresError(.rolledBack, "a statement had failed before COMMIT")
        if state.loss != nil {
            failure.code = .outcomeUnknown
        } else if failure.sqlState == "25P02" {
            failure.code = .rolledBack
        }
        await rollback(at: place)
        throw failure.at(place, statement: "COMMIT")
    }

    func rollback(at place: Place) async {
        forgetPending()
        guard !isOutside else { return }
        let reply = try? await runToTheEnd("ROLLBACK", at: place)
        if reply == nil || reply?.error != nil { abandon() }
    }

    /// Ends a connection whose state is not known any more.
    func abandon() {
        lose(PostgresError(.connectionLost, "the connection was given up"))
        disconnect()
    }
}
