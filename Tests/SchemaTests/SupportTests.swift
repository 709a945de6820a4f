import Postgres
import Schema
import Support
import Testing

/// The ground under the other rooms' tests.
@Suite struct SupportTests {
    @Test func `a killed cluster comes back with all that was committed`() async throws {
        let cluster = try await ThrowawayCluster.start()
        let pool = Pool(settings: cluster.settings(), size: 2, logger: quiet)
        try await pool.withConnection { try await $0.script("CREATE TABLE kept AS SELECT 42 AS answer") }
        await cluster.kill()
        await #expect(throws: PostgresError.self) {
            try await pool.withConnection { try await $0.execute("SELECT 1") }
        }
        try await cluster.restart()
        let answer: Int = try await pool.withConnection { try await $0.value("SELECT answer FROM kept") }
        #expect(answer == 42)
        await pool.close()
        await cluster.stop()
    }

    @Test func `two databases of a new cluster can be migrated at once`() async throws {
        let cluster = try await ThrowawayCluster.start(isMigrated: false)
        let pools = ["relief", "second"].map { Pool(settings: cluster.settings(database: $0), size: 1, logger: quiet) }
        try await pools[0].withConnection { try await $0.script("CREATE DATABASE second") }
        async let one = Migrator(logger: quiet).migrate(pools[0])
        async let two = Migrator(logger: quiet).migrate(pools[1])
        #expect(try await one == two)
        for pool in pools { await pool.close() }
        await cluster.stop()
    }

    @Test(.database, arguments: 1...3)
    func `each test case has a database of its own`(number: Int) async throws {
        let database = Database.current
        try await database.pool.withConnection { try await $0.script("CREATE TABLE mine (number int)") }
        let names: [String] = try await database.appPool.withConnection {
            try await $0.query("SELECT current_database()::text, current_user::text").map { try $0[1] }
        }
        #expect(names == ["relief_app"])
    }

    @Test func `outside the trait there is no database`() async {
        await #expect(processExitsWith: .failure) { _ = Database.current }
    }
}
