import BankFiles
import Contract
import Crypto
import Foundation
import Postgres
import Support
import Testing
import WorkingDays

@testable import Relief

/// G9, G14: a leaf tells what its command did, field by field from what to what; personal values by commitments that go with
/// the person.
@Suite(.database)
struct TellingTests {
    private func leaf(_ office: Office, _ command: String, of subject: String? = nil) async throws -> Leaf {
        let log = try await office.door.answer(ShowAuditLog(subject: subject, command: command), as: office.admin)
        return try Leaf(decoding: Array(#require(log.items.first).told.utf8))
    }

    private func changes(_ office: Office, _ command: String, of subject: String) async throws -> [ChangeView] {
        let log = try await office.door.answer(ShowAuditLog(subject: subject, command: command), as: office.admin)
        return try #require(log.items.first).changes
    }

    private func timeline(_ desk: Desk, _ number: String) async throws -> [String] {
        try await desk.door.answer(ShowTimeline(case: number), as: desk.office.worker).items.map(\.summary.en)
    }

    private func superuser(_ sql: String) async throws {
        let connection = try await Connection.open(Database.current.superuserSettings, logger: quiet)
        try await connection.script("SET session_replication_role = replica; " + sql)
        await connection.close()
    }

    private func verify(_ office: Office) async throws -> [VerifyFinding] {
        try await Sealer(pool: Database.current.appPool, log: office.auditLog, clock: office.clock).seal()
        return try await office.door.answer(VerifyAudit(), as: office.admin).findings
    }

    @Test func `an amendment is told: in the timeline from what to what, in the leaf by commitments`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.draft(try await desk.archivedHome(1).child)
        _ = try await desk.door.perform(
            AmendCase(case: number, facts: ["tuition": .int(450_000)]), as: desk.office.worker)
        #expect(try await timeline(desk, number).last == "facts.tuition 4,800.00 → 4,500.00")
        let leaf = try await leaf(desk.office, "case.amend", of: number)
        let change = try #require(leaf.changes?.first { $0.table == "relief.case_file" })
        let field = try #require(change.fields["facts.tuition"])
        #expect(field.old == nil && field.new == nil && field.oldMAC?.count == 64 && field.newMAC?.count == 64)
        #expect(
            change.person != nil && change.fields.keys.allSatisfy { !$0.hasPrefix("facts.") || $0 == "facts.tuition" })
        #expect(leaf.v == 2 && leaf.credential == "peer 4001" && leaf.unions == ["XN"])
        #expect(leaf.rows.tables?["relief.case_file"] == 1)
        #expect(try await verify(desk.office).isEmpty)
    }

