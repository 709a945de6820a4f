import Contract
import Foundation
import Postgres
import Relief
import Support
import Testing
import WorkingDays

/// G14: personal data is never in the log in the clear, and can be destroyed without breaking it.
@Suite(.database)
struct SecrecyTests {
    private static let name = "扎西才让旦增"
    private static let address = "西宁市城东区某某巷七号"

    /// A person of whom everything was recorded; what must be found nowhere.
    private func fill(_ office: Office) async throws -> (person: PersonView, household: String, secrets: [String]) {
        var made = Synthetic(seed: 14)
        let (door, worker) = (office.door, office.worker)
        let (id, phone, card, card2) = (made.idNumber(), made.phone(), made.card(), made.card())
        let person = try await door.perform(
            RegisterPerson(name: Self.name, idNumber: id, phone: phone, organisation: "XN"), as: worker, key: "register"
        )
        let household = try await door.perform(
            OpenHousehold(organisation: "XN", head: person.number, address: Self.address, members: []), as: worker)
        _ = try await door.perform(
            RegisterAccount(owner: person.number, holder: Self.name, bank: "某银行", number: card, kind: .card), as: worker
        )
        let changed = try await door.perform(
            RegisterAccount(owner: person.number, holder: Self.name, bank: "某银行", number: card2, kind: .card),
            as: worker)
        _ = try await office.approve(changed.id)
        _ = try await door.perform(
            JoinUnion(person: person.number, organisation: "XN", on: office.today), as: worker)
        for field in PersonalField.allCases {
            _ = try await door.perform(
                RevealPerson(person: person.number, field: field, reason: "核对来信"), as: worker, key: "see-\(field)")
        }
        let seen = try await door.perform(RevealAccount(account: changed.id, reason: "银行退票"), as: worker)
        #expect(seen.value == card2)
        _ = try await door.perform(
            CorrectPerson(person: person.number, phone: phone, reason: "换号"), as: worker)
        let csv = "户号,姓名,身份证号,手机,关系\n1,\(Self.name),\(id),\(phone),户主\n"
        _ = try await door.perform(ImportHouseholds(organisation: "XN", csv: csv, mode: .valid), as: worker)
        // Refusals are kept too.
        await #expect(throws: Refusal.self) {
            try await door.perform(
                RegisterPerson(name: Self.name, idNumber: id, phone: phone, organisation: "XN"), as: worker)
        }
        await #expect(throws: Refusal.self) {
            try await door.perform(
                RegisterPerson(name: Self.name, idNumber: id, phone: phone, organisation: "XN"), as: office.nobody)
        }
        await #expect(throws: Refusal.self) {
            try await door.perform(
                RevealPerson(person: person.number, field: .phone, reason: "因为\(Self.name)"), as: worker)
        }
        return (person, household.number, [Self.name, id, phone, card, card2, Self.address])
    }

    /// Every row of every table of the schemas as text, as a superuser reads it.
    private func rows(of schemas: [String]) async throws -> [String] {
        let connection = try await Connection.open(Database.current.superuserSettings, logger: quiet)
        let tables: [String] = try await connection.query(
            """
            SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = ANY (\(schemas))
            """
        ).map { try $0["name"] }
        var rows: [String] = []
        for table in tables {
            rows += try await connection.query("SELECT t::text AS row FROM \(unescaped: table) AS t").map {
                try $0["row"]
            }
        }
        if schemas.contains("audit") {
            rows += try await connection.query("SELECT convert_from(leaf, 'UTF8') AS leaf FROM audit.event").map {
                try $0["leaf"]
            }
        }
        await connection.close()
        return rows
    }

    private func differences() async throws -> [String] {
        try await Database.current.appPool.transaction { transaction in
            try await transaction.execute("SELECT set_config('relief.scope', '{\"\"}', true)")
            return try await transaction.query(
                """
                SELECT w.name || ' ' || d.row_id AS row
                FROM audit.watched w, LATERAL audit.differing_rows(w.target, w.name) d
                """
            ).map { try $0["row"] }
        }
    }

    @Test func `G14: what is revealed can't be tried out and taken back without a leaf`() async throws {
        let office = try await Office.open()
        var made = Synthetic(seed: 41)
        let person = try await office.door.perform(
            RegisterPerson(name: Self.name, idNumber: made.idNumber(), organisation: "XN"), as: office.worker)
        await #expect(throws: Refusal.self) {
            try await office.door.perform(
                RevealPerson(person: person.number, field: .idNumber, reason: "核对"), as: office.worker, dryRun: true)
        }
        let log = try await office.door.answer(ShowAuditLog(command: "person.reveal"), as: office.admin)
        #expect(log.items.isEmpty)
    }

    @Test func `G14: no leaf, subject, digest or kept refusal holds a name or number`() async throws {
        let office = try await Office.open()
        let secrets = try await fill(office).secrets
        let log = try await rows(of: ["audit"])
        #expect(log.count > 40)
        for secret in secrets { #expect(!log.contains { $0.contains(secret) }, "\(secret)") }
        // Outside the log, names and addresses stand in their own columns alone; numbers nowhere in the clear.
        let tables = try await rows(of: ["relief", "jobs", "ledger"])
        for secret in secrets.dropFirst().dropLast() { #expect(!tables.contains { $0.contains(secret) }, "\(secret)") }
        #expect(try await differences().isEmpty)
    }

    @Test func `G14: the digest of a person's row can't be made from what one may guess`() async throws {
        let office = try await Office.open()
        _ = try await fill(office)
        let connection = try await Connection.open(Database.current.superuserSettings, logger: quiet)
        for table in ["person", "household", "app_user"] {
            let salts: Int64 = try await connection.value("SELECT count(DISTINCT salt) FROM relief.\(unescaped: table)")
            let all: Int64 = try await connection.value("SELECT count(*) FROM relief.\(unescaped: table)")
            #expect(salts == all && all > 0, "\(table)")
        }
        await connection.close()
    }

    @Test func `G14: erasing leaves no trace of the person, and every digest right`() async throws {
        let office = try await Office.open()
        let (person, _, secrets) = try await fill(office)
        let leaves = try await rows(of: ["audit"]).count
        let salt = try await salt(of: person.number)
        let erased = try await office.door.perform(
            ErasePerson(person: person.number, reason: "本人申请"), as: office.admin)
        #expect(erased.erased && erased.idNumber.isEmpty && erased.phone == nil && erased.birthYear == nil)
        #expect(erased.number == person.number)
        let left = try await rows(of: ["relief", "audit", "jobs", "ledger"])
        for secret in secrets { #expect(!left.contains { $0.contains(secret) }, "\(secret)") }
        #expect(try await self.salt(of: person.number) != salt)
        #expect(try await rows(of: ["audit"]).count > leaves)
        #expect(try await differences().isEmpty)
        // What was revealed can't be asked for again by its key, and nothing can be done with the person.
        for field in PersonalField.allCases {
            let again = try await #require(throws: Refusal.self) {
                try await office.door.perform(
                    RevealPerson(person: person.number, field: field, reason: "核对来信"), as: office.worker,
                    key: "see-\(field)")
            }
            #expect(again.message.contains("destroyed"))
        }
        let kept = try await #require(throws: Refusal.self) {
            try await office.door.perform(
                JoinHousehold(household: "XN-H000001", person: person.number, relation: "x", on: office.today),
                as: office.worker)
        }
        #expect(kept.message.contains("destroyed"))
    }

    @Test func `G14: a value moved to another row does not open`() async throws {
        let office = try await Office.open()
        let sealed = try office.vault.seal("11010519491231002X", .idNumber, row: UUID())
        #expect(throws: VaultError.self) { try office.vault.open(sealed, .idNumber, row: UUID()) }
    }

    private func salt(of number: String) async throws -> UUID {
        let connection = try await Connection.open(Database.current.superuserSettings, logger: quiet)
        let salt: UUID = try await connection.value("SELECT salt FROM relief.person WHERE number = \(number)")
        await connection.close()
        return salt
    }
}
