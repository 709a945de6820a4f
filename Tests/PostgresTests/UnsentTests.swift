import Foundation
import LocalPostgres
import Postgres
import Support
import Testing

/// Transactions that travel together, each for itself.
@Suite(.timeLimit(.minutes(5)))
struct UnsentTests {
    /// A pool on a table of the test's own, `entry (n int primary key)`.
    private func pool(_ settings: Settings? = nil) async throws -> Pool {
        let shared = try await Server.settings
        var settings = settings ?? shared
        let schema = "unsent_\(UUID().uuidString.prefix(8))".lowercased()
        settings.startup = [
            "CREATE SCHEMA IF NOT EXISTS \(identifier: schema)", "SET search_path = \(identifier: schema)",
            "CREATE TABLE IF NOT EXISTS entry (n int PRIMARY KEY)",
        ]
        return Pool(settings: settings, size: 2, logger: Server.logger)
    }

    private func unsent(
        _ pool: Pool, _ statements: SQL..., committed: @escaping @Sendable () -> Void = {}
    ) async throws -> UnsentTransaction {
        let (_, unsent) = try await pool.terseTransaction(mayStayUnsent: true) { transaction in
            transaction.onCommit(committed)
            for statement in statements { try transaction.executeLater(statement) }
        }
        return try #require(unsent)
    }

    private func entries(_ pool: Pool) async throws -> [Int] {
        try await pool.withConnection { try await $0.query("SELECT n FROM entry ORDER BY n").map { try $0["n"] } }
    }

    @Test func `each commits for itself; what comes after one that failed is untried`() async throws {
        let pool = try await pool()
        let woken = Shared<[Int]>([])
        var group: [UnsentTransaction] = []
        for number in [1, 2, 1, 3, 4] {
            group.append(
                try await unsent(
                    pool, "INSERT INTO entry VALUES (\(number)::int)", "INSERT INTO entry VALUES (\(number + 10)::int)",
                    committed: { woken.withLock { $0.append(number) } }))
        }
        #expect(try await entries(pool) == [])
        let endings = try await pool.commit(group, within: nil)
        #expect(endings.map(\.name) == ["committed", "committed", "failed", "untried", "untried"])
        guard case .failed(let error) = endings[2] else { return }
        #expect(error.sqlState == "23505")
        #expect(error.code == .server)
        #expect(error.statement == "INSERT INTO entry VALUES ($1::int)")
        #expect(error.fileID == #fileID)
        #expect(try await entries(pool) == [1, 2, 11, 12])
        #expect(try await pool.commit(Array(group[3...]), within: nil).map(\.name) == ["committed", "committed"])
        #expect(try await entries(pool) == [1, 2, 3, 4, 11, 12, 13, 14])
        #expect(woken.withLock { $0 } == [1, 2, 3, 4])
        // What a group asks of the session ends with it.
        let asked: String = try await pool.withConnection {
            try await $0.value(
                "SELECT current_setting('synchronous_commit') || ' ' || current_setting('statement_timeout')")
        }
        #expect(asked == "on 0")
        await pool.close()
    }

