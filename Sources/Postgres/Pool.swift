import Dispatch
public import Logging
import Synchronization

/// A bounded number of connections to one database, lent one user at a time.
///
/// It repeats nothing; a connection found dead before any statement ran on it is replaced.
public final class Pool: Sendable {
    /// How many connections wait for work, work, are being opened; and how many tasks wait for one.
    public struct Counts: Sendable, Hashable {
        public let idle: Int
        public let used: Int
        public let opening: Int
        public let waiting: Int
    }

    struct Guarded {
        var state: PoolState
        var connections: [PoolState.ConnectionID: Connection] = [:]
        var waiters: [PoolState.WaiterID: CheckedContinuation<Lease, any Error>] = [:]
        var isTimerSet = false
    }

    /// A connection lent, with its number.
    struct Lease: Sendable {
        let id: PoolState.ConnectionID
        let connection: Connection
    }

    let guarded: Mutex<Guarded>
    let settings: Settings
    let logger: Logger
    private let size: Int
    let queue = DispatchQueue(label: "postgres.pool")

    /// Opens no connection yet. `waitLimit` bounds the wait for a free one.
    public init(settings: Settings, size: Int = 8, waitLimit: Duration = .seconds(10), logger: Logger) {
        guarded = Mutex(Guarded(state: PoolState(size: max(1, size), waitLimit: waitLimit)))
        self.settings = settings
        self.size = max(1, size)
        self.logger = logger
    }

    deinit {
        for connection in guarded.withLock({ Array($0.connections.values) }) {
            Task { await connection.close() }
        }
    }

    public var state: Counts {
        guarded.withLock { guarded in
            Counts(
                idle: guarded.state.idle.count, used: guarded.state.used.count,
                opening: guarded.state.opening.count, waiting: guarded.state.waiters.count)
        }
    }

    /// Lends a connection to the body alone. Throws `.poolTimeout` if none became free in time.
    ///
    /// A connection that comes back lost, in a transaction, or listening is closed; other changes to its session are
    /// the body's to undo.
    @discardableResult
    public func withConnection<R>(
        fileID: String = #fileID, line: Int = #line, _ body: (Connection) async throws -> R
    ) async throws -> R {
        let lease = try await lend(at: Place(fileID: fileID, line: line))
        defer { giveBack(lease) }
        return try await body(lease.connection)
    }

    /// Runs the body in a transaction on a connection of its own; see `Connection.transaction`. A connection whose death
    /// shows at BEGIN is replaced.
    @discardableResult
    public func transaction<R>(
        _ mode: TransactionMode = .readWrite, fileID: String = #fileID, line: Int = #line,
        _ body: (Transaction) async throws -> R
    ) async throws -> R {
        let place = Place(fileID: fileID, line: line)
        // After a restart of the server each connection of the pool may be found dead in turn; one more is new.
        for attempt in 0...size {
            let lease = try await lend(at: place)
            defer { giveBack(lease) }
            lease.connection.begin(mode)
            do {
                try await lease.connection.sendPending(at: place)
            } catch {
                lease.connection.forgetPending()
                guard (error as? PostgresError)?.code == .connectionLost, attempt < size else { throw error }
                continue
            }
            return try await lease.connection.finish(at: place, body)
        }
        throw PostgresError(.connectionLost, "no connection of the pool is alive").at(place)
    }

    /// Runs the body in a transaction with as few round trips as can be: BEGIN goes with the first statement; and where all
    /// statements were put off (`executeLater`) and it may stay unsent, it is returned as a whole, for `commit(_:)`.
    package func terseTransaction<R>(
        mayStayUnsent: Bool, fileID: String = #fileID, line: Int = #line, _ body: (Transaction) async throws -> R
    ) async throws -> (result: R, unsent: UnsentTransaction?) {
        let place = Place(fileID: fileID, line: line)
        let lease = try await lend(at: place)
        defer { giveBack(lease) }
        lease.connection.begin(.readWrite)
        let (result, callbacks) = try await lease.connection.perform(at: place, body)
        if mayStayUnsent, let statements = lease.connection.takeUnsent() {
            return (result, UnsentTransaction(statements: statements, callbacks: callbacks))
        }
        try await lease.connection.commit(at: place)
        for callback in callbacks { callback() }
        return (result, nil)
    }

    /// Commits transactions in one round trip, each for itself, and says in their order how they ended; see
    /// `UnsentTransaction.Ending`. A statement that takes longer than `patience` is stopped, as is one whose task is
    /// cancelled. Others may see what the first of them did before it is on disk. Throws where nothing was sent.
    package func commit(
        _ unsent: [UnsentTransaction], within patience: Duration?, fileID: String = #fileID, line: Int = #line
    ) async throws -> [UnsentTransaction.Ending] {
        let place = Place(fileID: fileID, line: line)
        let lease = try await lend(at: place)
        defer { giveBack(lease) }
        let endings = try await lease.connection.commit(unsent, within: patience, at: place)
        for (transaction, ending) in zip(unsent, endings) {
            if case .committed = ending { for callback in transaction.callbacks { callback() } }
        }
        return endings
    }

    /// Closes a connection under who has it, and frees its place: for those who don't come back. Does nothing where the
    /// connection came back before.
    package func takeBack(_ connection: Connection) {
        let lent = guarded.withLock { guarded in
            guarded.connections.first { $0.value === connection && guarded.state.used.contains($0.key) }?.key
        }
        if let lent { drop(Lease(id: lent, connection: connection)) }
    }

    /// Ends all connections that are not lent; those lent end when they come back. Who waits gets `.poolClosed`.
    public func close() async {
        let (connections, waiters) = guarded.withLock { guarded in
            let (ids, refused) = guarded.state.close()
            let connections = ids.compactMap { guarded.connections.removeValue(forKey: $0) }
            return (connections, refused.compactMap { guarded.waiters.removeValue(forKey: $0) })
        }
        for waiter in waiters { waiter.resume(throwing: PostgresError(.poolClosed, "the pool is closed")) }
        for connection in connections { await connection.close() }
    }
}
