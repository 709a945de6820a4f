import Contract
import Foundation
import Postgres
import Support
import Testing
import WorkingDays

@testable import Relief

/// G16: what clashes with something of another union reads alike, whatever it is, and goes to the nearest union above both.
@Suite(.database(isChecked: false))
struct ClashTests {
    private func waits(_ asked: String) -> String {
        "\(asked) waits for confirmation: a union above answers (relief confirmation list); or choose another."
    }

    private func refusal<R: Sendable>(_ body: () async throws -> R) async -> Refusal? {
        await #expect(throws: Refusal.self) { _ = try await body() }
    }

    /// What an administrator of the province, or of another union above, is asked.
    private func asked(_ office: Office, above union: String = "QH", uid: UInt32 = 4_950) async throws
        -> [ConfirmationKind: String]
    {
        let above = try await office.hire("above\(uid)", .administrator, in: union, uid: uid)
        let items = try await office.door.answer(ListConfirmations(), as: above).items
        #expect(items.allSatisfy { $0.above == union })
        return Dictionary(items.map { ($0.kind, $0.asked) }, uniquingKeysWith: { one, _ in one })
    }

    @Test func `a fund's code that is another union's waits, and so does one whose books would have its name`()
        async throws
    {
        let office = try await Office.open()
        let there = try await office.hire("money.hd", .financeOfficer, in: "HD", uid: 4_902)
        _ = try await office.door.perform(Treasury.fund("F9", organisation: "HD"), as: there)
        for code in ["F9", "F9-BANK"] {
            let refused = await refusal {
                try await office.door.perform(Treasury.fund(code), as: office.finance)
            }
            #expect(refused?.message == waits(code) && refused?.field == "code")
        }
        let own = await refusal { try await office.door.perform(Treasury.fund("F9", organisation: "HD"), as: there) }
        #expect(own?.message.hasPrefix("The code F9 is taken") == true)
        #expect(try await asked(office)[.fundCode] != nil)
    }

    @Test func `what is granted once waits where another union has a case for it`() async throws {
        let desk = try await Desk.open()
        let office = desk.office
        _ = try await desk.draft(
            try await desk.person(1, union: "HD", by: office.otherWorker), union: "HD", by: office.otherWorker)
        let here = try await desk.person(1)
        let refused = await refusal { try await desk.draft(here) }
        #expect(refused?.message == waits("P04 2026-2027 \(here.number)"))
        // One's own is told.
        let second = try await desk.person(2)
        _ = try await desk.draft(second)
        let own = await refusal { try await desk.draft(second) }
        #expect(own?.message.contains("there is a case for it already") == true)
        #expect(try await asked(office) == [.grant: "P04 2026-2027 \(here.number)"])
    }

    @Test func `the same where the union above has the case of one's own person`() async throws {
        let desk = try await Desk.open()
        let office = desk.office
        let person = try await desk.person(1, union: "CD", by: office.countyWorker)
        _ = try await desk.draft(person)
        let refused = await refusal { try await desk.draft(person, union: "CD", by: office.countyWorker) }
        #expect(refused?.message == waits("P04 2026-2027 \(person.number)"))
        #expect(try await asked(office, above: "XN") == [.grant: "P04 2026-2027 \(person.number)"])
    }

    @Test func `whoever lives in a household of the union above waits, alone and in a roster`() async throws {
        let desk = try await Desk.open()
        let (office, door) = (desk.office, desk.door)
        let (head, child) = (
            try await desk.person(1, union: "CD", by: office.countyWorker),
            try await desk.person(2, union: "CD", by: office.countyWorker)
        )
        let other = try await desk.person(3, union: "CD", by: office.countyWorker)
        _ = try await door.perform(
            OpenHousehold(
                organisation: "XN", head: head.number,
                members: [HouseholdMember(person: child.number, relation: "child")]), as: office.worker)
        let opened = await refusal {
            try await door.perform(
                OpenHousehold(organisation: "CD", head: child.number, members: []), as: office.countyWorker)
        }
        #expect(opened?.message == waits(child.number))
        let home = try await door.perform(
            OpenHousehold(organisation: "CD", head: other.number, members: []), as: office.countyWorker)
        let joined = await refusal {
            try await door.perform(
                JoinHousehold(household: home.number, person: child.number, relation: "child", on: office.today),
                as: office.countyWorker)
        }
        #expect(joined?.message == waits(child.number))
        let csv = "户号,姓名,身份证号,关系\n1,\(child.name),\(Desk.student(2)),户主\n"
        let report = try await door.perform(
            ImportHouseholds(organisation: "CD", csv: csv, mode: .valid), as: office.countyWorker)
        #expect(report.accepted == 0 && report.problems.map(\.problem.en) == [waits(child.number)])
        #expect(try await asked(office, above: "XN") == [.household: child.number])
        // Who sees the other household is told.
        let own = await refusal {
            try await door.perform(
                OpenHousehold(organisation: "XN", head: child.number, members: []), as: office.worker)
        }
        #expect(own?.message.contains("belongs to a household already") == true)
    }