    @Test func `who needs an answer, or may not stay unsent, commits at once`() async throws {
        let pool = try await pool()
        var (count, unsent): (Int, UnsentTransaction?) = try await pool.terseTransaction(mayStayUnsent: true) {
            try $0.executeLater("INSERT INTO entry VALUES (1)")
            return try await $0.value("SELECT count(*) FROM entry")
        }
        #expect(count == 1)
        #expect(unsent == nil)
        (count, unsent) = try await pool.terseTransaction(mayStayUnsent: false) {
            try $0.executeLater("INSERT INTO entry VALUES (2)")
            return 2
        }
        #expect(unsent == nil)
        (count, unsent) = try await pool.terseTransaction(mayStayUnsent: true) { _ in 3 }
        #expect(count == 3)
        #expect(unsent == nil)
        #expect(try await entries(pool) == [1, 2])
        #expect(
            await failure {
                _ = try await pool.terseTransaction(mayStayUnsent: true) {
                    try $0.executeLater("INSERT INTO entry VALUES (4)")
                    throw PostgresError(.misuse, "by the body")
                }
            }?.code == .misuse)
        #expect(try await entries(pool) == [1, 2])
        #expect(pool.state.used == 0)
        await pool.close()
    }

    @Test func `one that takes long is undone, and holds up nobody for long`() async throws {
        let pool = try await pool()
        let lock = try await HeldLock.taken()
        let slow = try await unsent(pool, "INSERT INTO entry VALUES (2)", lock.wish)
        let group = [
            try await unsent(pool, "INSERT INTO entry VALUES (1)"), slow,
            try await unsent(pool, "INSERT INTO entry VALUES (3)"),
        ]
        #expect(
            try await pool.commit(group, within: .seconds(4)).map(\.name) == ["committed", "undone", "untried"])
        #expect(try await pool.commit([slow], within: .milliseconds(50)).map(\.name) == ["undone"])
        #expect(try await entries(pool) == [1])
        await lock.release()
        #expect(try await pool.commit(Array(group[1...]), within: nil).map(\.name) == ["committed", "committed"])
        await pool.close()
    }

    @Test(arguments: [true, false]) func `how a group ended whose connection was lost is not known`(reachesServer: Bool)
        async throws
    {
        let plain = try await Server.connect()
        let sockets: String = try await plain.value("SHOW unix_socket_directories")
        let wire = try Wire(to: sockets.replacing("\"", with: ""), as: try await Server.settings)
        defer { wire.close() }
        let commits = Shared(0)
        let pool = try await pool(wire.settings)
        var group: [UnsentTransaction] = []
        for number in 1...3 { group.append(try await unsent(pool, "INSERT INTO entry VALUES (\(number)::int)")) }
        wire.judge { statement in
            guard statement == "COMMIT",
                commits.withLock({ count in
                    count += 1
                    return count == 2
                })
            else { return .passed }
            return reachesServer ? .cutAfter : .cutBefore
        }
        let endings = try await pool.commit(group, within: nil)
        #expect(endings.count == 3)
        for ending in endings { #expect(ending.error?.code == .outcomeUnknown) }
        // The table is free once the server has ended that session.
        let kept: [Int] = try await pool.transaction { transaction in
            try await transaction.execute("LOCK TABLE entry IN ACCESS EXCLUSIVE MODE")
            return try await transaction.query("SELECT n FROM entry ORDER BY n").map { try $0["n"] }
        }
        // Whole ones, in order, of which the server knew; what comes after the cut may have been under way before it.
        #expect((reachesServer ? [1, 2, 3] : [1]).starts(with: kept))
        await pool.close()
        await plain.close()
    }

    @Test func `one that failed is told so, also where it isn't known what became of those before it`() async throws {
        let plain = try await Server.connect()
        let sockets: String = try await plain.value("SHOW unix_socket_directories")
        let wire = try Wire(to: sockets.replacing("\"", with: ""), as: try await Server.settings)
        defer { wire.close() }
        let pool = try await pool(wire.settings)
        let group = [
            try await unsent(pool, "INSERT INTO entry VALUES (1)"), try await unsent(pool, "SELECT 1/0"),
            try await unsent(pool, "INSERT INTO entry VALUES (3)"),
        ]
        // What has the first one on the disk, in place of the last one's COMMIT.
        wire.judge { $0.contains("pg_logical_emit_message") ? .cutBefore : .passed }
        let endings = try await pool.commit(group, within: nil)
        #expect(endings.map(\.name) == ["failed", "failed", "untried"])
        #expect(endings[0].error?.code == .outcomeUnknown)
        #expect(endings[1].error?.sqlState == "22012")
        await pool.close()
        await plain.close()
    }

    @Test(.timeLimit(.minutes(5))) func `what is checked at COMMIT has no more time than the rest`() async throws {
        let pool = try await pool()
        let lock = try await HeldLock.taken()
        try await pool.withConnection { connection in
            try await connection.script(
                """
                CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql
                    AS 'BEGIN PERFORM pg_advisory_xact_lock(\(lock.key)); RETURN NULL; END';
                CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON entry DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW WHEN (NEW.n = 2) EXECUTE FUNCTION wait();
                """)
        }
        var group: [UnsentTransaction] = []
        for number in 1...3 { group.append(try await unsent(pool, "INSERT INTO entry VALUES (\(number)::int)")) }
        let endings = try await pool.commit(group, within: .seconds(4))
        #expect(endings.map(\.name) == ["committed", "undone", "untried"])
        #expect(try await entries(pool) == [1])
        await lock.release()
        await pool.close()
    }

    @Test(arguments: ["SELECT 1/0", "SET LOCAL synchronous_commit = off"])
    func `a commit is told when it is on disk, also where the group's last one fails or doesn't care`(last: String)
        async throws
    {
        let cluster = try await LocalCluster.start(.throwaway, logger: Server.logger)
        let settings = Server.settings(cluster)
        let watcher = try await Connection.open(settings, logger: Server.logger)
        // Nobody but COMMIT flushes the log.
        try await watcher.execute("ALTER SYSTEM SET wal_writer_delay = '10s'")
        try await watcher.execute("SELECT pg_reload_conf()")
        try await watcher.execute("CREATE SEQUENCE public.log_position")
        let pool = try await pool(settings)
        // A sequence keeps what a transaction that fails has seen: the end of the log after the first COMMIT.
        let note: SQL = "SELECT setval('public.log_position', (pg_current_wal_insert_lsn() - '0/0')::bigint)"
        let endings = try await pool.commit(
            [
                try await unsent(pool, "INSERT INTO entry VALUES (1)"),
                try await unsent(pool, note, "\(unescaped: last)"),
            ], within: .seconds(10))
        #expect(endings.map(\.name) == ["committed", last == "SELECT 1/0" ? "failed" : "committed"])
        #expect(
            try await watcher.value(
                "SELECT (pg_current_wal_flush_lsn() - '0/0')::bigint >= last_value FROM public.log_position"))
        await pool.close()
        await watcher.close()
        await cluster.stop()
    }
}

extension UnsentTransaction.Ending {
    var error: PostgresError? { if case .failed(let error) = self { error } else { nil } }

    var name: String {
        switch self {
        case .committed: "committed"
        case .failed: "failed"
        case .undone: "undone"
        case .untried: "untried"
        }
    }
}
