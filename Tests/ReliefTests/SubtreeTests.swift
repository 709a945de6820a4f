import Contract
import Foundation
import Postgres
@testable import Relief
import Support
import Testing
import WorkingDays

/// G16: who belongs to one subtree neither sees another nor learns of it.
@Suite(.database)
struct SubtreeTests {
    private struct Town {
        let person: PersonView
        let household: HouseholdView
        let account: PayeeAccountView
        let idNumber: String
    }

    /// A person of the city XN with everything around.
    private func fill(_ office: Office, _ union: String = "XN") async throws -> Town {
        var made = Synthetic(seed: 16)
        let (door, worker) = (office.door, office.worker)
        let id = made.idNumber()
        _ = try await door.perform(
            RegisterEmployer(uscc: "91110000101623741K", name: "毛纺厂", kind: .private, union: union), as: worker)
        let person = try await door.perform(
            RegisterPerson(
                name: "马秀英", idNumber: id, phone: made.phone(), organisation: union, employer: "91110000101623741K"),
            as: worker)
        let household = try await door.perform(
            OpenHousehold(organisation: union, head: person.number, members: []), as: worker)
        let account = try await door.perform(
            RegisterAccount(owner: person.number, holder: "马秀英", bank: "某银行", number: made.card(), kind: .card),
            as: worker)
        return Town(person: person, household: household, account: account, idNumber: id)
    }

