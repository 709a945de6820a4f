import Foundation
import LocalPostgres
import Postgres
import Support
import Testing

/// A COMMIT whose reply never comes: neither success nor failure, and never sent twice.
@Suite(.timeLimit(.minutes(10)))
struct CommitTests {
    @Test(arguments: [true, false]) func `a lost reply is an unknown outcome`(reachesServer: Bool) async throws {
        let plain = try await Server.connect()
        let table = "commit_\(UUID().uuidString.prefix(8))"
        try await plain.execute("CREATE TABLE \(identifier: table) (n int)")
        let sockets: String = try await plain.value("SHOW unix_socket_directories")
        let wire = try Wire(to: sockets.replacing("\"", with: ""), as: try await Server.settings)
        defer { wire.close() }
        let commits = Shared(0)
        wire.judge { statement in
            guard statement == "COMMIT" else { return .passed }
            commits.withLock { $0 += 1 }
            return reachesServer ? .cutAfter : .cutBefore
        }
        let pool = Pool(settings: wire.settings, size: 1, logger: Server.logger)
        let woken = Shared(0)
        let error = await failure {
            try await pool.transaction { transaction in
                transaction.onCommit { woken.withLock { $0 += 1 } }
                try await transaction.execute("INSERT INTO \(identifier: table) VALUES (1)")
            }
        }
        #expect(error?.code == .outcomeUnknown)
        #expect(error?.fileID == #fileID)
        #expect(woken.withLock { $0 } == 0)
        #expect(commits.withLock { $0 } == 1)
        // The lock is free once the server has ended that session, committed or not.
        try await plain.transaction { transaction in
            try await transaction.execute("LOCK TABLE \(identifier: table) IN ACCESS EXCLUSIVE MODE")
            let count: Int = try await transaction.value("SELECT count(*) FROM \(identifier: table)")
            #expect(count == (reachesServer ? 1 : 0))
        }
        await pool.close()
        try await plain.execute("DROP TABLE \(identifier: table)")
        await plain.close()
    }

    @Test func `a commit that was cancelled while it waited for a standby is an unknown outcome`() async throws {
        let cluster = try await LocalCluster.start(.throwaway, logger: Server.logger)
        let settings = Server.settings(cluster)
        let owner = try await Connection.open(settings, logger: Server.logger)
        try await owner.execute("CREATE TABLE public.entry (n int)")
        try await owner.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        await owner.close()
        try await cluster.restart()
        let pool = Pool(settings: settings, size: 2, logger: Server.logger)
        let watcher = try await Connection.open(settings, logger: Server.logger)
        func cancelled(_ body: @escaping @Sendable () async throws -> Void) async throws -> PostgresError? {
            let task = Task { try await body() }
            while try await !watcher.exists("SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep'") {}
            task.cancel()
            return await failure { try await task.value }
        }
        #expect(
            try await cancelled {
                try await pool.transaction { try $0.executeLater("INSERT INTO public.entry VALUES (1)") }
            }?.code == .outcomeUnknown)
        let group = try await cancelled {
            let (_, unsent) = try await pool.terseTransaction(mayStayUnsent: true) {
                try $0.executeLater("INSERT INTO public.entry VALUES (2)")
            }
            let endings = try await pool.commit([try #require(unsent), try #require(unsent)], within: .seconds(10))
            for case .failed(let error) in endings { throw error }
        }
        #expect(group?.code == .outcomeUnknown)
        #expect(try await watcher.value("SELECT count(*) FROM public.entry") == 3)
        await pool.close()
        await watcher.close()
        await cluster.stop()
    }

    @Test func `a connection known to be lost before COMMIT is no unknown outcome`() async throws {
        let (connection, killer) = (try await Server.connect(), try await Server.connect())
        let error = await failure {
            try await connection.transaction { transaction in
                let process: Int = try await transaction.value("SELECT pg_backend_pid()")
                try await killer.execute("SELECT pg_terminate_backend(\(process)::int)")
                for await _ in connection.notifications {}
            }
        }
        #expect(error?.code == .connectionLost)
        #expect(error?.sqlState == "57P01")
        await connection.close()
        await killer.close()
    }
}
