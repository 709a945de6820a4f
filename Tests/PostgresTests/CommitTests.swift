import Foundation
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
