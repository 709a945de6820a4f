import Contract
import Foundation
import Postgres
@testable import Relief
import Support
import Testing
import WorkingDays

/// F02: whose account is usable at once, and whose waits for another person.
@Suite(.database)
struct AccountTests {
    private func register(
        _ owner: PersonView, _ number: String, holder: String? = nil, in office: Office, by worker: Principal? = nil
    ) async throws -> PayeeAccountView {
        try await office.door.perform(
            RegisterAccount(
                owner: owner.number, holder: holder ?? owner.name, bank: "某银行", number: number, kind: .passbook),
            as: worker ?? office.worker)
    }

    /// Registers an active account past the program.
    private func insert(
        _ person: PersonView, holder: String? = nil, number: String, _ desk: Desk, in transaction: Transaction
    ) async throws {
        try await transaction.execute(
            """
            INSERT INTO relief.payee_account (id, person, holder, bank, kind, account, account_index, account_masked,
                status, usable_from, registered_by, registered_at, org_path)
            SELECT gen_random_uuid(), p.id, coalesce(\(holder)::text, p.name), '某银行', 'passbook', 'x',
                   \(desk.office.vault.blindIndex(number, .account)), '***', 'active', \(desk.office.clock.now()), u.id,
                   \(desk.office.clock.now()), p.org_path
            FROM relief.person p, relief.app_user u WHERE p.number = \(person.number) AND u.login = 'worker'
            """)
    }

    /// Expects that the law for accounts refuses, in the words given.
    private func expectLaw(
        _ words: String, _ location: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
    )
        async
    {
        let refused = await #expect(throws: PostgresError.self, sourceLocation: location) { try await body() }
        #expect(refused?.sqlState == "RR010", sourceLocation: location)
        #expect(refused?.message.contains(words) == true, "\(refused as Any)", sourceLocation: location)
    }

    @Test func `F02: an account in another name is active by another person alone, past the program too`() async throws
    {
        let desk = try await Desk.open()
        let person = try await desk.person(1)
        await expectLaw("is in another name") {
            try await desk.bypass { try await insert(person, holder: "林工", number: "111111", desk, in: $0) }
        }
        try await desk.bypass { try await insert(person, number: "111111", desk, in: $0) }
    }

    /// The head has an account, the child has none, and the child's award is to be paid.
    private func awarded() async throws -> (desk: Desk, home: Desk.Home, file: String) {
        let desk = try await Desk.open()
        let home = try await desk.archivedHome(1)
        _ = try await register(home.head, "100000000001", in: desk.office)
        return (desk, home, try await desk.awarded(home.child))
    }

