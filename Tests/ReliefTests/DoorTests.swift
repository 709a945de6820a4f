import Contract
import Foundation
import Postgres
import Relief
import Support
import Testing
import WorkingDays

/// Promises of the one door, made on real commands.
@Suite(.database)
struct DoorTests {
    private func register(_ seed: UInt64) -> RegisterPerson {
        var made = Synthetic(seed: seed)
        return RegisterPerson(name: made.name(), idNumber: made.idNumber(), phone: made.phone(), organisation: "XN")
    }

    private func bytes(_ view: PersonView) throws -> Data { try Contract.JSON.encode(view) }

    /// How many commands and persons there are.
    private func count() async throws -> [Int64] {
        try await Database.current.appPool.transaction { transaction in
            try await transaction.execute("SELECT set_config('relief.scope', '{\"\"}', true)")
            return [
                try await transaction.value("SELECT count(*) FROM audit.event"),
                try await transaction.value("SELECT count(*) FROM relief.person"),
            ]
        }
    }

    @Test func `G5: one key is done once, and answered alike every time`() async throws {
        let office = try await Office.open()
        let first = try await office.door.perform(register(1), as: office.worker, key: "k-1")
        let after = try await count()
        office.clock.advance(bySeconds: 86_400)
        let second = try await office.door.perform(register(1), as: office.worker, key: "k-1")
        #expect(try bytes(first) == bytes(second))
        #expect(try await count() == after)
    }

