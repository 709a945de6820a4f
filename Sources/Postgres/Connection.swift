import CLibPQ
import Dispatch
public import Logging
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One session with the server, on a serial Dispatch queue; no call of it blocks a thread.
///
/// Calls from several tasks are answered in the order in which they come. Whoever begins a transaction has to have the
/// connection alone until its end; the pool sees to that.
public actor Connection {
    let executor: QueueExecutor
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// What other sessions say on the channels listened to; ends when the connection does. For one reader.
    public nonisolated let notifications: AsyncStream<Notification>
    let notified: AsyncStream<Notification>.Continuation
    nonisolated let health = Atomic<Health>(.idle)
    nonisolated let pending = Mutex(Pending())

    let logger: Logger
    let settings: Settings
    var state = ConnectionState()
    var statements: StatementCache
    var handle: OpaquePointer?
    let notices: Notices
    var cancelHandle: CancelHandle?
    var readSource: (any DispatchSourceRead)?
    var isReadSuspended = false
    var writeSource: (any DispatchSourceWrite)?
    var isListening = false
    var queued: [ConnectionState.Turn: CheckedContinuation<Void, any Error>] = [:]
    var arrival: CheckedContinuation<Void, Never>?
    /// When the holder of the turn began to wait for what it still waits for.
    var waitingSince: ContinuousClock.Instant?
    var isWatchingSilence = false
    /// The connection was given up because its server said nothing any more: others to it are no better.
    nonisolated let wasSilent = Atomic(false)

    /// What the pool has to know without entering the actor.
    enum Health: UInt8, AtomicRepresentable {
        case idle
        /// A transaction is open, or a LISTEN: not for the next user.
        case occupied
        case lost
    }

    private init(settings: Settings, logger: Logger) {
        self.settings = settings
        self.logger = logger
        executor = QueueExecutor(label: "postgres.connection")
        notices = Notices(logger: logger)
        statements = StatementCache(capacity: settings.statementCacheSize)
        // A listener that falls this far behind has to look at the tables anyway.
        (notifications, notified) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(4096))
    }

    isolated deinit {
        disconnect()
    }

    /// Connects to the host that served last, or else to the first of the list that answers, and runs the settings' startup statements.
    /// Throws `.connectFailed`, or the server's refusal of a startup statement.
    public static func open(
        _ settings: Settings, logger: Logger, fileID: String = #fileID, line: Int = #line
    ) async throws -> Connection {
        let place = Place(fileID: fileID, line: line)
        let connection = Connection(settings: settings, logger: logger)
        try await connection.connect(at: place)
        do {
            try await connection.run(script: settings.sessionDefaults, at: place)
            for statement in settings.startup { _ = try await connection.run(statement, at: place) }
        } catch {
            await connection.close()
            throw error
        }
        return connection
    }

    /// False once the connection was closed or lost, as far as is known without asking.
    public nonisolated var isAlive: Bool { health.load(ordering: .acquiring) != .lost }

    /// Ends the session; statements that wait fail.
    public func close() {
        lose(PostgresError(.connectionLost, "the connection was closed"))
        disconnect()
    }

    /// Stops the statement that runs now, if any; it fails with `.cancelled`.
    public func cancel() {
        if let turn = state.holder { withdraw(turn) }
    }

    /// Looks at the socket for an end that has not been noticed yet.
    func check() -> Bool {
        drain()
        return state.loss == nil
    }

    // Blocks a thread of its own and no other.
    private func connect(at place: Place) async throws {
        let settings = settings
        let address = await withCheckedContinuation { continuation in
            DispatchQueue(label: "postgres.connect").async {
                // As a number, since a pointer may not go from one isolation to another.
                continuation.resume(returning: UInt(bitPattern: settings.serving.connect(settings)))
            }
        }
        let opened = OpaquePointer(bitPattern: address)
        guard let opened, PQstatus(opened) == CONNECTION_OK else {
            let message = opened.map { String(cString: PQerrorMessage($0)).trimmed } ?? "out of memory"
            PQfinish(opened)
            let error = PostgresError(.connectFailed, message).at(place)
            _ = state.lose(error)
            health.store(.lost, ordering: .releasing)
            throw error
        }
        handle = opened
        PQsetnonblocking(opened, 1)
        notices.receive(from: opened)
        cancelHandle = CancelHandle(opened)
        // libpq may close its own descriptor inside any call, so Dispatch watches a duplicate.
        let watched = fcntl(PQsocket(opened), F_DUPFD_CLOEXEC, 0)
        guard watched >= 0 else { throw PostgresError(.connectFailed, "no file descriptor left").at(place) }
        let source = DispatchSource.makeReadSource(fileDescriptor: watched, queue: executor.queue)
        source.setEventHandler { [weak self] in self?.assumeIsolated { $0.readable() } }
        source.setCancelHandler { _ = systemClose(watched) }
        source.activate()
        readSource = source
    }

    func disconnect() {
        cancelHandle = nil
        resumeReading()
        readSource?.cancel()
        readSource = nil
        writeSource?.cancel()
        writeSource = nil
        if let handle { PQfinish(handle) }
        handle = nil
        notified.finish()
    }
}