    @Test func `a national archive that another union took over waits`() async throws {
        let desk = try await Desk.open()
        let (office, door) = (desk.office, desk.door)
        _ = try await desk.archivedHome(7)
        let approver = try await office.hire("approver.hd", .approver, in: "HD", uid: 4_904)
        let person = try await desk.person(9, union: "HD", by: office.otherWorker)
        let home = try await door.perform(
            OpenHousehold(organisation: "HD", head: person.number, members: []), as: office.otherWorker)
        let csv = "户号,级别,建档日期,国家档案号\n\(home.number),deep,2026-01-10,QG7\n"
        let report = try await door.perform(
            ImportArchives(organisation: "HD", csv: csv, mode: .valid), as: approver)
        #expect(report.problems.map(\.problem.en) == [waits(home.number)])
        #expect(try await asked(office) == [.archive: home.number])
    }

    @Test func `a role that doesn't go with one held out of sight waits, at its grant and where a login is linked`()
        async throws
    {
        let office = try await Office.open()
        let door = office.door
        let xn = try await office.hire("admin.xn", .administrator, uid: 4_901)
        // A cashier of the other city, known to this one by another login.
        _ = try await office.hire("cashier.hd", .cashier, in: "HD", uid: 4_905)
        try await office.twin(of: "cashier.hd", "guest", uid: 4_906)
        _ = try await door.perform(
            GrantRole(user: "guest", role: .financeChecker, organisation: "XN"), as: office.admin)
        let refused = await refusal {
            try await door.perform(GrantRole(user: "guest", role: .approver, organisation: "XN"), as: xn)
        }
        #expect(refused?.message == waits("guest") && refused?.field == "role")
        let whole = await refusal {
            try await door.perform(GrantRole(user: "guest", role: .approver, organisation: "XN"), as: office.admin)
        }
        #expect(whole?.code == .conflict && whole?.message.contains("never belong to one person") == true)
        _ = try await door.perform(
            RevokeRole(user: "guest", role: .financeChecker, organisation: "XN"), as: office.admin)
        // Known by the identity number alone.
        var made = Synthetic(seed: UInt64(4_905) << 32)
        _ = try await door.perform(CreateUser(login: "auditing", name: "某某"), as: xn)
        _ = try await door.perform(GrantRole(user: "auditing", role: .auditor, organisation: "XN"), as: xn)
        let linked = await refusal {
            try await door.perform(
                LinkUser(user: "auditing", idNumber: made.idNumber(), organisation: "XN"), as: xn)
        }
        #expect(linked?.message == waits("auditing"))
        #expect(try await asked(office)[.role] != nil)
    }

    @Test func `an open case of the union above keeps a person from being erased without being told`() async throws {
        let desk = try await Desk.open()
        let office = desk.office
        let person = try await desk.person(1, union: "CD", by: office.countyWorker)
        _ = try await desk.draft(person)
        let county = try await office.hire("admin.cd", .administrator, in: "CD", uid: 4_907)
        let command = ErasePerson(person: person.number, reason: "本人要求")
        let refused = await refusal { try await desk.door.perform(command, as: county) }
        #expect(refused?.message == waits(person.number))
        let whole = await refusal { try await desk.door.perform(command, as: office.admin) }
        #expect(whole?.message.contains("cases that are not closed") == true)
    }

    // MARK: - Accounts

    private func person(
        _ name: String, _ union: String, _ made: inout Synthetic, _ office: Office, by worker: Principal
    )
        async throws -> PersonView
    {
        try await office.door.perform(
            RegisterPerson(name: name, idNumber: made.idNumber(), organisation: union), as: worker)
    }

    private func register(_ owner: PersonView, _ card: String, _ office: Office, by worker: Principal) async throws
        -> PayeeAccountView
    {
        try await office.door.perform(
            RegisterAccount(owner: owner.number, holder: owner.name, bank: "某银行", number: card, kind: .card),
            as: worker)
    }

