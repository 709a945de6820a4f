import Postgres
import Synchronization

/// The connections on which handlers are at work.
///
/// A handler that doesn't notice that it was given up would keep its connection, and with it the locks of its transaction, for
/// as long as it likes: a few of those would leave none for any other job. So the engine takes the connection from it.
final class AtWork: Sendable {
    private let connections = Mutex<[JobID: Connection]>([:])

    /// Runs a handler on a connection that can be taken from it until it returns.
    func run<R>(_ id: JobID, on connection: Connection, _ handler: () async throws -> R) async throws -> R {
        connections.withLock { $0[id] = connection }
        // By now the job may be at work again, on another one.
        defer { connections.withLock { if $0[id] === connection { $0[id] = nil } } }
        // Where it was given up while it waited for the connection, there was nothing to take.
        try Task.checkCancellation()
        return try await handler()
    }

    /// Undoes what the handler of a job did, and ends its transaction.
    func end(_ id: JobID, in pool: Pool) {
        // Under the lock: until it is taken, the handler can't return and its connection not go to somebody else.
        connections.withLock { connections in
            if let connection = connections.removeValue(forKey: id) { pool.takeBack(connection) }
        }
    }

    /// The same for all handlers.
    func endAll(in pool: Pool) {
        connections.withLock { connections in
            for connection in connections.values { pool.takeBack(connection) }
            connections = [:]
        }
    }
}