    @Test func `F02: a first account that awarded money would go to waits for another person, who is told so`()
        async throws
    {
        let (desk, home, file) = try await awarded()
        let office = desk.office
        await expectLaw("awarded money") {
            try await desk.bypass { try await insert(home.child, number: "100000000002", desk, in: $0) }
        }
        let account = try await register(home.child, "100000000002", in: office)
        #expect(account.state == .pending && account.warnings == [AccountDoubt.awarded.phrase])
        desk.go(to: "2026-09-10")
        _ = try await desk.door.perform(
            PrepareRun(fund: "F1", upTo: office.today, executeOn: Desk.day("2026-09-14")), as: office.finance)
        let payment = try #require(
            try await desk.door.answer(ListPayments(case: file), as: office.finance).items.first)
        #expect(payment.payee == home.head.name)
        // What was stopped attracts nothing.
        _ = try await desk.door.perform(StopAward(case: file, reason: "重复"), as: office.worker)
        #expect(
            try await !desk.bypass {
                try await $0.value(
                    "SELECT relief.draws_awarded_money(id) FROM relief.person WHERE number = \(home.child.number)")
                    as Bool
            })
    }

    @Test func `F02: the same in a roster`() async throws {
        let (desk, home, _) = try await awarded()
        _ = try await desk.door.perform(
            LeaveHousehold(
                household: home.number, person: home.child.number, on: desk.office.today.adding(days: 1), reason: "分户"),
            as: desk.office.worker)
        desk.office.clock.advance(bySeconds: 2 * 86_400)
        let report = try await roster(
            [(home.child.name, Desk.student(1_001), home.child.name, "100000000003")], desk.office)
        #expect(report.accepted == 1 && report.problems.map(\.problem) == [AccountDoubt.awarded.phrase])
        #expect(try await accounts(of: home.child, desk.office).map(\.state) == [.pending])
    }

    @Test
    func `F02: a card that somebody in another union has waits, which doesn't tell where; the same person's doesn't`()
        async throws
    {
        let desk = try await Desk.open()
        let office = desk.office
        let elsewhere = try await desk.person(1, union: "HD", by: office.otherWorker)
        #expect(try await register(elsewhere, "111111", in: office, by: office.otherWorker).state == .active)
        let person = try await desk.person(2)
        await expectLaw("somebody else has too") {
            try await desk.bypass { try await insert(person, number: "111111", desk, in: $0) }
        }
        let account = try await register(person, "111111", in: office)
        #expect(account.state == .pending && account.warnings == [AccountDoubt.sharedElsewhere.phrase])
        let report = try await roster([("马秀英", Desk.student(3), "马秀英", "111111")], office)
        #expect(
            report.accepted == 1
                && report.problems.map(\.problem) == [AccountDoubt.shared.phrase, AccountDoubt.sharedElsewhere.phrase])
        // A number of its own.
        let other = try await desk.person(4, union: "HD", by: office.otherWorker)
        _ = try await register(other, "222222", in: office, by: office.otherWorker)
        #expect(try await register(try await desk.person(4), "222222", in: office).state == .active)
        let own = try await desk.person(5, union: "HD", by: office.otherWorker)
        _ = try await register(own, "333333", in: office, by: office.otherWorker)
        #expect(try await roster([(own.name, Desk.student(5), own.name, "333333")], office).problems.isEmpty)
    }

    @Test func `F02: of two owners who register one card at once, one waits for another person`() async throws {
        let desk = try await Desk.open()
        let office = desk.office
        var people: [PersonView] = []
        for seed in 1...6 { people.append(try await desk.person(UInt64(seed))) }
        let states = try await withThrowingTaskGroup(of: AccountState.self) { group in
            for person in people {
                group.addTask { try await register(person, "111111", in: office).state }
            }
            return try await group.reduce(into: [AccountState]()) { $0.append($1) }
        }
        #expect(states.filter { $0 == .active }.count == 1)
        // The database makes the second wait, whoever asks: here it gives up at once.
        let (first, second) = (try await desk.person(7), try await desk.person(8))
        try await desk.bypass { transaction in
            try await insert(first, number: "222222", desk, in: transaction)
            let law = await desk.law {
                try await $0.execute("SET LOCAL lock_timeout = '20ms'")
                try await insert(second, number: "222222", desk, in: $0)
            }
            #expect(law == "55P03")
        }
    }

    @Test func `F02: two rosters with the same cards at once are both taken, and no card is active twice`() async throws
    {
        let desk = try await Desk.open()
        let cards = (0..<40).map { "\(700_000 + $0)" }
        func rows(_ seed: UInt64, _ cards: [String]) -> [(String, String, String, String)] {
            cards.enumerated().map { ("马秀英", Desk.student(seed + UInt64($0)), "马秀英", $1) }
        }
        let (one, other) = (rows(100, cards), rows(200, cards.reversed()))
        async let first = roster(one, desk.office)
        async let second = roster(other, desk.office)
        let reports = try await [first, second]
        #expect(reports.map(\.accepted) == [40, 40])
        #expect(reports.flatMap(\.problems).count == 40)
        let twice: Int64 = try await desk.bypass {
            try await $0.value(
                """
                SELECT count(*) FROM (SELECT FROM relief.payee_account WHERE status = 'active'
                                      GROUP BY account_index HAVING count(*) > 1) AS twice
                """)
        }
        #expect(twice == 0)
    }

    /// U+F90A is canonically 金 (U+91D1): the same character to every reader, so the same person.
    @Test func `F02: a name that is the same to the eye is the same to the database, and kept in one spelling`()
        async throws
    {
        let desk = try await Desk.open()
        var made = Synthetic(seed: 9)
        let person = try await desk.door.perform(
            RegisterPerson(name: "金秀英", idNumber: made.idNumber(), organisation: "XN"), as: desk.office.worker)
        #expect("\u{F90A}秀英" == "金秀英")
        let account = try await register(person, "111111", holder: "\u{F90A}秀英", in: desk.office)
        #expect(account.state == .active && account.warnings.isEmpty)
        #expect(Array(account.holder.unicodeScalars)[0] == "\u{91D1}")
        let report = try await roster([("金秀英", made.idNumber(), "\u{F90A}秀英", "222222")], desk.office)
        #expect(report.accepted == 1 && report.problems.isEmpty)
    }

    /// One household each: name, identity number, name on the account, and its number.
    private func roster(_ heads: [(String, String, String, String)], _ office: Office) async throws -> ImportReport {
        let rows = heads.enumerated().map { place, head in
            "\(place + 1),\(head.0),\(head.1),,户主,\(head.2),某银行,\(head.3)"
        }
        return try await office.door.perform(
            ImportHouseholds(
                organisation: "XN", csv: "户号,姓名,身份证号,手机,关系,户名,开户行,账号\n" + rows.joined(separator: "\n"), mode: .all),
            as: office.worker)
    }

    private func accounts(of person: PersonView, _ office: Office) async throws -> [PayeeAccountView] {
        try await office.door.answer(ShowPerson(person: person.number), as: office.worker).accounts
    }
}