    @Test func `G5: the same key with another body is refused before any write`() async throws {
        let office = try await Office.open()
        _ = try await office.door.perform(register(1), as: office.worker, key: "k-1")
        let before = try await count()
        let other = try await #require(throws: Refusal.self) {
            try await office.door.perform(register(2), as: office.worker, key: "k-1")
        }
        #expect(other.code == .conflict)
        #expect(other.field == "Idempotency-Key")
        let command = try await #require(throws: Refusal.self) {
            try await office.door.perform(
                RecordDeath(person: "XN-P000001", on: office.today), as: office.worker, key: "k-1")
        }
        #expect(command.field == "Idempotency-Key")
        #expect(try await count() == before)
        let again = try await office.door.perform(register(1), as: office.worker, key: "k-1")
        #expect(again.number == "XN-P000001")
    }

    @Test func `G5: keys belong to their users`() async throws {
        let office = try await Office.open()
        let one = try await office.door.perform(register(1), as: office.worker, key: "k-1")
        let two = try await office.door.perform(register(2), as: office.worker2, key: "k-1")
        #expect(one.number != two.number)
    }

    @Test func `G5: what was refused stays refused under its key, also when it would now be right`() async throws {
        let office = try await Office.open()
        let door = office.door
        let person = try await door.perform(register(1), as: office.worker)
        let spouse = try await door.perform(register(2), as: office.worker)
        let old = try await door.perform(
            OpenHousehold(
                organisation: "XN", head: person.number,
                members: [HouseholdMember(person: spouse.number, relation: "spouse")]), as: office.worker)
        let new = OpenHousehold(organisation: "XN", head: spouse.number, members: [])
        let refused = try await #require(throws: Refusal.self) {
            try await door.perform(new, as: office.worker, key: "k-2")
        }
        #expect(refused.code == .conflict)
        office.clock.advance(bySeconds: 2 * 86_400)
        _ = try await door.perform(
            LeaveHousehold(household: old.number, person: spouse.number, on: office.today, reason: "分户"),
            as: office.worker)
        let again = try await #require(throws: Refusal.self) {
            try await door.perform(new, as: office.worker, key: "k-2")
        }
        // The words are the same, and whoever reads them learns that they are old.
        #expect(again.code == refused.code && again.phrase == refused.phrase && again.field == refused.field)
        let notes = try #require(again.details).joined()
        #expect(notes.contains("2026-07-01") && notes.contains("new key"), "\(notes)")
        let view = try await door.perform(new, as: office.worker, key: "k-3")
        #expect(view.head == spouse.number)
    }

    @Test func `G5: two submits of one key at once are one`() async throws {
        let office = try await Office.open()
        let before = try await count()[1]
        let command = register(5)
        let answers = try await withThrowingTaskGroup(of: Data.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    try Contract.JSON.encode(try await office.door.perform(command, as: office.worker, key: "k-1"))
                }
            }
            return try await group.reduce(into: Set<Data>()) { $0.insert($1) }
        }
        #expect(answers.count == 1)
        #expect(try await count()[1] == before + 1)
    }

    @Test func `G8: a lost reply comes again by its key, also from a door opened after`() async throws {
        let office = try await Office.open()
        let first = try await office.door.perform(register(1), as: office.worker, key: "k-1")
        let reopened = Door(
            pool: Database.current.appPool, clock: office.clock, vault: office.vault, evidence: office.door.evidence,
            auditLog: office.auditLog, laws: [:])
        let before = try await count()
        let second = try await reopened.perform(register(1), as: office.worker, key: "k-1")
        #expect(try bytes(first) == bytes(second))
        #expect(try await count() == before)
    }

    @Test func `an operation that is declared with its handler is done, with no other edit`() async throws {
        let office = try await Office.open()
        let door = Door(
            pool: Database.current.appPool, clock: office.clock, vault: office.vault, evidence: office.door.evidence,
            auditLog: office.auditLog, laws: [:], handlers: [try #require(Handler(CountPersons.self))])
        _ = try await office.door.perform(register(1), as: office.worker)
        let request = OperationRequest(
            CountPersons.self, parameters: ["organisation": "XN"], query: nil, body: Data(), key: nil, dryRun: false)
        let answer = try await door.respond(to: request, as: office.worker)
        #expect(String(decoding: answer, as: UTF8.self) == #"{"count":1}"#)
        let unknown = OperationRequest(
            ListCases.self, parameters: [:], query: nil, body: Data(), key: nil, dryRun: false)
        await #expect(throws: Refusal.self) { try await door.respond(to: unknown, as: office.worker) }
    }

    @Test func `everything in the catalogue can be done`() {
        #expect(Handler.all.map { $0.operation.name } == Catalogue.operations.map { $0.name })
    }

    @Test func `a dry run answers as the command would, and leaves nothing`() async throws {
        let office = try await Office.open()
        let before = try await count()
        let dry = try await office.door.perform(register(1), as: office.worker, key: "k-1", dryRun: true)
        #expect(try await count() == before)
        let wet = try await office.door.perform(register(1), as: office.worker, key: "k-1")
        #expect(dry.number == wet.number)
    }

    @Test func `nobody does what no role of theirs allows`() async throws {
        let office = try await Office.open()
        for principal in [office.nobody, office.auditor, office.cashier, office.admin] {
            let refusal = try await #require(throws: Refusal.self) {
                try await office.door.perform(register(1), as: principal)
            }
            #expect(refusal.code == .forbidden)
        }
    }

    @Test func `no watched table changes outside a command, not even by the owner or a superuser`() async throws {
        _ = try await Office.open()
        let database = Database.current
        for settings in [database.settings, database.appSettings, database.superuserSettings] {
            let connection = try await Connection.open(settings, logger: quiet)
            let tables: [String] = try await connection.query("SELECT name FROM audit.watched ORDER BY name").map {
                try $0["name"]
            }
            #expect(tables.contains("relief.person"))
            for table in tables {
                let error = try await #require(throws: PostgresError.self) {
                    try await connection.execute("UPDATE \(unescaped: table) SET id = id")
                }
                #expect(["RA001", "RA002", "RL019", "42501"].contains(error.sqlState), "\(table): \(error)")
                if settings.conninfo == database.superuserSettings.conninfo {
                    #expect(error.sqlState != "42501", "\(table)")
                }
            }
            await connection.close()
        }
    }

    @Test func `every table of the domain is watched, but for counters, keys and fixed lists`() async throws {
        let unwatched: [String] = try await Database.current.pool.withConnection { connection in
            try await connection.query(
                """
                SELECT tablename FROM pg_tables WHERE schemaname = 'relief'
                  AND schemaname || '.' || tablename NOT IN (SELECT name FROM audit.watched) ORDER BY tablename
                """
            ).map { try $0["tablename"] }
        }
        let known = ["case_move", "command_key", "counter", "incompatible_roles", "payment_move", "person_key"]
        #expect(unwatched == known)
    }
}

/// Declared here and nowhere else.
private struct CountPersons: Query, Answerable {
    typealias Reply = WorkDone
    static let name = "person.count"
    static let summary = Phrase("Counts persons.", "统计人数。")
    static let permission = Permission.read
    static let route = Route.get("/v1/organisations/{organisation}/persons/count")

    let organisation: String

    func answer(in context: QueryContext) async throws -> WorkDone {
        WorkDone(
            count: try await context.transaction.value(
                """
                SELECT count(*)::int FROM relief.person p JOIN relief.organisation o ON o.id = p.org_id
                WHERE o.code = \(organisation)
                """))
    }
}