    /// OCA/server-tools#3386: of a value that was emptied nothing stood in the log.
    @Test func `a value that is emptied is told`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.draft(try await desk.archivedHome(1).child)
        _ = try await desk.door.perform(AmendCase(case: number, facts: ["school": .null]), as: desk.office.worker)
        #expect(try await timeline(desk, number).last == "facts.school 青海大学 → (empty)")
        let leaf = try await leaf(desk.office, "case.amend", of: number)
        let field = leaf.changes?.first { $0.table == "relief.case_file" }?.fields["facts.school"]
        #expect(field?.oldMAC != nil && field?.newMAC == nil)
    }

    /// ilios/ilios#1694: a changed relation was an entry without content.
    @Test func `a relation that changes is told: who left which household`() async throws {
        let desk = try await Desk.open()
        let home = try await desk.home(1)
        desk.go(to: "2026-07-03")
        _ = try await desk.door.perform(
            LeaveHousehold(household: home.number, person: home.child.number, on: desk.office.today, reason: "分户"),
            as: desk.office.worker)
        let told = try await changes(desk.office, "household.leave", of: home.number)
        let valid = try #require(told.first { $0.field == "valid" }, "\(told)")
        #expect(valid.table == "relief.household_member" && valid.old != nil && valid.new != valid.old)
        #expect(told.contains { $0.field == "left_reason" && $0.new == .string("分户") && $0.isPersonal }, "\(told)")
    }

    @Test func `a payment stands in its case's timeline with day, amount, payee and the end of the account`()
        async throws
    {
        let treasury = try await Treasury.open(cases: 1, first: "祁文斌", amount: 64_300)
        let run = try await treasury.run(.filed)
        let payment = try #require(try await treasury.payments(run).first)
        let card = try await treasury.cards(of: [payment.reference])[0]
        _ = try await treasury.entries([Treasury.entry(payment.reference, 64_300, on: "2026-09-10")])
        let paid = "2026-09-10 paid 643.00 to 祁文斌 …\(card.suffix(4))"
        func lines() async throws -> [String] {
            try await treasury.door.answer(ShowTimeline(case: payment.case), as: treasury.office.worker).items
                .map(\.summary.en)
        }
        #expect(try await lines().last == paid)
        _ = try await treasury.entries([
            Treasury.entry(payment.reference, 64_300, .credit, on: "2026-09-14", bank: "B2", returned: "AC04")
        ])
        #expect(try await lines().suffix(2) == [paid, "2026-09-14 returned 643.00 from 祁文斌 …\(card.suffix(4))"])
    }

    @Test func `G14: with the person go the old and new values; the leaves stay, and the log is intact`() async throws {
        let office = try await Office.open()
        var made = Synthetic(seed: 31)
        let id = made.idNumber()
        let person = try await office.door.perform(
            RegisterPerson(name: "祁文斌", idNumber: id, organisation: "XN"), as: office.worker)
        _ = try await office.door.perform(
            CorrectPerson(person: person.number, name: "祁文彬", reason: "登记错字"), as: office.worker)
        func name() async throws -> ChangeView? {
            try await changes(office, "person.correct", of: person.number).first { $0.field == "name" }
        }
        let told = try #require(try await name())
        #expect(told.old == .string("祁文斌") && told.new == .string("祁文彬") && told.isPersonal && !told.isHidden)
        let before = try await leaf(office, "person.correct", of: person.number)
        _ = try await office.door.perform(
            ErasePerson(person: person.number, reason: "申请删除"), as: office.admin)
        let gone = try #require(try await name())
        #expect(gone.old == nil && gone.new == nil && gone.isHidden)
        #expect(try await leaf(office, "person.correct", of: person.number) == before)
        let erasure = try await leaf(office, "person.erase", of: person.number)
        #expect(erasure.changes?.first { $0.table == "relief.person" }?.fields["name"] == RowChange.Field())
        #expect(try await verify(office).isEmpty)
        // Nobody guesses it with the root key either: the salt is gone.
        let event = before.event
        let sealed: [UInt8] = try await Database.current.pool.withConnection {
            try await $0.value("SELECT sealed FROM audit.kept_change WHERE event = \(event)")
        }
        #expect(throws: VaultError.self) { try office.vault.logKey(salt: nil).open(sealed, event: event) }
    }

    @Test func `a commitment opens with its value alone`() async throws {
        let office = try await Office.open()
        var made = Synthetic(seed: 32)
        let person = try await office.door.perform(
            RegisterPerson(name: "祁文斌", idNumber: made.idNumber(), organisation: "XN"), as: office.worker)
        let leaf = try await leaf(office, "person.register", of: person.number)
        let change = try #require(leaf.changes?.first { $0.table == "relief.person" })
        let who = try #require(change.person)
        let salt: UUID = try await Database.current.pool.withConnection {
            try await $0.value("SELECT salt FROM relief.person_key WHERE person = \(who)")
        }
        func commitment(_ name: String, salt: UUID?) throws -> String {
            try office.vault.logKey(salt: salt).commitment(
                to: .string(name), .new, of: "name", in: "relief.person \(change.row)", event: leaf.event)
        }
        #expect(try commitment("祁文斌", salt: salt) == change.fields["name"]?.newMAC)
        #expect(try commitment("祁文彬", salt: salt) != change.fields["name"]?.newMAC)
        #expect(try commitment("祁文斌", salt: UUID()) != change.fields["name"]?.newMAC)
    }

    enum Tampering: String, CaseIterable, CustomTestStringConvertible {
        case values = "UPDATE audit.kept_change SET sealed = sealed || '\\x00'"
        case gone = "DELETE FROM audit.kept_change"
        case key = "DELETE FROM relief.person_key"
        case salt = "UPDATE relief.person_key SET salt = gen_random_uuid()"
        case unions = "UPDATE audit.event SET unions = '{HD}' WHERE command = 'person.register'"
        var testDescription: String { rawValue }
    }

    @Test(.database(isChecked: false), arguments: Tampering.allCases)
    func `what is kept beside the log is held against it`(_ tampering: Tampering) async throws {
        let office = try await Office.open()
        var made = Synthetic(seed: 33)
        _ = try await office.door.perform(
            RegisterPerson(name: "祁文斌", idNumber: made.idNumber(), organisation: "XN"), as: office.worker)
        #expect(try await verify(office).isEmpty)
        try await superuser(tampering.rawValue)
        let found = try await verify(office)
        #expect(!found.isEmpty)
        #expect(found.allSatisfy { $0.what == (tampering == .unions ? "event" : "kept values") }, "\(found)")
    }

    @Test func `a leaf of version 1 is read for ever, one of a later version isn't guessed at`() throws {
        let golden = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/leaf-1.json")
        let bytes = Array(try Data(contentsOf: golden).dropLast())
        let leaf = try Leaf(decoding: bytes)
        #expect(leaf.v == 1 && leaf.seq == 41 && leaf.command == "case.decide" && leaf.subjects == ["XN-C2026-0001"])
        #expect(
            leaf.rows.count == 3 && leaf.facts["outcome"] == "pass" && leaf.changes == nil && leaf.credential == nil)
        #expect(try leaf.encoded() == bytes)
        let later = String(decoding: bytes, as: UTF8.self).replacing("\"v\":1", with: "\"v\":3")
        #expect(throws: Leaf.UnknownVersion.self) { try Leaf(decoding: Array(later.utf8)) }
    }

    @Test func `a leaf has room for a thousand rows: as their count`() async throws {
        let office = try await Office.open()
        var made = Synthetic(seed: 34)
        let rows = (1...400).map { "\($0),马秀英,\(made.idNumber()),,户主\n" }
        let report = try await office.door.perform(
            ImportHouseholds(organisation: "XN", csv: "户号,姓名,身份证号,手机,关系\n" + rows.joined(), mode: .all),
            as: office.worker)
        #expect(report.problems.isEmpty)
        let leaf = try await leaf(office, "household.import")
        #expect(try leaf.encoded().count <= Leaf.mostBytes)
        #expect(leaf.rows.tables?["relief.person"] == 400 && leaf.rows.count >= 1_200)
        let told = Int64(leaf.changes?.count ?? 0)
        #expect((leaf.unlisted ?? 0) + told >= leaf.rows.count, "told \(told), unlisted \(leaf.unlisted ?? 0)")
    }

    @Test func `a leaf fits an entry of a bundle, whatever is said in it`() throws {
        let vault = try Vault(rootKey: Array(repeating: 7, count: 32))
        let notes = AuditNotes()
        for place in 0..<400 { notes.add(subject: "\(place)" + String(repeating: "X", count: 60)) }
        notes.add(fact: "reason", .string(String(repeating: "户", count: 2_600)))
        let field = RowChange.Field(old: .string(String(repeating: "旧", count: 300)), new: .string("新"))
        let changes = (0..<500).map { place in
            RowChange(table: "relief.run", row: "\(place)", op: .update, person: nil, fields: ["state": field])
        }
        func leaf() throws -> Leaf {
            try Leaf(
                Call(attempt: "case.decide", principal: .system, vault: vault), seq: .max,
                at: Date(timeIntervalSince1970: 0), rows: .init(count: 500, sha256: "", tables: [:]),
                notes: notes.snapshot, changes: changes, unlisted: 7, unions: Array(repeating: "XN", count: 32),
                refused: Phrase(asGiven: String(repeating: "否", count: 5_000)))
        }
        let first = try leaf()
        #expect(try first.encoded().count <= Leaf.mostBytes)
        let told = Int64(first.changes?.count ?? 0)
        #expect(told > 10 && told + (first.unlisted ?? 0) == 507)
        // Facts without end stand as their digest.
        notes.add(fact: "list", .array(Array(repeating: "某某", count: 10_000)))
        #expect(try leaf().facts.keys.elementsEqual(["sha256"]) && leaf().encoded().count <= Leaf.mostBytes)
    }

    @Test func `what the program says may stand open in a leaf is a column, and every other is committed to`()
        async throws
    {
        let columns: [String: Set<String>] = try await Database.current.pool.withConnection { connection in
            let rows = try await connection.query(
                """
                SELECT table_schema || '.' || table_name AS tbl, column_name AS name FROM information_schema.columns
                WHERE table_schema IN ('relief', 'ledger')
                """)
            return try rows.reduce(into: [:]) { $0[try $1["tbl"], default: []].insert(try $1["name"] as String) }
        }
        for (name, table) in WatchedTables.all {
            let present = try #require(columns[name], "\(name)")
            #expect(table.open.union(table.silent).union(table.named).subtracting(present).isEmpty, "\(name)")
            if let owner = table.owner { #expect(present.contains(owner.column), "\(name)") }
        }
        // What tells of a person, by name, in whatever table: never open, never dropped.
        let personal: Set<String> = [
            "name", "phone_masked", "id_masked", "facts", "address", "findings", "holder", "account_masked", "reason",
            "relation", "content", "note", "finding", "public_name",
        ]
        let public_: Set<String> = [
            "relief.organisation", "relief.figure", "relief.parameter", "relief.fund", "relief.calendar_day",
            "relief.bank_file",
        ]
        for (name, table) in WatchedTables.all where !public_.contains(name) {
            #expect(table.open.isDisjoint(with: personal), "\(name)")
        }
    }

    /// Every test with a database asks each leaf whether it tells what its command did (`DatabaseTrait`); so each command
    /// needs a test that carries it out.
    @Test func `each command and disclosure is carried out in some test, whose leaf is then asked`() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let text = try files.filter { $0.pathExtension == "swift" }.map { try String(contentsOf: $0, encoding: .utf8) }
            .joined()
        let leaving = Handler.all.map(\.operation).filter { $0 is any Command.Type || $0 is any Disclosure.Type }
        #expect(leaving.count > 75)
        for operation in leaving {
            #expect(text.contains("\(operation)("), "no test carries out \(operation)")
        }
    }

    /// What the city's auditor is answered, but for what was asked.
    private func words(_ office: Office, _ query: ShowAuditLog, _ asked: String) async throws -> String {
        let refusal = await #expect(throws: Refusal.self) { try await office.door.answer(query, as: office.auditor) }
        return refusal?.message.replacing(asked, with: "#") ?? ""
    }

    @Test func `what stands in no watched table is told, too: a programme's end, a clock that is moved`() async throws {
        let desk = try await Desk.open()
        _ = try await desk.door.perform(
            RetireProgramme(programme: "P04", version: 1), as: desk.office.programmes)
        let retired = try await leaf(desk.office, "programme.retire").changes?.first?.fields["state"]
        #expect(retired == RowChange.Field(old: "released", new: "retired"))
        let office = desk.office
        let door = Door(
            pool: Database.current.appPool, clock: MovableClock(clock: office.clock), vault: office.vault,
            evidence: EvidenceStore(directory: office.folder, vault: office.vault), auditLog: office.auditLog, laws: [:]
        )
        let before = office.clock.now()
        _ = try await door.perform(AdvanceClock(days: 1), as: office.admin)
        #expect(office.clock.now() == before.addingTimeInterval(86_400))
        let moved = try await leaf(office, "clock.advance").changes?.first?.fields["at"]
        #expect(
            moved?.old == .string(Timestamp.text(before)) && moved?.new == .string(Timestamp.text(office.clock.now())))
    }

    @Test func `G16: an auditor reads the entries of the own unions, of others the digest`() async throws {
        let office = try await Office.open()
        var made = Synthetic(seed: 35)
        let here = try await office.door.perform(
            RegisterPerson(name: made.name(), idNumber: made.idNumber(), organisation: "XN"), as: office.worker)
        let there = try await office.door.perform(
            RegisterPerson(name: made.name(), idNumber: made.idNumber(), organisation: "HD"), as: office.otherWorker)
        try await Sealer(pool: Database.current.appPool, log: office.auditLog, clock: office.clock).seal()
        let (door, auditor) = (office.door, office.auditor)
        let own = try await door.answer(ShowAuditLog(), as: auditor).items
        #expect(own.contains { $0.subjects == [here.number] } && !own.contains { $0.subjects == [there.number] })
        #expect(own.allSatisfy { $0.command != nil })
        let all = try await door.answer(ShowAuditLog(subject: there.number), as: office.admin).items
        let index = try #require(all.first?.index)
        let entry = try await door.answer(ShowAuditEntry(index: index), as: auditor)
        #expect(entry.leaf == nil && entry.actor == nil && entry.actorName == nil && entry.command == nil)
        #expect(entry.subjects.isEmpty && entry.changes.isEmpty && entry.digest == all.first?.digest)
        let proof = try await door.answer(ProveAudit(index: index), as: auditor)
        #expect(proof.leaf == nil && proof.rows.isEmpty && proof.digest == all.first?.digest)
        // About another's person, case or user the log says what it says of nobody's.
        #expect(
            try await words(office, ShowAuditLog(subject: there.number), there.number)
                == words(office, ShowAuditLog(subject: "HD-P999999"), "HD-P999999"))
        #expect(
            try await words(office, ShowAuditLog(actor: "worker.hd"), "worker.hd")
                == words(office, ShowAuditLog(actor: "worker.zz"), "worker.zz"))
        let unproved = await #expect(throws: Refusal.self) {
            try await door.answer(ProveAudit(subject: there.number), as: auditor)
        }
        #expect(unproved?.code == .notFound)
    }

    @Test func `the leaf says with which token or account it was done`() async throws {
        let office = try await Office.open()
        let issued = try await office.door.perform(IssueToken(user: "worker"), as: office.admin)
        let worker = try await office.door.authenticate(.token(issued.token))
        var made = Synthetic(seed: 36)
        let person = try await office.door.perform(
            RegisterPerson(name: made.name(), idNumber: made.idNumber(), organisation: "XN"), as: worker)
        let id: UUID = try await Database.current.pool.withConnection {
            try await $0.value("SELECT id FROM relief.token")
        }
        #expect(
            try await leaf(office, "person.register", of: person.number).credential
                == "token \(id.uuidString.lowercased())")
        #expect(try await leaf(office, "token.issue", of: "worker").credential == "peer 4000")
        #expect(try await leaf(office, "user.grant").credential == "peer 4000")
    }
}

/// A demonstration's clock, moved by command.
private struct MovableClock: DemonstrationClock {
    let clock: ManualClock
    func now() -> Date { clock.now() }
    func advance(to instant: Date) { clock.set(instant) }
}
