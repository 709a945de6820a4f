import Foundation
import Logging
import Postgres
import Synchronization
import Testing

/// One connection: statements, errors, notifications, cancellation, loss.
@Suite(.timeLimit(.minutes(10)))
struct ConnectionTests {
    @Test func `an error names state, constraint, table, statement and caller, and no value`() async throws {
        let connection = try await Server.connect()
        try await connection.execute(
            "CREATE TEMP TABLE fund (fen bigint CONSTRAINT fund_not_negative CHECK (fen >= 0))")
        let line = #line + 1
        let error = await failure { try await connection.execute("INSERT INTO fund VALUES (\(-77_777))") }
        #expect(error?.code == .server)
        #expect(error?.sqlState == "23514")
        #expect(error?.constraint == "fund_not_negative")
        #expect(error?.table == "fund")
        #expect(error?.statement == "INSERT INTO fund VALUES ($1)")
        #expect(error?.fileID == #fileID)
        #expect(error?.line == line)
        #expect(error?.description.contains("77777") == false)
        #expect(try await connection.value("SELECT 1") == 1)
        await connection.close()
    }

    @Test func `rows, counts and their absence`() async throws {
        let connection = try await Server.connect()
        try await connection.execute("CREATE TEMP TABLE t (n int)")
        #expect(try await connection.execute("INSERT INTO t SELECT generate_series(1, 5)") == 5)
        #expect(try await connection.execute("UPDATE t SET n = n + 1 WHERE n > \(3)") == 2)
        #expect(try await connection.exists("SELECT FROM t WHERE n = \(6)"))
        #expect(try await !connection.exists("SELECT FROM t WHERE n = \(60)"))
        #expect(try await connection.first("SELECT n FROM t WHERE n = \(60)") == nil)
        #expect(await failure { _ = try await connection.one("SELECT n FROM t WHERE n = \(60)") }?.code == .noRow)
        #expect(try await connection.value("SELECT count(*) FROM t", as: Int.self) == 5)
        try await connection.script("CREATE TEMP TABLE a (n int); INSERT INTO a VALUES (1); INSERT INTO a VALUES (2)")
        #expect(try await connection.value("SELECT sum(n) FROM a") == 3)
        await connection.close()
    }