    @Test func `an account shared here and elsewhere isn't approved by who sees one half`() async throws {
        let office = try await Office.open()
        var made = Synthetic(seed: 81)
        let card = made.card()
        let there = try await person("韩国强", "HD", &made, office, by: office.otherWorker)
        let active = try await register(there, card, office, by: office.otherWorker)
        #expect(active.state == .active)
        var accounts: [PayeeAccountView] = []
        for name in ["马秀英", "祁文斌"] {
            let owner = try await person(name, "XN", &made, office, by: office.worker)
            accounts.append(try await register(owner, card, office, by: office.worker))
        }
        let last = try #require(accounts.last)
        #expect(last.warnings == [AccountDoubt.shared.phrase, AccountDoubt.sharedElsewhere.phrase])
        let refused = await refusal { try await office.approve(last.id, despite: "夫妻共用") }
        #expect(refused?.phrase == AccountDoubt.sharedElsewhere.phrase)
        let above = try await office.hire("reviewer.qh", .reviewer, in: "QH", uid: 4_908)
        #expect(try await office.approve(last.id, despite: "夫妻共用", by: above).state == .active)
        // Below it doesn't read from the signed sheet what the union above saw.
        let below = try await office.door.answer(ShowAccountSheet(account: last.id), as: office.worker)
        #expect(below.doubts.contains(AccountDoubt.sharedElsewhere.phrase))
        let first = try #require(accounts.first)
        #expect(try await office.approve(first.id, despite: "夫妻共用", by: above).state == .active)
        let alone = try await office.door.answer(ShowAccountSheet(account: first.id), as: above)
        #expect(alone.content.contains("sharedElsewhere"))
        // Whose account it was first isn't told that another union has it, too.
        let hd = try await office.door.answer(ListAccounts(), as: office.otherWorker).items
        #expect(hd.map(\.warnings) == [[]] && hd[0].id == active.id)
        let kept: [String] = try await Database.current.pool.transaction { transaction in
            try await transaction.execute("SELECT set_config('relief.scope', '{\"\"}', true)")
            return try await transaction.value("SELECT doubts FROM relief.payee_account WHERE id = \(last.id)")
        }
        #expect(kept == ["shared"])
    }

    @Test func `money that the union above awarded isn't told below, and its account is approved above`() async throws {
        let desk = try await Desk.open()
        let office = desk.office
        var made = Synthetic(seed: 82)
        let home = try await desk.archivedHome(7, union: "CD")
        _ = try await desk.awarded(home.child)
        let account = try await register(home.child, made.card(), office, by: office.countyWorker)
        #expect(account.state == .pending && account.warnings == [AccountDoubt.sharedElsewhere.phrase])
        let reviewer = try await office.hire("reviewer.cd", .reviewer, in: "CD", uid: 4_909)
        let refused = await refusal { try await office.approve(account.id, despite: "已核实", by: reviewer) }
        #expect(refused?.phrase == AccountDoubt.sharedElsewhere.phrase)
        let seen = try await office.door.answer(ShowAccountSheet(account: account.id), as: office.reviewer)
        #expect(seen.doubts == [AccountDoubt.awarded.phrase])
        #expect(try await office.approve(account.id, despite: "已核实").state == .active)
        #expect(try await asked(office, above: "XN") == [.payeeAccount: home.child.number])
    }

    // MARK: - Trying out

    @Test func `nobody looks for logins and codes unseen by trying out`() async throws {
        let office = try await Office.open()
        let xn = try await office.hire("admin.xn", .administrator, uid: 4_901)
        let refused = await refusal {
            try await office.door.perform(CreateUser(login: "worker.hd", name: "某某"), as: xn, dryRun: true)
        }
        #expect(refused?.message == waits("worker.hd"))
        let leaf = try await office.door.answer(
            ShowAuditLog(actor: "admin.xn", command: "user.create"), as: office.admin
        ).items.first
        #expect(leaf?.refused?.contains("waits for confirmation") == true)
        #expect(try await office.door.answer(ListConfirmations(), as: office.admin).items.isEmpty)
        // A trial that meets nothing leaves nothing.
        _ = try await office.door.perform(CreateUser(login: "worker.zz", name: "某某"), as: xn, dryRun: true)
        let count = try await office.door.answer(
            ShowAuditLog(actor: "admin.xn", command: "user.create"), as: office.admin
        ).items.count
        #expect(count == 1)
    }
}