    /// The refusal of a hidden thing and that of a thing that isn't are the same but for the number asked.
    private func expectHidden<Reply>(
        _ hidden: String, _ none: String, _ ask: (String) async throws -> Reply
    ) async throws {
        var words: [String] = []
        for number in [hidden, none] {
            do {
                _ = try await ask(number)
                Issue.record("\(number) was answered")
            } catch let refusal as Refusal {
                #expect(refusal.code == .notFound)
                words.append(
                    "\(refusal.message.replacing(number, with: "#"))|\(refusal.field ?? "")|\(refusal.details ?? [])")
            }
        }
        #expect(Set(words).count == 1, "\(words)")
    }

    @Test func `G16: sheets, kin, keys and the bank's lines are hidden from another subtree by the database`()
        async throws
    {
        let desk = try await Desk.open()
        _ = try await desk.submitted(try await desk.archivedHome(1).child)
        let (one, other) = (try await desk.person(7), try await desk.person(8))
        _ = try await desk.door.perform(
            DeclareKin(person: one.number, relative: other.number, relation: "sibling"), as: desk.office.worker)
        _ = try await desk.bypass { transaction in
            try await transaction.execute(
                """
                WITH message AS (
                  INSERT INTO relief.bank_message (id, file_name, sha256, scope, kind, message_id, lines, imported_at)
                  VALUES (gen_random_uuid(), 'x', repeat('0', 64), '{CN}', 'advice', 'x', 1, \(desk.office.clock.now()))
                  RETURNING id)
                INSERT INTO relief.bank_line (id, message, ordinal, saying, class)
                SELECT gen_random_uuid(), id, 1, 'booked', 'unmatched' FROM message
                """)
        }
        for table in ["sheet", "kinship", "bank_line", "command_key"] {
            for (scope, sees) in [("{CN.QH.HD}", false), ("{}", false), ("{\"\"}", true)] {
                let seen = try await Database.current.appPool.transaction { transaction in
                    try await transaction.execute(
                        "SELECT set_config('relief.scope', \(scope), true), set_config('relief.actor', 'x', true)")
                    return try await transaction.exists("SELECT FROM relief.\(unescaped: table)")
                }
                #expect(seen == sees, "\(table) from \(scope)")
            }
        }
    }

    @Test(arguments: ["worker.hd", "worker.cd"])
    func `G16: what is of the city is not there for the other city and for the county below`(login: String) async throws
    {
        let office = try await Office.open()
        let town = try await fill(office)
        let (door, asker) = (office.door, office[login])
        try await expectHidden(town.person.number, "XN-P000099") {
            try await door.answer(ShowPerson(person: $0), as: asker)
        }
        try await expectHidden(town.household.number, "XN-H000099") {
            try await door.answer(ShowHousehold(household: $0), as: asker)
        }
        try await expectHidden(town.person.number, "XN-P000099") {
            try await door.perform(RevealPerson(person: $0, field: .idNumber, reason: "x"), as: asker)
        }
        try await expectHidden(town.person.number, "XN-P000099") {
            try await door.perform(CorrectPerson(person: $0, name: "x", reason: "x"), as: asker)
        }
        try await expectHidden(town.person.number, "XN-P000099") {
            try await door.perform(
                RegisterAccount(owner: $0, holder: "x", bank: "x", number: "123456", kind: .passbook), as: asker)
        }
        try await expectHidden(town.account.id.uuidString, UUID().uuidString) {
            try await door.perform(RevealAccount(account: UUID(uuidString: $0) ?? UUID(), reason: "x"), as: asker)
        }
        var other = Synthetic(seed: 99)
        try await expectHidden(town.idNumber, other.idNumber()) {
            try await door.answer(FindPerson(idNumber: $0), as: asker)
        }
        try await expectHidden("QH", "NONE") { try await door.answer(ShowOrganisation(organisation: $0), as: asker) }
        try await expectHidden("XN", "NONE") { try await door.answer(ListPersons(organisation: $0), as: asker) }
        try await expectHidden("XN", "NONE") {
            try await door.perform(ImportHouseholds(organisation: $0, csv: "", mode: .all), as: asker)
        }
        try await expectHidden("XN", "NONE") {
            try await door.perform(OpenHousehold(organisation: $0, head: "x", members: []), as: asker)
        }
    }

    @Test(arguments: ["worker.hd", "worker.cd"])
    func `G16: lists and counts hold one's own alone`(login: String) async throws {
        let office = try await Office.open()
        _ = try await fill(office)
        let (door, asker) = (office.door, office[login])
        #expect(try await door.answer(ListPersons(), as: asker).items.isEmpty)
        #expect(try await door.answer(ListPersons(name: "马"), as: asker).items.isEmpty)
        #expect(try await door.answer(ListHouseholds(), as: asker).items.isEmpty)
        #expect(try await door.answer(ListEmployers(), as: asker).items.isEmpty)
        let unions = try await door.answer(ListOrganisations(), as: asker).items.map(\.code)
        #expect(unions == (login == "worker.hd" ? ["HD"] : ["CD", "CD_01"]))
        let users = try await door.answer(ListUsers(), as: asker).items
        #expect(users.allSatisfy { $0.login == login || $0.login.hasSuffix(login.suffix(3)) }, "\(users)")
        #expect(try await door.answer(ListPersons(), as: office.worker).items.count == 1)
        #expect(try await door.answer(ListPersons(organisation: "QH"), as: office.admin).items.count == 1)
        #expect(try await door.answer(ListPersons(), as: office.countyWorker).items.count == 0)
    }

    @Test func `G16: registering somebody known elsewhere goes as if they weren't`() async throws {
        let office = try await Office.open()
        let town = try await fill(office)
        let again = try await office.door.perform(
            RegisterPerson(name: "马秀英", idNumber: town.idNumber, organisation: "HD"), as: office.otherWorker)
        #expect(again.warnings.isEmpty)
        #expect(again.number == "HD-P000001")
        let csv = "户号,姓名,身份证号,关系\n1,马秀英,\(town.idNumber),户主\n"
        let report = try await office.door.perform(
            ImportHouseholds(organisation: "HD", csv: csv, mode: .all), as: office.otherWorker)
        #expect(report.problems.isEmpty)
        #expect(report.created == ["HD-H000001"])
        // Who may see both is told.
        let found = try await office.door.answer(
            FindPerson(idNumber: town.idNumber), as: office.worker)
        #expect(found.warnings.isEmpty)
    }

    @Test func `G16: an account used by two people is said without saying by whom`() async throws {
        let office = try await Office.open()
        let town = try await fill(office)
        var made = Synthetic(seed: 16)
        _ = (made.idNumber(), made.phone())
        let card = made.card()
        let person = try await office.door.perform(
            RegisterPerson(name: "韩国强", idNumber: made.idNumber(), organisation: "HD"), as: office.otherWorker)
        let account = try await office.door.perform(
            RegisterAccount(owner: person.number, holder: "韩国强", bank: "某银行", number: card, kind: .card),
            as: office.otherWorker)
        #expect(account.state == .pending && account.warnings == [AccountDoubt.sharedElsewhere.phrase])
        #expect(account.number == town.account.number)
    }

    @Test func `G16: a session that names no subtree sees no row`() async throws {
        let office = try await Office.open()
        _ = try await fill(office)
        for pool in [Database.current.appPool, Database.current.pool] {
            for table in ["person", "household", "household_member", "membership", "payee_account", "employer"] {
                let count: Int64 = try await pool.withConnection {
                    try await $0.value("SELECT count(*) FROM relief.\(unescaped: table)")
                }
                #expect(count == 0, "\(table)")
            }
        }
    }

    @Test func `G16: the database itself refuses a row outside the subtree`() async throws {
        let office = try await Office.open()
        let town = try await fill(office)
        let error = try await #require(throws: PostgresError.self) {
            try await Database.current.appPool.transaction { transaction in
                try await transaction.execute(
                    """
                    SELECT set_config('relief.scope', '{CN.QH.HD}', true), set_config('relief.event', \(UUID().uuidString), true)
                    """)
                try await transaction.execute(
                    """
                    INSERT INTO relief.employer (id, uscc, name, kind, org_id, org_path, created_at)
                    SELECT \(UUID()), 'X', 'X', 'other', o.id, o.path, o.created_at FROM relief.organisation o WHERE o.code = 'XN'
                    """)
            }
        }
        #expect(error.sqlState == "42501", "\(error) \(town.person.number)")
    }
}
