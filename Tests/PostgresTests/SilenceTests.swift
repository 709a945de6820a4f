import Foundation
import LocalPostgres
import Logging
import Postgres
import Testing

/// A server that is frozen (SIGSTOP) breaks no connection: it is left by a deadline of our own, for the one that serves.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct SilenceTests {
    /// Two servers, as hosts of one list; the first can be frozen.
    private struct Pair {
        let first: LocalCluster
        let second: LocalCluster

        static func with(_ body: (Pair) async throws -> Void) async throws {
            let pair = Pair(
                first: try await LocalCluster.start(.throwaway, logger: Server.logger),
                second: try await LocalCluster.start(.throwaway, logger: Server.logger))
            do {
                for (cluster, name) in [(pair.first, "first"), (pair.second, "second")] {
                    let connection = try await Connection.open(Server.settings(cluster), logger: Server.logger)
                    try await connection.script("CREATE TABLE me (name text); INSERT INTO me VALUES ('\(name)')")
                    await connection.close()
                }
                try await body(pair)
            } catch {
                await pair.end()
                throw error
            }
            await pair.end()
        }

        private func end() async {
            await first.thaw()
            await first.stop()
            await second.stop()
        }

        var settings: Settings {
            var settings = Settings(
                "host=\(first.socketDirectory),\(second.socketDirectory) port=5432,5432 dbname=postgres user=postgres "
                    + "target_session_attrs=read-write")
            settings.patience = .milliseconds(300)
            settings.connectTimeout = .seconds(2)
            return settings
        }
    }

    private static let name: SQL = "SELECT name FROM me"

    @Test func `a statement under way is given up, and the pool goes on with the server that answers`() async throws {
        try await Pair.with { pair in
            let pool = Pool(settings: pair.settings, size: 4, logger: Server.logger)
            // All four have been used at once, so that each would be found frozen in turn.
            try await use(4, of: pool)
            #expect(pool.state.idle == 4)
            let error = await failure {
                try await pool.withConnection { connection in
                    await pair.first.freeze()
                    _ = try await connection.query(Self.name)
                }
            }
            #expect(error?.code == .connectionLost)
            #expect(error?.message.contains("silent") == true)
            #expect(pool.state.idle == 0)
            let answered: String = try await pool.withConnection { try await $0.value(Self.name) }
            let committed: String = try await pool.transaction { try await $0.value(Self.name) }
            #expect(answered == "second" && committed == "second")
            await pool.close()
        }
    }

    @Test func `hosts of a URL that names no port are left as well`() async throws {
        try await Pair.with { pair in
            var settings = pair.settings
            let hosts = [pair.first, pair.second].map { $0.socketDirectory.replacing("/", with: "%2F") }
            settings.conninfo =
                "postgresql://postgres@\(hosts.joined(separator: ","))/postgres?target_session_attrs=read-write"
            let pool = Pool(settings: settings, size: 1, logger: Server.logger)
            let error = await failure {
                try await pool.withConnection { connection in
                    await pair.first.freeze()
                    _ = try await connection.query(Self.name)
                }
            }
            #expect(error?.code == .connectionLost)
            let answered = try await name(of: pool)
            #expect(answered == "second")
            await pool.close()
        }
    }

    @Test func `a server that comes back isn't gone back to while the other serves`() async throws {
        try await Pair.with { pair in
            let (settings, copy) = (pair.settings, pair.settings)
            await pair.first.freeze()
            let pool = Pool(settings: settings, size: 1, logger: Server.logger)
            #expect(try await name(of: pool) == "second")
            await pair.first.thaw()
            // Another connection of the same program, as an engine's own.
            var beside = settings
            beside.applicationName = "beside"
            let connection = try await Connection.open(beside, logger: Server.logger)
            #expect(try await connection.value(Self.name) == "second")
            await connection.close()
            // Another program knows the list alone.
            let stranger = try await Connection.open(copy, logger: Server.logger)
            #expect(try await stranger.value(Self.name) == "first")
            await stranger.close()
            await pair.second.crash()
            #expect(try await name(of: pool) == "first")
            await pool.close()
        }
    }

    private func name(of pool: Pool) async throws -> String {
        try await pool.withConnection { try await $0.value(Self.name) }
    }

    /// Has so many connections of a pool in hand at once, each after a statement.
    private func use(_ count: Int, of pool: Pool) async throws {
        guard count > 0 else { return }
        try await pool.withConnection { connection in
            _ = try await connection.query("SELECT 1")
            try await use(count - 1, of: pool)
        }
    }

    @Test func `a cancelled statement on a frozen server ends, too`() async throws {
        try await Pair.with { pair in
            let connection = try await Connection.open(pair.settings, logger: Server.logger)
            await pair.first.freeze()
            let asking = Task { try await connection.query(Self.name) }
            await Task.yield()
            asking.cancel()
            let error = await failure { try await asking.value }
            #expect([.connectionLost, .cancelled].contains(error?.code))
            await connection.close()
        }
    }

    @Test func `a statement may take longer than the patience on a server that lives`() async throws {
        var settings = try await Server.settings
        // Long enough for a busy machine to answer the question whether the server lives.
        settings.patience = .seconds(2)
        let (questions, asked) = AsyncStream.makeStream(of: String.self)
        let connection = try await Connection.open(
            settings, logger: Logger(label: "silence") { _ in HeardSilence(answers: asked) })
        let lock = try await HeldLock.taken()
        async let waiting = connection.query(lock.wish)
        // Asked twice, and answered, while the statement said nothing.
        var answers = questions.makeAsyncIterator()
        #expect(await answers.next() == "true")
        #expect(await answers.next() == "true")
        await lock.release()
        #expect(try await waiting.count == 1)
        #expect(connection.isAlive)
        await connection.close()
    }

    @Test func `COMMIT on a frozen server has an unknown outcome, and is not repeated`() async throws {
        try await Pair.with { pair in
            let pool = Pool(settings: pair.settings, size: 2, logger: Server.logger)
            let error = await failure {
                try await pool.transaction { transaction in
                    try await transaction.execute("INSERT INTO me VALUES ('lost')")
                    await pair.first.freeze()
                }
            }
            #expect(error?.code == .outcomeUnknown)
            let count: Int = try await pool.withConnection { try await $0.value("SELECT count(*) FROM me") }
            #expect(count == 1)
            await pool.close()
        }
    }
}

/// Hears each question whether the server lives, and whether it was answered.
private struct HeardSilence: LogHandler {
    let answers: AsyncStream<String>.Continuation
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .debug

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        guard event.message == "postgres.silence", let answer = event.metadata?["answered"] else { return }
        answers.yield("\(answer)")
    }
}
