import LocalPostgres
import Postgres
import Testing

/// The pool against a real server, also one that is killed.
@Suite(.timeLimit(.minutes(10)))
struct PoolTests {
    @Test func `the wait for a connection is bounded, and who is cancelled leaves`() async throws {
        let pool = try await Server.pool(size: 1, waitLimit: .seconds(2))
        try await pool.withConnection { _ in
            let error = await failure { try await pool.withConnection { _ in } }
            #expect(error?.code == .poolTimeout)
            #expect(error?.fileID == #fileID)
        }
        let patient = try await Server.pool(size: 1)
        try await patient.withConnection { _ in
            for _ in 0..<100 {
                let waiting = Task { try await patient.withConnection { _ in } }
                await Task.yield()
                waiting.cancel()
                #expect(await failure { try await waiting.value }?.code == .cancelled)
            }
            #expect(patient.state.waiting == 0)
        }
        #expect(patient.state.idle == 1 && patient.state.used == 0)
        await pool.close()
        await patient.close()
    }

    @Test func `many tasks share few connections, errors leak none`() async throws {
        let pool = try await Server.pool(size: 3)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<300 {
                group.addTask {
                    if number % 3 == 0 {
                        let error = await failure { try await pool.transaction { try await $0.execute("SELECT 1/0") } }
                        #expect(error?.sqlState == "22012")
                    } else {
                        let answer: Int = try await pool.transaction { try await $0.value("SELECT \(number)") }
                        #expect(answer == number)
                    }
                }
            }
            try await group.waitForAll()
        }
        let counts = pool.state
        #expect(counts.used == 0 && counts.waiting == 0 && counts.idle <= 3)
        await pool.close()
        #expect(await failure { try await pool.withConnection { _ in } }?.code == .poolClosed)
    }

    @Test func `a connection left in a transaction or listening is not lent again`() async throws {
        let pool = try await Server.pool(size: 1)
        func process(_ session: some Session) async throws -> Int { try await session.value("SELECT pg_backend_pid()") }
        let first = try await pool.withConnection { connection in
            try await connection.script("BEGIN")
            return try await process(connection)
        }
        let second = try await pool.withConnection { connection in
            try await connection.listen("x")
            return try await process(connection)
        }
        let third = try await pool.withConnection { try await process($0) }
        let fourth = try await pool.withConnection { try await process($0) }
        #expect(first != second && second != third && third == fourth)
        await pool.close()
    }

    @Test func `a connection that is taken back frees its place and its locks, whatever its user still does`()
        async throws
    {
        let pool = try await Server.pool(size: 1)
        try await pool.withConnection {
            try await $0.script("CREATE TABLE taken (n int); INSERT INTO taken VALUES (1)")
        }
        let (left, leave) = AsyncStream.makeStream(of: Void.self)
        let (begun, begin) = AsyncStream.makeStream(of: Connection.self)
        let deaf = Task {
            try await pool.transaction { transaction in
                try await transaction.execute("UPDATE taken SET n = 2")
                begin.yield(transaction.connection)
                for await _ in left { break }
                try await transaction.execute("UPDATE taken SET n = 3")
            }
        }
        for await connection in begun {
            pool.takeBack(connection)
            pool.takeBack(connection)
            break
        }
        // On the one place that there is.
        let count = try await pool.transaction { try await $0.execute("UPDATE taken SET n = n + 10") }
        #expect(count == 1)
        leave.yield()
        #expect(await failure { try await deaf.value }?.code == .connectionLost)
        #expect(try await pool.withConnection { try await $0.value("SELECT n FROM taken") } == 11)
        #expect(pool.state.used + pool.state.idle + pool.state.opening == 1)
        await pool.close()
    }

    @Test func `a transaction given up before its BEGIN leaves nothing to the next user`() async throws {
        let pool = try await Server.pool(size: 1)
        let reader = try await Server.connect()
        try await reader.execute("CREATE TABLE IF NOT EXISTS kept (round int)")
        for round in 0..<300 {
            let givenUp = Task { try await pool.transaction { try await $0.execute("SELECT 1") } }
            for _ in 0..<(round % 20) { await Task.yield() }
            givenUp.cancel()
            _ = await givenUp.result
            try await pool.withConnection { try await $0.execute("INSERT INTO kept VALUES (\(round)::int)") }
        }
        #expect(try await reader.value("SELECT count(*) FROM kept") == 300)
        await pool.close()
        await reader.close()
    }

    @Test func `killed backends: 50 rounds, no call hangs, dead connections are replaced`() async throws {
        let pool = try await Server.pool(size: 4)
        let killer = try await Server.connect { $0.applicationName = "killer" }
        let name = "victim-\(Int.random(in: 0..<1_000_000))"
        func work() async throws -> Int {
            try await pool.transaction { transaction in
                try await transaction.execute("SELECT set_config('application_name', \(name), false)")
                return try await transaction.value("SELECT count(*) / 5000 FROM generate_series(1, 5000)")
            }
        }
        for _ in 0..<50 {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        do {
                            #expect(try await work() == 1)
                        } catch {
                            let code = (error as? PostgresError)?.code
                            #expect(code == .connectionLost || code == .outcomeUnknown)
                        }
                    }
                }
                group.addTask {
                    _ = try? await killer.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = \(name)")
                }
            }
            // Whatever is idle now is dead or will be met dead: the next user notices nothing.
            try await killer.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = \(name)")
            #expect(try await work() == 1)
        }
        #expect(pool.state.used == 0)
        await pool.close()
        await killer.close()
    }

    @Test func `the whole server killed and started again`() async throws {
        let cluster = try await LocalCluster.start(.throwaway, logger: Server.logger)
        let pool = Pool(settings: Server.settings(cluster), size: 3, logger: Server.logger)
        for _ in 0..<3 {
            let lock = try await HeldLock.taken(by: try await .open(Server.settings(cluster), logger: Server.logger))
            let started = AsyncStream<Void>.makeStream()
            let working = (0..<3).map { _ in
                Task {
                    try await pool.transaction { transaction in
                        try await transaction.execute("SELECT 1")
                        started.continuation.yield()
                        try await transaction.execute(lock.wish)
                    }
                }
            }
            var count = 0
            for await _ in started.stream {
                count += 1
                if count == 3 { break }
            }
            await cluster.crash()
            for task in working { #expect(await failure { try await task.value }?.code == .connectionLost) }
            #expect(await failure { try await pool.withConnection { _ in } }?.code == .connectFailed)
            await lock.release()
            try await cluster.restart()
            #expect(try await pool.transaction { try await $0.value("SELECT 7") } == 7)
            #expect(try await pool.withConnection { try await $0.value("SELECT 8") } == 8)
        }
        await pool.close()
        await cluster.stop()
    }

    @Test func `of two hosts the one that serves is found`() async throws {
        let first = try await LocalCluster.start(.throwaway, logger: Server.logger)
        let second = try await LocalCluster.start(.throwaway, logger: Server.logger)
        try await Connection.open(Server.settings(first), logger: Server.logger).execute("CREATE TABLE first_host ()")
        let settings = Settings(
            """
            host=\(first.socketDirectory),\(second.socketDirectory) port=5432,5432 dbname=postgres user=postgres \
            target_session_attrs=read-write
            """)
        let pool = Pool(settings: settings, size: 2, logger: Server.logger)
        let onFirst = "SELECT FROM pg_tables WHERE tablename = 'first_host'" as SQL
        #expect(try await pool.transaction { try await $0.exists(onFirst) })
        await first.crash()
        #expect(try await !pool.transaction { try await $0.exists(onFirst) })
        #expect(try await !pool.withConnection { try await $0.exists(onFirst) })
        // A standby that takes no writes is passed over.
        try await first.restart()
        let setting = try await Connection.open(Server.settings(first), logger: Server.logger)
        try await setting.script("ALTER DATABASE postgres SET default_transaction_read_only = on")
        await setting.close()
        let fresh = Pool(settings: settings, size: 2, logger: Server.logger)
        #expect(try await !fresh.transaction { try await $0.exists(onFirst) })
        await fresh.close()
        await pool.close()
        await first.stop()
        await second.stop()
    }
}
