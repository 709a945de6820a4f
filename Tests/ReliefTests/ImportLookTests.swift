import Contract
import Foundation
import Postgres
@testable import Relief
import Support
import Testing
import WorkingDays

/// K3: an import says what becomes of each row, before it is done and after, and drops nothing without a word.
@Suite(.database)
struct ImportLookTests {
    private static let header = "户号,姓名,身份证号,手机,关系,用人单位,户名,开户行,联行号,账号\n"

    private func bring(
        _ office: Office, _ lines: [String], _ mode: ImportMode = .all, look: Bool = false
    ) async throws -> ImportReport {
        try await office.door.perform(
            ImportHouseholds(
                organisation: "XN", csv: Self.header + lines.map { $0 + "\n" }.joined(), mode: mode), as: office.worker,
            dryRun: look)
    }

    private func head(of number: String, _ office: Office) async throws -> PersonView {
        let home = try await office.door.answer(ShowHousehold(household: number), as: office.worker)
        return try await office.door.answer(ShowPerson(person: try #require(home.head)), as: office.worker)
    }

    @Test func `to look gives the report of taking in, and changes nothing`() async throws {
        let office = try await Office.open()
        var made = Synthetic(seed: 21)
        let lines = [
            "k1,马秀英,\(made.idNumber()),\(made.phone()),户主,,马秀英,某银行,,\(made.card())",
            "k1,马小花,\(made.idNumber()),,子女,,,,,", "k2,韩国强,\(made.idNumber()),,户主,,林工,某银行,,\(made.card())",
            "k3,冶玉兰,110105194912310021,,户主,,,,,",
        ]
        let look = try await bring(office, lines, .valid, look: true)
        #expect(look.fates == [.new, .new, .doubted, .refused])
        #expect(look.accepted == 3 && look.refused == 1 && look.created.count == 2)
        #expect(try await office.door.answer(ListPersons(), as: office.worker).items.isEmpty)
        let done = try await bring(office, lines, .valid)
        #expect(try JSON.encode(done) == JSON.encode(look))
        #expect(done.outcomes.map(\.number) == ["XN-H000001", "XN-H000001", "XN-H000002", nil])
        let again = try await bring(office, lines, .valid)
        #expect(again.fates == [.same, .same, .same, .refused] && again.accepted == 0 && again.created.isEmpty)
    }

    @Test func `a card that a spreadsheet cut waits for another person, who is shown why, also days later`()
        async throws
    {
        let office = try await Office.open()
        var made = Synthetic(seed: 22)
        let report = try await bring(
            office, ["k1,马秀英,\(made.idNumber()),,户主,,马秀英,某银行,,6225880000000980000"])
        #expect(report.fates == [.doubted] && report.accepted == 1)
        #expect(report.problems.map(\.problem).contains(AccountDoubt.rounded.phrase))
        #expect(report.problems.allSatisfy { $0.column == "账号" && $0.value == "***************0000" })
        let account = try #require(try await head(of: "XN-H000001", office).accounts.first)
        #expect(account.state == .pending && account.warnings.contains(AccountDoubt.rounded.phrase))
        office.clock.advance(bySeconds: 9 * 86_400)
        let waiting = try await office.door.answer(ListAccounts(state: .pending), as: office.reviewer).items
        #expect(waiting.map(\.id) == [account.id] && waiting[0].warnings == account.warnings)
        let desk = Desk(office: office)
        let blind = try await desk.refusal {
            try await office.approve(account.id)
        }
        #expect(blind.field == "despite" && blind.particulars == account.warnings)
        let named = try await desk.refusal {
            try await office.approve(account.id, despite: "马 秀英来电")
        }
        #expect(named.field == "despite" && named.message.contains("leave out names"))
        let approved = try await office.approve(account.id, despite: "与银行卡核对一致")
        #expect(approved.state == .active)
    }

    @Test func `the law: nothing doubtful is active without an approval that says why`() async throws {
        let desk = try await Desk.open()
        let person = try await desk.person(1)
        func insert(_ status: String, in transaction: Transaction) async throws {
            try await transaction.execute(
                """
                INSERT INTO relief.payee_account (id, person, holder, bank, kind, account, account_index, account_masked,
                    status, usable_from, registered_by, registered_at, doubts, org_path)
                SELECT gen_random_uuid(), p.id, p.name, '某银行', 'card', 'x', '\\x0102', '***', \(status),
                       \(desk.office.clock.now().addingTimeInterval(60)), u.id, \(desk.office.clock.now()), '{rounded}',
                       p.org_path
                FROM relief.person p, relief.app_user u WHERE p.number = \(person.number) AND u.login = 'worker'
                """)
        }
        #expect(await desk.law { try await insert("active", in: $0) } == "RR010")
        let law = await desk.law {
            try await insert("pending", in: $0)
            try await $0.execute(
                """
                UPDATE relief.payee_account SET status = 'active', approved_at = \(desk.office.clock.now()),
                  approved_by = (SELECT id FROM relief.app_user WHERE login = 'reviewer')
                """)
        }
        #expect(law == "doubts_answered")
        let forgotten = await desk.law {
            try await insert("pending", in: $0)
            try await $0.execute("UPDATE relief.payee_account SET doubts = '{}'")
        }
        #expect(forgotten == "RA002")
    }

    @Test func `what the register has otherwise stays, and the report says what, and how to take it`() async throws {
        let office = try await Office.open()
        var made = Synthetic(seed: 23)
        let uscc = made.uscc()
        _ = try await office.door.perform(
            RegisterEmployer(uscc: uscc, name: "毛纺厂", kind: .private, union: "CD_01"), as: office.worker)
        let (head, child, card) = (made.idNumber(), made.idNumber(), made.card())
        _ = try await bring(
            office, ["k1,马秀英,\(head),13897101234,户主,,马秀英,某银行,,\(card)", "k1,马小花,\(child),,子女,,,,,"])
        let lines = [
            "7,马秀瑛,\(head),13997109999,户主,\(uscc),马秀英,某银行,,\(made.card())",
            "7,马小花,\(child),,配偶,,马小花,某银行,,\(made.card())", "7,马新生,\(made.idNumber()),,子女,,,,,",
        ]
        let report = try await bring(office, lines)
        // The child had no account: hers is taken in.
        #expect(report.fates == [.differs, .differs, .differs] && report.refused == 0 && report.created.isEmpty)
        #expect(report.accepted == 1)
        let said = Set(report.problems.map { "\($0.line) \($0.column)" })
        #expect(said == ["2 姓名", "2 手机", "2 用人单位", "2 账号", "3 关系", "4 户号"])
        let name = try #require(report.problems.first { $0.column == "姓名" })
        #expect(name.problem.en.contains("马秀英") && name.advice.en.contains("relief person correct"))
        #expect(!report.problems.contains { $0.problem.en.contains("13897101234") || $0.problem.en.contains(card) })
        #expect(report.outcomes.allSatisfy { $0.number == "XN-H000001" })
        let people = try await office.door.answer(ListPersons(), as: office.worker).items
        #expect(people.map(\.name) == ["马秀英", "马小花"] && people.map(\.accounts.count) == [1, 1])
        // The same again in another spelling is no difference.
        let same = try await bring(
            office, ["a,马　秀英,\(head),138 9710 1234,户主,,马 秀英,某银行,,\(card)"])
        #expect(same.fates == [.same] && same.problems.isEmpty)
    }

    @Test func `somebody of another household refuses the new one, and names it`() async throws {
        let office = try await Office.open()
        var made = Synthetic(seed: 24)
        let child = made.idNumber()
        _ = try await bring(office, ["k1,马秀英,\(made.idNumber()),,户主,,,,,", "k1,马小花,\(child),,子女,,,,,"])
        let report = try await bring(
            office, ["k2,韩国强,\(made.idNumber()),,户主,,,,,", "k2,马小花,\(child),,子女,,,,,"], .valid)
        #expect(report.fates == [.refused, .refused] && report.created.isEmpty)
        #expect(report.problems.map(\.line) == [2, 3] && report.problems[1].problem.en.contains("XN-H000001"))
    }

    @Test func `a file that was cut is taken nowhere beyond what is whole`() async throws {
        let office = try await Office.open()
        var made = Synthetic(seed: 25)
        let (first, second) = (made.idNumber(), made.idNumber())
        let whole = "k1,马秀英,\(first),,户主,,马秀英,某银行,,\(made.card())\n"
        // Cut within the last value: fewer digits than a card's.
        let within = Self.header + whole + "k2,韩国强,\(second),,户主,,韩国强,某银行,,62258800000"
        let report = try await office.door.perform(
            ImportHouseholds(organisation: "XN", csv: within, mode: .all), as: office.worker)
        #expect(report.fates == [.new, .doubted] && report.notes.contains { $0.en.contains("no line end") })
        #expect(report.problems.map(\.problem) == [AccountDoubt.cut.phrase])
        #expect(try await head(of: "XN-H000002", office).accounts.map(\.state) == [.pending])
        // Cut between values.
        let between = Self.header + "k3,冶玉兰,\(made.idNumber()),,户主"
        let refused = try await office.door.perform(
            ImportHouseholds(organisation: "XN", csv: between, mode: .valid), as: office.worker)
        #expect(refused.fates == [.refused] && refused.problems[0].problem.en == "The row has 5 of 10 values.")
        #expect(refused.created.isEmpty)
    }

    @Test func `a title above the columns is no column`() async throws {
        let office = try await Office.open()
        var made = Synthetic(seed: 26)
        let file = "西宁市总工会困难职工花名册,,,,,,,,,\n" + Self.header + "1,马秀英,\(made.idNumber()),,户主,,,,,\n"
        let report = try await office.door.perform(
            ImportHouseholds(organisation: "XN", csv: file, mode: .all), as: office.worker)
        #expect(report.fates == [.new] && report.outcomes[0].line == 3)
        #expect(report.notes.count == 1 && report.notes[0].zh.contains("花名册"))
    }

    @Test func `ten thousand rows are looked through`() async throws {
        let office = try await Office.open()
        let lines = (0..<RowImport.mostRows).map { "k\($0),马秀英,\($0),,户主,,,,," }
        #expect(try await bring(office, lines, .valid).refused == RowImport.mostRows)
        let desk = Desk(office: office)
        let more = try await desk.refusal { try await bring(office, lines + ["x,马,1,,户主,,,,,"], .valid) }
        #expect(more.code == .tooLarge)
    }

    @Test func `dues: the same amount again is the same, another is refused with the one that stands`() async throws {
        let desk = try await Desk.open()
        var made = Synthetic(seed: 27)
        let uscc = made.uscc()
        _ = try await desk.door.perform(
            RegisterEmployer(uscc: uscc, name: "毛纺厂", kind: .private, union: "CD_01"), as: desk.office.worker)
        func bring(_ lines: String...) async throws -> ImportReport {
            try await desk.door.perform(
                ImportRemittances(
                    organisation: "XN", csv: "USCC,期间,金额\n" + lines.joined(separator: "\n") + "\n", mode: .valid),
                as: desk.office.finance)
        }
        let report = try await bring(
            "\(uscc),2026Q1,1409.50", "\(uscc),2026q1,\"1,409.50\"", "\(uscc),2026Q1,1409.51", "\(uscc),2026Q+2,1")
        #expect(report.fates == [.new, .same, .refused, .refused] && report.accepted == 1)
        #expect(report.problems[0].problem.en.contains("1,409.50") && report.problems[1].column == "期间")
    }
}
