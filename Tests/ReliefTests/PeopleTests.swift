import Contract
import Foundation
import Postgres
@testable import Relief
import Support
import Testing
import WorkingDays

/// People, their households and their accounts.
@Suite(.database)
struct PeopleTests {
    private func register(_ office: Office, _ seed: UInt64, name: String = "马秀英") async throws -> PersonView {
        var made = Synthetic(seed: seed)
        return try await office.door.perform(
            RegisterPerson(name: name, idNumber: made.idNumber(), phone: made.phone(), organisation: "XN"),
            as: office.worker)
    }

    @Test func `a person is registered once, shown masked, found by the whole number`() async throws {
        let office = try await Office.open()
        var made = Synthetic(seed: 1)
        let id = made.idNumber()
        let person = try await register(office, 1)
        #expect(person.number == "XN-P000001")
        #expect(try person.idNumber == IdentityNumber(id).masked && person.idNumber.hasPrefix(String(id.prefix(3))))
        #expect(person.phone?.contains("****") == true)
        let found = try await office.door.answer(FindPerson(idNumber: id.lowercased()), as: office.worker)
        #expect(found.number == person.number)
        let refusal = try await #require(throws: Refusal.self) { try await register(office, 1) }
        #expect(refusal.code == .conflict && refusal.message.contains(person.number))
        let revealed = try await office.door.perform(
            RevealPerson(person: person.number, field: .idNumber, reason: "核对"), as: office.worker)
        #expect(revealed.value == id)
    }

