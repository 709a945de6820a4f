import Foundation
import Postgres
import Testing

/// Transactions: all or nothing, savepoints, what waits for the commit, pipelines, COPY.
@Suite(.timeLimit(.minutes(10)))
struct TransactionTests {
    private struct Refused: Error, Equatable {}

    private func connect() async throws -> Connection {
        let connection = try await Server.connect()
        try await connection.execute("CREATE TEMP TABLE entry (n int PRIMARY KEY DEFERRABLE INITIALLY IMMEDIATE)")
        return connection
    }

    private func entries(_ connection: Connection) async throws -> [Int] {
        try await connection.query("SELECT n FROM entry ORDER BY n").map { try $0["n"] }
    }

    @Test func `a body that throws leaves nothing, its error comes through`() async throws {
        let connection = try await connect()
        await #expect(throws: Refused.self) {
            try await connection.transaction { transaction in
                try await transaction.execute("INSERT INTO entry VALUES (1)")
                throw Refused()
            }
        }
        #expect(try await entries(connection) == [])
        let result = try await connection.transaction { try await $0.execute("INSERT INTO entry VALUES (2)") }
        #expect(result == 1)
        #expect(try await entries(connection) == [2])
        await connection.close()
    }

    @Test func `a savepoint undoes its own work only, and its callbacks`() async throws {
        let connection = try await connect()
        let woken = Shared([String]())
        try await connection.transaction { transaction in
            transaction.onCommit { woken.withLock { $0.append("outer") } }
            try await transaction.execute("INSERT INTO entry VALUES (1)")
            let error = await failure {
                try await transaction.savepoint { inner in
                    inner.onCommit { woken.withLock { $0.append("undone") } }
                    try await inner.execute("INSERT INTO entry VALUES (2)")
                    try await inner.savepoint { try await $0.execute("INSERT INTO entry VALUES (3)") }
                    try await inner.execute("INSERT INTO entry VALUES (1)")
                }
            }
            #expect(error?.sqlState == "23505")
            try await transaction.savepoint { inner in
                inner.onCommit { woken.withLock { $0.append("inner") } }
                try await inner.execute("INSERT INTO entry VALUES (4)")
            }
            #expect(woken.withLock { $0 } == [])
        }
        #expect(try await entries(connection) == [1, 4])
        #expect(woken.withLock { $0 } == ["outer", "inner"])
        await connection.close()
    }

    @Test func `callbacks wait for a commit that succeeds`() async throws {
        let connection = try await connect()
        let woken = Shared(0)
        _ = await failure {
            try await connection.transaction { transaction in
                transaction.onCommit { woken.withLock { $0 += 1 } }
                try await transaction.execute("SELECT 1/0")
            }
        }
        // Refused by COMMIT itself.
        let error = await failure {
            try await connection.transaction { transaction in
                transaction.onCommit { woken.withLock { $0 += 1 } }
                try await transaction.script("SET CONSTRAINTS ALL DEFERRED")
                try await transaction.execute("INSERT INTO entry VALUES (1), (1)")
            }
        }
        #expect(error?.sqlState == "23505")
        #expect(error?.code == .server)
        #expect(woken.withLock { $0 } == 0)
        #expect(try await entries(connection) == [])
        await connection.close()
    }

    @Test func `a swallowed error is not taken for success`() async throws {
        let connection = try await connect()
        let error = await failure {
            try await connection.transaction { transaction in
                try await transaction.execute("INSERT INTO entry VALUES (1)")
                _ = try? await transaction.execute("SELECT 1/0")
            }
        }
        #expect(error?.code == .rolledBack)
        #expect(try await entries(connection) == [])
        await connection.close()
    }

    @Test func `what is put off goes with the next statement, or with COMMIT`() async throws {
        let connection = try await connect()
        let reader = try await Server.connect()
        let process: Int = try await connection.value("SELECT pg_backend_pid()")
        try await connection.transaction { transaction in
            try transaction.executeLater("INSERT INTO entry VALUES (1)")
            #expect(try await transaction.value("SELECT count(*) FROM entry") == 1)
            try transaction.executeLater("INSERT INTO entry VALUES (2)")
            try transaction.executeLater("INSERT INTO entry VALUES (3)")
        }
        #expect(try await entries(connection) == [1, 2, 3])
        // A copy is no statement that could take something along.
        try await connection.transaction { transaction in
            try transaction.executeLater("DELETE FROM entry")
            try await transaction.copyIn("COPY entry FROM STDIN", rows: [[4]])
        }
        #expect(try await entries(connection) == [4])
        // A body without statements sends nothing: the last that the server saw is what came before.
        try await connection.execute("SELECT 'before'")
        try await connection.transaction { _ in }
        #expect(
            try await reader.value("SELECT query FROM pg_stat_activity WHERE pid = \(process)::int")
                == "SELECT 'before'")
        await connection.close()
        await reader.close()
    }

    @Test func `the error of what was put off is the next statement's, or the transaction's`() async throws {
        let connection = try await connect()
        var error = await failure {
            try await connection.transaction { transaction in
                try transaction.executeLater("INSERT INTO entry VALUES (1)")
                try transaction.executeLater("SELECT 1/0")
                let next = await failure { try await transaction.execute("INSERT INTO entry VALUES (2)") }
                #expect(next?.sqlState == "22012")
                #expect(next?.statement == "SELECT 1/0")
                throw next ?? PostgresError(.misuse, "none")
            }
        }
        #expect(error?.sqlState == "22012")
        error = await failure {
            try await connection.transaction { transaction in
                try await transaction.execute("INSERT INTO entry VALUES (3)")
                try transaction.executeLater("SELECT 1/0")
            }
        }
        #expect(error?.sqlState == "22012")
        #expect(error?.code == .server)
        error = await failure {
            try await connection.transaction { transaction in
                _ = try? await transaction.execute("SELECT 1/0")
                try transaction.executeLater("INSERT INTO entry VALUES (4)")
            }
        }
        #expect(error?.code == .rolledBack)
        #expect(try await entries(connection) == [])
        #expect(try await connection.value("SELECT 5") == 5)
        await connection.close()
    }

    @Test func `what a savepoint's body put off is undone with it`() async throws {
        let connection = try await connect()
        try await connection.transaction { transaction in
            try transaction.executeLater("INSERT INTO entry VALUES (1)")
            try? await transaction.savepoint { inner in
                try inner.executeLater("INSERT INTO entry VALUES (2)")
                throw CancellationError()
            }
            try await transaction.savepoint { try $0.executeLater("INSERT INTO entry VALUES (3)") }
        }
        #expect(try await entries(connection) == [1, 3])
        await connection.close()
    }

    @Test func `what was put off is stopped with its task`() async throws {
        let connection = try await connect()
        let watcher = try await Server.connect()
        let process: Int = try await connection.value("SELECT pg_backend_pid()")
        let lock = try await HeldLock.taken()
        let task = Task {
            try await connection.transaction { transaction in
                try transaction.executeLater("INSERT INTO entry VALUES (1)")
                try transaction.executeLater(lock.wish)
            }
        }
        try await untilWaiting(process, watcher)
        task.cancel()
        #expect(await failure { try await task.value }?.code == .cancelled)
        #expect(try await entries(connection) == [])
        await lock.release()
        await connection.close()
        await watcher.close()
    }

    @Test func `a full cache of statements doesn't come before an isolation level`() async throws {
        let connection = try await Server.connect { $0.statementCacheSize = 1 }
        for number in 1...3 {
            let level: String = try await connection.transaction(.serializable) {
                try await $0.value("SELECT current_setting('transaction_isolation') || \(unescaped: "\(number)")::text")
            }
            #expect(level == "serializable\(number)")
        }
        await connection.close()
    }

    @Test func `a transaction kept beyond its end is refused`() async throws {
        let connection = try await connect()
        let kept = try await connection.transaction { $0 }
        #expect(await failure { try await kept.execute("INSERT INTO entry VALUES (1)") }?.code == .misuse)
        await connection.close()
    }

    @Test func `a cancelled task rolls back, and the connection serves on`() async throws {
        let connection = try await connect()
        let watcher = try await Server.connect()
        let process: Int = try await connection.value("SELECT pg_backend_pid()")
        let lock = try await HeldLock.taken()
        for _ in 0..<20 {
            let task = Task {
                try await connection.transaction { transaction in
                    try await transaction.execute("INSERT INTO entry VALUES (1)")
                    try await transaction.execute(lock.wish)
                }
            }
            try await untilWaiting(process, watcher)
            task.cancel()
            #expect(await failure { _ = try await task.value }?.code == .cancelled)
            #expect(try await entries(connection) == [])
        }
        #expect(connection.isAlive)
        await lock.release()
        await connection.close()
        await watcher.close()
    }

    @Test func `modes are the server's`() async throws {
        let connection = try await connect()
        let error = await failure {
            try await connection.transaction(.readOnly) { try await $0.execute("CREATE TABLE never (n int)") }
        }
        #expect(error?.sqlState == "25006")
        for (mode, level) in [
            (.readWrite, "read committed"), (.serializable, "serializable"), (.snapshot, "repeatable read"),
        ] as [(TransactionMode, String)] {
            let shown: String = try await connection.transaction(mode) {
                try await $0.value("SHOW transaction_isolation")
            }
            #expect(shown == level)
        }
        await connection.close()
    }

    @Test func `a pipeline answers in order, names its failing statement, and undoes as a whole`() async throws {
        let connection = try await connect()
        let answers = try await connection.transaction { transaction in
            try await transaction.pipeline((1...50).map { "INSERT INTO entry VALUES (\($0)) RETURNING n" })
        }
        let numbers: [Int] = try answers.map { try $0[0]["n"] }
        #expect(numbers == Array(1...50))
        #expect(try await connection.pipeline([]).isEmpty)
        let error = await failure {
            _ = try await connection.pipeline([
                "INSERT INTO entry VALUES (\(51))", "UPDATE entry SET n = \(7) WHERE n = \(8)",
                "INSERT INTO entry VALUES (\(52))",
            ])
        }
        #expect(error?.sqlState == "23505")
        #expect(error?.statement == "UPDATE entry SET n = $1 WHERE n = $2")
        #expect(error?.fileID == #fileID)
        #expect(try await entries(connection) == Array(1...50))
        let syntax = await failure {
            _ = try await connection.pipeline(["INSERT INTO entry VALUES (\(53))", "SELECT nothing FROM nowhere"])
        }
        #expect(syntax?.sqlState == "42P01")
        #expect(try await entries(connection).count == 50)
        await connection.close()
    }
}
