import Postgres
import Schema
import Support
import Testing

private let first = Migration(name: "0001_first", text: "CREATE TABLE first (id int); INSERT INTO first VALUES (1);")
private let second = Migration(name: "0002_second", text: "INSERT INTO first VALUES (2);")

/// Migrates the test's database and gives the refusal's code and sentence.
private func refusal(_ migrations: [Migration]) async -> SchemaError? {
    await #expect(throws: SchemaError.self) {
        try await Migrator(migrations, logger: quiet).migrate(Database.current.pool)
    }
}

@Suite(.emptyDatabase) struct MigratorTests {
    private var pool: Pool { Database.current.pool }

    private func rows() async throws -> [Int] {
        try await pool.withConnection { try await $0.query("SELECT id FROM first ORDER BY id").map { try $0["id"] } }
    }

    @Test func `the program's migrations apply to an empty database, once`() async throws {
        let migrator = Migrator(logger: quiet)
        #expect(try await migrator.migrate(pool) == Schema.migrations.map(\.name))
        #expect(try await migrator.migrate(pool) == [])
        let status = try await pool.withConnection { try await migrator.status(on: $0) }
        for migration in status {
            guard case .applied = migration.state else { Issue.record("\(migration)"); continue }
        }
        #expect(status.map(\.name) == Schema.migrations.map(\.name))
    }

    @Test func `two migrators at once apply each migration once`() async throws {
        let migrator = Migrator([first, second], logger: quiet)
        async let one = migrator.migrate(pool)
        async let two = migrator.migrate(pool)
        #expect(try await (one + two).sorted() == ["0001_first", "0002_second"])
        #expect(try await rows() == [1, 2])
    }

    @Test func `a later program applies only what is new`() async throws {
        try await Migrator([first], logger: quiet).migrate(pool)
        let migrator = Migrator([second, first], logger: quiet)
        let status = try await pool.withConnection { try await migrator.status(on: $0) }
        #expect(status.last == MigrationStatus(name: "0002_second", state: .pending))
        #expect(try await migrator.migrate(pool) == ["0002_second"])
    }

    @Test func `an edited migration is refused by its file's name`() async throws {
        try await Migrator([first], logger: quiet).migrate(pool)
        let error = await refusal([Migration(name: first.name, text: first.text + " "), second])
        #expect(error?.code == .edited)
        #expect(error?.description.contains("sql/migrations/0001_first.sql") == true)
        #expect(try await rows() == [1])
    }

    @Test func `a migration that the program doesn't know is refused`() async throws {
        try await Migrator([first, second], logger: quiet).migrate(pool)
        let error = await refusal([first])
        #expect(error?.code == .unknown)
        #expect(error?.description.contains("0002_second") == true)
    }

    @Test func `a new migration before an applied one is refused`() async throws {
        try await Migrator([first, second], logger: quiet).migrate(pool)
        let error = await refusal([first, Migration(name: "0001_late", text: "SELECT 1"), second])
        #expect(error?.code == .outOfOrder)
        #expect(error?.description.contains("sql/migrations/0001_late.sql") == true)
    }

    @Test func `a failing migration leaves nothing of itself, and all before it`() async throws {
        let broken = Migration(name: "0003_broken", text: "INSERT INTO first VALUES (3); SELECT 1 / 0;")
        let error = await refusal([first, second, broken])
        #expect(error?.code == .failed)
        #expect(error?.description.contains("sql/migrations/0003_broken.sql") == true)
        #expect(error?.description.contains("division by zero") == true)
        #expect(try await rows() == [1, 2])
        #expect(try await Migrator([first, second], logger: quiet).migrate(pool) == [])
    }
}
