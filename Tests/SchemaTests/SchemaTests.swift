import Postgres
import Schema
import Support
import Testing

@Suite(.database) struct SchemaTests {
    @Test func `the owner is no superuser, and the daemon's role obeys row-level security`() async throws {
        let question: SQL = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        let database = Database.current
        #expect(try await database.pool.withConnection { try await $0.value(question, as: Bool.self) } == false)
        #expect(try await database.appPool.withConnection { try await $0.value(question, as: Bool.self) } == false)
    }

    @Test func `the daemon's role makes no objects`() async throws {
        for schema in ["public", "jobs", "ledger", "audit", "relief"] {
            let error = await #expect(throws: PostgresError.self) {
                try await Database.current.appPool.withConnection {
                    try await $0.script("CREATE TABLE \(schema).stray ()")
                }
            }
            #expect(error?.sqlState == "42501", "schema \(schema)")
        }
    }

    @Test func `the owner may act as the auditor too`() async throws {
        let role = try await Database.current.pool.transaction(.readWrite) {
            try await $0.execute("SET LOCAL ROLE relief_auditor")
            return try await $0.value("SELECT current_user::text", as: String.self)
        }
        #expect(role == "relief_auditor")
    }

    @Test(arguments: Schema.checks + Schema.reports)
    func `every stored query prepares`(query: StoredQuery) async throws {
        try await Database.current.pool.withConnection {
            try await $0.script("PREPARE stored AS \(query.text)")
        }
        #expect(!query.purpose.isEmpty, "\(query.name) has no sentence in its first line")
    }

    @Test func `the checks' files hold the rows that break a law`() async throws {
        let check = StoredQuery(
            name: "odd", text: "-- Odd numbers.\nSELECT n FROM generate_series(1, 3) AS n WHERE n % 2 = 1;\n")
        let found = try await Database.current.pool.withConnection {
            try await Schema.violations(of: [check], on: $0)
        }
        #expect(found == [Violation(check: "odd", row: #"{"n": 1}"#), Violation(check: "odd", row: #"{"n": 3}"#)])
        #expect(check.purpose == "Odd numbers.")
    }
}

extension StoredQuery: CustomTestStringConvertible {
    public var testDescription: String { name }
}