    @Test func `all that is wrong with a form is said at once`() async throws {
        let office = try await Office.open()
        let refusal = try await #require(throws: Refusal.self) {
            try await office.door.perform(
                RegisterPerson(name: " ", idNumber: "123", phone: "abc", organisation: "XN"), as: office.worker)
        }
        #expect(refusal.details?.count == 3)
    }

    @Test func `a death is recorded once, not before birth and not ahead`() async throws {
        let office = try await Office.open()
        let person = try await register(office, 2)
        func record(_ day: Day) async throws -> PersonView {
            try await office.door.perform(RecordDeath(person: person.number, on: day), as: office.worker)
        }
        await #expect(throws: Refusal.self) { try await record(office.today.adding(days: 1)) }
        await #expect(throws: Refusal.self) { try await record(Day(number: -20_000)) }
        #expect(try await record(office.today).diedOn == office.today)
        await #expect(throws: Refusal.self) { try await record(office.today) }
    }

    @Test func `nobody is in two households at a time`() async throws {
        let office = try await Office.open()
        let (door, worker) = (office.door, office.worker)
        let (head, child) = (try await register(office, 3), try await register(office, 4, name: "马小花"))
        let home = try await door.perform(
            OpenHousehold(
                organisation: "XN", head: head.number, address: "某巷",
                members: [
                    HouseholdMember(person: child.number, relation: "child")
                ]), as: worker)
        #expect(home.number == "XN-H000001")
        #expect(home.members.map(\.relation) == ["head", "child"])
        let second = try await #require(throws: Refusal.self) {
            try await door.perform(OpenHousehold(organisation: "XN", head: child.number, members: []), as: worker)
        }
        #expect(second.code == .conflict)
        office.clock.advance(bySeconds: 3 * 86_400)
        let left = try await door.perform(
            LeaveHousehold(household: home.number, person: child.number, on: office.today, reason: "分户"), as: worker)
        #expect(left.members.last?.to == office.today.adding(days: -1))
        _ = try await door.perform(OpenHousehold(organisation: "XN", head: child.number, members: []), as: worker)
        await #expect(throws: Refusal.self) {
            try await door.perform(
                JoinHousehold(household: home.number, person: child.number, relation: "child", on: office.today),
                as: worker)
        }
    }

    @Test func `a changed account waits three working days and for another person`() async throws {
        let office = try await Office.open()
        let (door, worker) = (office.door, office.worker)
        let person = try await register(office, 5)
        var made = Synthetic(seed: 55)
        func name(_ number: String) async throws -> PayeeAccountView {
            try await door.perform(
                RegisterAccount(owner: person.number, holder: "马秀英", bank: "某银行", number: number, kind: .card),
                as: worker)
        }
        let card = made.card()
        let first = try await name(card)
        #expect(first.state == .active)
        #expect(first.number.hasSuffix(String(card.suffix(4))) && !first.number.contains(String(card.prefix(6))))
        await #expect(throws: Refusal.self) { try await name(card) }
        let second = try await name(made.card())
        #expect(second.state == .pending)
        // Wednesday 1 July, and three working days on: Monday 6 July is over.
        #expect(second.usableFrom == Day("2026-07-07")?.start())
        let third = try await name(made.card())
        await #expect(throws: Refusal.self) {
            try await office.approve(second.id)
        }
        let approved = try await office.approve(third.id)
        #expect(approved.state == .active && approved.usableFrom == third.usableFrom)
        let accounts = try await door.answer(ShowPerson(person: person.number), as: worker).accounts
        #expect(accounts.filter { $0.state == .active }.map(\.id) == [third.id])
    }

    @Test func `F02: an account in another name, or somebody else's too, waits for another person, who sees why`()
        async throws
    {
        let office = try await Office.open()
        let (door, worker) = (office.door, office.worker)
        let (person, other) = (try await register(office, 60), try await register(office, 61))
        var made = Synthetic(seed: 66)
        func name(_ owner: PersonView, _ holder: String, _ number: String) async throws -> PayeeAccountView {
            try await door.perform(
                RegisterAccount(owner: owner.number, holder: holder, bank: "某银行", number: number, kind: .card),
                as: worker)
        }
        let card = made.card()
        let proxy = try await name(person, "林工", card)
        #expect(
            proxy.state == .pending
                && proxy.warnings == [AccountDoubt.otherName.phrase])
        let shared = try await name(other, other.name, card)
        #expect(shared.state == .pending && shared.warnings == [AccountDoubt.shared.phrase])
        let blind = await #expect(throws: Refusal.self) {
            try await office.approve(proxy.id)
        }
        #expect(blind?.field == "despite" && blind?.particulars?.count == 2)
        let approved = try await office.approve(proxy.id, despite: "委托书已核对")
        #expect(approved.state == .active && approved.warnings.count == 2)
        for holder in ["马\n秀英", "马\u{2028}秀英", "马\u{1b}[2J"] {
            await #expect(throws: Refusal.self) { try await name(person, holder, made.card()) }
        }
    }

    @Test func `nobody approves the account that he or she named`() async throws {
        let office = try await Office.open()
        _ = try await office.door.perform(
            GrantRole(user: "worker", role: .reviewer, organisation: "XN"), as: office.admin)
        let both = try await office.door.authenticate(.peer(uid: 4_001))
        let person = try await register(office, 6)
        for number in ["111111", "222222"] {
            let account = try await office.door.perform(
                RegisterAccount(owner: person.number, holder: "马秀英", bank: "某", number: number, kind: .passbook),
                as: both)
            guard account.state == .pending else { continue }
            let refusal = try await #require(throws: Refusal.self) {
                try await office.approve(account.id, by: both)
            }
            #expect(refusal.code == .forbidden)
        }
    }

    @Test func `a death recorded by mistake is taken back by a reviewer, for a reason`() async throws {
        let office = try await Office.open()
        let person = try await register(office, 62)
        let alive = RetractDeath(person: person.number, reason: "登记错人")
        await #expect(throws: Refusal.self) { try await office.door.perform(alive, as: office.reviewer) }
        _ = try await office.door.perform(RecordDeath(person: person.number, on: office.today), as: office.worker)
        await #expect(throws: Refusal.self) { try await office.door.perform(alive, as: office.worker) }
        #expect(try await office.door.perform(alive, as: office.reviewer).diedOn == nil)
    }

    @Test func `a payment stop is lifted by another than recorded the death`() async throws {
        let office = try await Office.open()
        let desk = Desk(office: office)
        let person = try await register(office, 63)
        let both = try await desk.promote("worker", uid: 4_001, to: .reviewer)
        _ = try await office.door.perform(RecordDeath(person: person.number, on: office.today), as: both)
        let alive = RetractDeath(person: person.number, reason: "登记错人")
        let refusal = try await desk.refusal { try await office.door.perform(alive, as: both) }
        #expect(refusal.code == .forbidden && refusal.message.contains("recorded"))
        for (change, state) in [
            ("died_on = NULL", "RR021"), ("died_on = NULL, death_retracted_by = death_recorded_by", "RR021"),
            ("died_on = died_on - 1", "RA002"),
            ("death_recorded_by = (SELECT id FROM relief.app_user WHERE login = 'reviewer')", "RA002"),
        ] {
            let law = await desk.law { try await $0.execute("UPDATE relief.person SET \(unescaped: change)") }
            #expect(law == state, "\(change)")
        }
        #expect(try await office.door.perform(alive, as: office.reviewer).diedOn == nil)
        // Who took it back before does not stand for a second time.
        _ = try await office.door.perform(RecordDeath(person: person.number, on: office.today), as: both)
        #expect(await desk.law { try await $0.execute("UPDATE relief.person SET died_on = NULL") } == "RR021")
        let unsigned = await desk.law {
            try await $0.execute("UPDATE relief.person SET death_recorded_by = NULL, died_on = NULL")
            try await $0.execute("UPDATE relief.person SET died_on = '2026-06-30'")
        }
        #expect(unsigned == "RA002")
    }

    @Test(arguments: ["kin", "household"])
    func `a payment stop is not lifted by an heir`(bond: String) async throws {
        let desk = try await Desk.open()
        let (door, home) = (desk.door, try await desk.home(1))
        let heir = bond == "kin" ? try await desk.person(7) : home.child
        if bond == "kin" {
            _ = try await door.perform(
                DeclareKin(person: heir.number, relative: home.head.number, relation: "sibling"), as: desk.office.worker
            )
        }
        _ = try await door.perform(
            CreateUser(login: "heir", name: "亲属", unixUser: "4100", person: heir.number), as: desk.office.admin)
        let reviewer = try await desk.promote("heir", uid: 4_100, to: .reviewer)
        _ = try await door.perform(
            RecordDeath(person: home.head.number, on: desk.office.today), as: desk.office.worker)
        let refusal = try await desk.refusal {
            try await door.perform(RetractDeath(person: home.head.number, reason: "登记错人"), as: reviewer)
        }
        #expect(refusal.code == .forbidden && refusal.message.contains("relative"))
    }

    @Test func `a person is a member of a union once at a time`() async throws {
        let office = try await Office.open()
        let (door, worker) = (office.door, office.worker)
        let person = try await register(office, 7)
        let join = JoinUnion(person: person.number, organisation: "CD_01", on: office.today.adding(days: -100))
        #expect(try await door.perform(join, as: worker).memberships.count == 1)
        await #expect(throws: Refusal.self) { try await door.perform(join, as: worker) }
        let left = try await door.perform(
            LeaveUnion(person: person.number, organisation: "CD_01", on: office.today), as: worker)
        #expect(left.memberships[0].to == office.today.adding(days: -1))
        await #expect(throws: Refusal.self) {
            try await door.perform(
                LeaveUnion(person: person.number, organisation: "CD_01", on: office.today), as: worker)
        }
    }

    @Test func `a person registered twice at once is one`() async throws {
        let office = try await Office.open()
        var made = Synthetic(seed: 8)
        let command = RegisterPerson(name: made.name(), idNumber: made.idNumber(), organisation: "XN")
        let refused = await withTaskGroup(of: Refusal.Code?.self) { group in
            for worker in [office.worker, office.worker2, office.worker, office.worker2] {
                group.addTask {
                    do {
                        _ = try await office.door.perform(command, as: worker)
                        return nil
                    } catch {
                        return (error as? Refusal)?.code ?? .internal
                    }
                }
            }
            return await group.reduce(into: [Refusal.Code?]()) { $0.append($1) }
        }
        #expect(refused.filter { $0 == nil }.count == 1)
        #expect(refused.filter { $0 == .conflict }.count == 3)
        #expect(try await office.door.answer(ListPersons(), as: office.worker).items.count == 1)
    }

    @Test func `a union has an account too, and an employer is known once to each union`() async throws {
        let office = try await Office.open()
        let (door, worker) = (office.door, office.worker)
        let account = try await door.perform(
            RegisterAccount(
                owner: "CD_01", holder: "高原毛纺厂工会", bank: "某银行", cnaps: "102851000012", number: "28060000123",
                kind: .corporate), as: worker)
        #expect(account.owner == "CD_01" && account.state == .active && account.warnings.isEmpty)
        let register = RegisterEmployer(uscc: "91350211M0000XUF46", name: "毛纺厂", kind: .private, union: "CD_01")
        #expect(try await door.perform(register, as: worker).warnings.count == 1)
        let again = try await #require(throws: Refusal.self) { try await door.perform(register, as: worker) }
        #expect(again.code == .conflict && again.field == "uscc")
        #expect(try await door.answer(ListEmployers(under: "CD"), as: worker).items.map(\.union) == ["CD_01"])
    }
}
