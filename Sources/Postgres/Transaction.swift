import Synchronization

/// How a transaction sees the work of others, and whether it may write.
public struct TransactionMode: Sendable, Hashable {
    let begin: String

    public static let readWrite = TransactionMode(begin: "BEGIN READ WRITE")
    public static let readOnly = TransactionMode(begin: "BEGIN READ ONLY")
    public static let repeatableRead = TransactionMode(begin: "BEGIN ISOLATION LEVEL REPEATABLE READ")
    /// One snapshot for all statements of a report or an export.
    public static let snapshot = TransactionMode(begin: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    public static let serializable = TransactionMode(begin: "BEGIN ISOLATION LEVEL SERIALIZABLE")
}

/// Work that takes effect as a whole or not at all; of use only inside the closure that it was given to.
public struct Transaction: Session {
    public let connection: Connection
    let scope: Scope

    /// What the copies of one transaction share.
    final class Scope: Sendable {
        struct State {
            var isOver = false
            var callbacks: [@Sendable () -> Void] = []
            var savepoints = 0
        }

        let state = Mutex(State())
    }

    init(connection: Connection) {
        self.connection = connection
        scope = Scope()
    }

    public func run(_ sql: SQL, at place: Place) async throws -> ResultSet {
        try await open(at: place).run(sql, at: place)
    }

    public func run(pipeline statements: [SQL], at place: Place) async throws -> [ResultSet] {
        try await open(at: place).run(pipeline: statements, at: place)
    }

    public func run(script: String, at place: Place) async throws {
        try await open(at: place).run(script: script, at: place)
    }

    /// Sends the statement with the next one, or with COMMIT: a round trip less, where nobody looks at its answer. Where it
    /// fails, that next statement throws its error, or the transaction does. Not for what sets the transaction's isolation
    /// level: a query may come before it.
    public func executeLater(_ sql: SQL, fileID: String = #fileID, line: Int = #line) throws {
        try scope.state.withLock { state in
            guard !state.isOver else { throw isOver(at: Place(fileID: fileID, line: line)) }
            connection.pending.withLock { $0.statements.append(sql) }
        }
    }

    /// Has the body run once the transaction has committed, and never otherwise; it should only wake somebody.
    public func onCommit(_ body: @escaping @Sendable () -> Void) {
        scope.state.withLock { $0.callbacks.append(body) }
    }

    /// Undoes what the body did, and forgets its `onCommit`s, if it throws; then throws the same error.
    @discardableResult
    public func savepoint<R>(
        fileID: String = #fileID, line: Int = #line, _ body: (Transaction) async throws -> R
    ) async throws -> R {
        let place = Place(fileID: fileID, line: line)
        let (name, callbacks) = scope.state.withLock { state in
            state.savepoints += 1
            return ("p\(state.savepoints)", state.callbacks.count)
        }
        try await run(script: "SAVEPOINT \(name)", at: place)
        do {
            let result = try await body(self)
            try await run(script: "RELEASE SAVEPOINT \(name)", at: place)
            return result
        } catch {
            scope.state.withLock { $0.callbacks.removeSubrange(min(callbacks, $0.callbacks.count)...) }
            connection.forgetPending()
            let undone = try? await connection.runToTheEnd(
                "ROLLBACK TO SAVEPOINT \(name); RELEASE SAVEPOINT \(name)", at: place)
            if undone?.error != nil || undone == nil { await connection.abandon() }
            throw error
        }
    }

    /// The connection, as long as the transaction lasts.
    func open(at place: Place) throws -> Connection {
        guard !scope.state.withLock(\.isOver) else { throw isOver(at: place) }
        return connection
    }

    private func isOver(at place: Place) -> PostgresError {
        PostgresError(.misuse, "the transaction is over").at(place)
    }

    /// Marks the end; returns what waits for the commit.
    func end() -> [@Sendable () -> Void] {
        scope.state.withLock { state in
            state.isOver = true
            return state.callbacks
        }
    }
}