    @Test func `calls from many tasks are answered in turn`() async throws {
        let connection = try await Server.connect()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask { try await connection.value("SELECT \(number)") == number }
            }
            for try await isRight in group { #expect(isRight) }
        }
        await connection.close()
    }

    @Test func `big statements and big answers pass the socket's buffers`() async throws {
        let connection = try await Server.connect()
        let text = String(repeating: "帮", count: 5_000_000)
        #expect(try await connection.value("SELECT md5(\(text)) || length(\(text))") as String? != nil)
        #expect(try await connection.value("SELECT \(text)::text") == text)
        let sizes = try await connection.pipeline((1...40).map { "SELECT repeat('x', 1000000) || \($0)" })
        #expect(sizes.count == 40)
        await connection.close()
    }

    /// A connection's own notification comes in one piece with the end of its statement's answer.
    @Test(.timeLimit(.minutes(5))) func `a notification that comes with an answer is not held until the next one`()
        async throws
    {
        let connection = try await Server.connect()
        let channel = "c\(UUID().uuidString.prefix(8))"
        try await connection.listen(channel)
        try await connection.execute("SELECT pg_notify(\(channel), 'award')")
        var heard: [String] = []
        for await notification in connection.notifications {
            heard.append(notification.payload)
            break
        }
        #expect(heard == ["award"])
        await connection.close()
    }

    @Test func `a notification arrives while the connection is idle`() async throws {
        let (listener, speaker) = (try await Server.connect(), try await Server.connect())
        let channel = "Funds \"\(UUID())\""
        try await listener.listen(channel)
        for number in 1...3 { try await speaker.execute("SELECT pg_notify(\(channel), \("award \(number)"))") }
        var heard: [String] = []
        for await notification in listener.notifications {
            #expect(notification.channel == channel)
            heard.append(notification.payload)
            if heard.count == 3 { await listener.close() }
        }
        #expect(heard == ["award 1", "award 2", "award 3"])
        await speaker.close()
    }

    @Test func `a cancelled task stops its statement, and the connection lives on`() async throws {
        let (connection, watcher) = (try await Server.connect(), try await Server.connect())
        let process: Int = try await connection.value("SELECT pg_backend_pid()")
        let lock = try await HeldLock.taken()
        for _ in 0..<20 {
            let stuck = Task { try await connection.execute(lock.wish) }
            try await untilWaiting(process, watcher)
            stuck.cancel()
            let error = await failure { try await stuck.value }
            #expect(error?.code == .cancelled)
            #expect(try await connection.value("SELECT 5") == 5)
        }
        // Cancelled at any moment, before, while and after the statement is sent.
        for _ in 0..<100 {
            let stuck = Task { try await connection.execute(lock.wish) }
            await Task.yield()
            stuck.cancel()
            #expect(await failure { try await stuck.value }?.code == .cancelled)
        }
        #expect(try await connection.value("SELECT 6") == 6)
        await lock.release()
        await connection.close()
        await watcher.close()
    }

    @Test func `a task cancelled in the queue leaves it, the others are served`() async throws {
        let (connection, watcher) = (try await Server.connect(), try await Server.connect())
        let process: Int = try await connection.value("SELECT pg_backend_pid()")
        let lock = try await HeldLock.taken()
        let stuck = Task { try await connection.execute(lock.wish) }
        try await untilWaiting(process, watcher)
        let waiting = Task { try await connection.execute("SELECT 1") }
        waiting.cancel()
        #expect(await failure { try await waiting.value }?.code == .cancelled)
        let served = Task { try await connection.value("SELECT 2", as: Int.self) }
        await connection.cancel()
        #expect(await failure { try await stuck.value }?.code == .cancelled)
        #expect(try await served.value == 2)
        await lock.release()
        await connection.close()
        await watcher.close()
    }

    @Test func `a statement timeout is the server's refusal, not a cancellation`() async throws {
        let connection = try await Server.connect { $0.statementTimeout = .milliseconds(20) }
        let lock = try await HeldLock.taken()
        let error = await failure { try await connection.execute(lock.wish) }
        #expect(error?.code == .server)
        #expect(error?.sqlState == "57014")
        await lock.release()
        await connection.close()
    }

    @Test func `a killed backend is an error at once, in a statement and while idle`() async throws {
        let killer = try await Server.connect()
        let lock = try await HeldLock.taken()
        for round in 0..<50 {
            let connection = try await Server.connect()
            let process: Int = try await connection.value("SELECT pg_backend_pid()")
            if round % 2 == 0 {
                let stuck = Task { try await connection.execute(lock.wish) }
                let waiting = Task { try await connection.execute("SELECT 1") }
                try await untilWaiting(process, killer)
                try await killer.execute("SELECT pg_terminate_backend(\(process)::int)")
                let error = await failure { try await stuck.value }
                #expect(error?.code == .connectionLost)
                #expect(error?.sqlState == "57P01")
                // Whether it was sent before or after, it ends.
                _ = try? await waiting.value
            } else {
                try await killer.execute("SELECT pg_terminate_backend(\(process)::int)")
                for await _ in connection.notifications {}
                #expect(!connection.isAlive)
            }
            let error = await failure { try await connection.execute("SELECT 1") }
            #expect(error?.code == .connectionLost)
            #expect(error?.sqlState == "57P01")
        }
        await lock.release()
        await killer.close()
    }

    @Test func `plans that went stale are made anew outside a transaction`() async throws {
        let connection = try await Server.connect()
        try await connection.execute("CREATE TEMP TABLE t (n int)")
        try await connection.execute("INSERT INTO t VALUES (1)")
        func read(_ session: some Session) async throws -> Row? { try await session.first("SELECT * FROM t") }
        #expect(try await read(connection)?.columnNames == ["n"])
        try await connection.execute("ALTER TABLE t ADD m int")
        #expect(try await read(connection)?.columnNames == ["n", "m"])
        try await connection.script("DEALLOCATE ALL")
        #expect(try await read(connection)?.columnNames == ["n", "m"])
        try await connection.execute("DISCARD PLANS")
        try await connection.execute("ALTER TABLE t ADD k int")
        let error = await failure { _ = try await connection.transaction { try await read($0) } }
        #expect(error?.sqlState == "0A000")
        #expect(try await connection.transaction { try await read($0)?.columnNames } == ["n", "m", "k"])
        await connection.close()
    }

    @Test func `the server keeps no more statements than the cache`() async throws {
        let connection = try await Server.connect { $0.statementCacheSize = 5 }
        for number in 0..<20 { try await connection.execute("SELECT \(number) + \(unescaped: String(number))") }
        let kept = "SELECT count(*) FROM pg_prepared_statements" as SQL
        #expect(try await connection.value(kept) == 5)
        _ = try await connection.pipeline((0..<9).map { "SELECT \(unescaped: String($0)) - \($0)" })
        try await connection.transaction { transaction in
            for number in 0..<7 { try await transaction.execute("SELECT \(number) * \(unescaped: String(number))") }
        }
        #expect(try await connection.value(kept) == 5)
        await connection.close()
        let plain = try await Server.connect { $0.statementCacheSize = 0 }
        #expect(try await plain.value("SELECT \(41) + 1") == 42)
        #expect(try await plain.value(kept) == 0)
        await plain.close()
    }

    @Test func `startup statements run first, notices go to the log`() async throws {
        let heard = Heard()
        var settings = try await Server.settings
        settings.startup = [
            "SET search_path = \(unescaped: "pg_catalog")", "SELECT set_config('relief.unit', \("7"), false)",
        ]
        settings.applicationName = "hall"
        let logger = Logger(label: "test") { _ in heard }
        let connection = try await Connection.open(settings, logger: logger)
        #expect(try await connection.value("SHOW search_path") == "pg_catalog")
        #expect(try await connection.value("SELECT current_setting('relief.unit')") == "7")
        #expect(try await connection.value("SHOW application_name") == "hall")
        #expect(try await connection.value("SHOW TimeZone") == "UTC")
        try await connection.script("DO $$ BEGIN RAISE WARNING 'low balance'; END $$")
        #expect(heard.messages.withLock { $0 } == ["low balance"])
        await connection.close()
    }

    @Test func `no server is an error that names the place`() async throws {
        let error = await failure {
            _ = try await Connection.open(Settings("host=/nonexistent dbname=x"), logger: Server.logger)
        }
        #expect(error?.code == .connectFailed)
        #expect(error?.fileID == #fileID)
    }
}

/// Returns once the server process waits for a lock.
func untilWaiting(_ process: Int, _ watcher: Connection) async throws {
    while try await !watcher.exists(
        "SELECT FROM pg_stat_activity WHERE pid = \(process) AND wait_event_type = 'Lock'")
    {
        await Task.yield()
    }
}

/// Keeps the server's notices.
struct Heard: LogHandler {
    let messages = Shared([String]())
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        messages.withLock { $0.append("\(event.metadata?["postgres.message"] ?? "")") }
    }
}

/// A value that many tasks may change.
final class Shared<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }

    func withLock<R: Sendable>(_ body: (inout Value) -> R) -> R {
        value.withLock { value in body(&value) }
    }
}
