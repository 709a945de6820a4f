import Contract
import Foundation
import Logging
import Postgres
import Support
import Testing
import WorkingDays

@testable import Relief

/// One row that can't be shown never breaks a list: what isn't the reader's stands there as another union's.
@Suite(.database)
struct HiddenRowTests {
    /// Every list, and everything that it names.
    private func readAll(_ desk: Desk, as asker: Principal) async throws {
        let door = desk.door
        for file in try await door.answer(ListCases(), as: asker).items {
            _ = try await door.answer(ShowCase(case: file.number), as: asker)
            _ = try await door.answer(ExplainCase(case: file.number), as: asker)
            _ = try await door.answer(ShowTimeline(case: file.number), as: asker)
        }
        for home in try await door.answer(ListHouseholds(), as: asker).items {
            _ = try await door.answer(ShowHousehold(household: home.number), as: asker)
        }
        for person in try await door.answer(ListPersons(), as: asker).items {
            _ = try await door.answer(ShowPerson(person: person.number), as: asker)
        }
        for notice in try await door.answer(ListNotices(), as: asker).items {
            _ = try await door.answer(ShowNotice(notice: notice.number), as: asker)
        }
        for run in try await door.answer(ListRuns(), as: asker).items {
            _ = try await door.answer(ShowRun(run: run.number), as: asker)
        }
        for payment in try await door.answer(ListPayments(), as: asker).items {
            _ = try await door.answer(ShowPayment(payment: payment.reference), as: asker)
        }
        for fund in try await door.answer(ListFunds(), as: asker).items {
            _ = try await door.answer(ShowFund(fund: fund.code), as: asker)
            _ = try await door.answer(ShowStatement(fund: fund.code), as: asker)
        }
        _ = try await door.answer(ListBankLines(all: true), as: asker)
        _ = try await door.answer(ListEmployers(), as: asker)
        _ = try await door.answer(ListParameters(), as: asker)
        for union in try await door.answer(ListOrganisations(), as: asker).items {
            _ = try await door.answer(ShowOrganisation(organisation: union.code), as: asker)
        }
    }

    /// A user of one city with every role that may read, so that nothing is passed over.
    private func reader(_ desk: Desk, _ login: String, in union: String, uid: UInt32) async throws -> Principal {
        _ = try await desk.hire(login, .caseWorker, in: union, uid: uid)
        _ = try await desk.promote(login, uid: uid, to: .reviewer, in: union)
        return try await desk.promote(login, uid: uid, to: .financeOfficer, in: union)
    }

    @Test func `lists of both cities stand after a county has moved from one to the other with half of everything`()
        async throws
    {
        let desk = try await Desk.open()
        let office = desk.office
        // A household of the city whose head and child are the county's, with a case of the city's; cases at all stages.
        let (head, child) = (try await desk.person(50, union: "CD"), try await desk.person(51, union: "CD"))
        let home = try await desk.door.perform(
            OpenHousehold(
                organisation: "XN", head: head.number,
                members: [HouseholdMember(person: child.number, relation: "child")]), as: office.worker)
        let stranded = try await desk.draft(child)
        _ = try await desk.door.perform(
            RegisterEmployer(uscc: "91110000101623741K", name: "毛纺厂", kind: .private, union: "CD_01"),
            as: office.worker)
        let refund = try await desk.door.perform(
            OpenCase(
                programme: "P08-B", organisation: "XN", employer: "91110000101623741K", facts: ["year": .int(2026)]),
            as: office.worker)
        let paid = try await desk.countyAwarded(try await desk.archivedHome(1, union: "CD").child, card: 3)
        _ = try await desk.door.perform(
            PrepareRun(fund: "F1", upTo: Desk.day("2026-12-31"), executeOn: office.today), as: office.finance)
        let listed = try await desk.countyReviewed(try await desk.archivedHome(2, union: "CD").child)
        _ = try await desk.door.perform(PublishNotice(programme: "P04", organisation: "XN"), as: office.worker)
        _ = try await desk.draft(try await desk.archivedHome(4).child)
        try await desk.attach("CD", to: "HD")

        let readers = [
            try await reader(desk, "reader.xn", in: "XN", uid: 4_101),
            try await reader(desk, "reader.hd", in: "HD", uid: 4_102),
            try await reader(desk, "reader.cd", in: "CD", uid: 4_103),
            try await reader(desk, "reader.qh", in: "QH", uid: 4_104), office.admin, office.auditor,
        ]
        for reader in readers { try await readAll(desk, as: reader) }
        let old = try await desk.door.answer(ListCases(), as: office.worker).items
        let mine = try #require(old.first { $0.number == stranded })
        #expect(mine.subject == nil && mine.elsewhere == Phrase("another union's", "外单位"))
        #expect(old.first { $0.number == refund.number }?.subject == nil)
        #expect(old.count == 3 && !old.map(\.number).contains(paid) && !old.map(\.number).contains(listed))
        let shown = try await desk.show(stranded)
        #expect(shown.subject.kind == .person && shown.subject.name == nil && shown.subject.elsewhere != nil)
        let house = try await desk.door.answer(ShowHousehold(household: home.number), as: office.worker)
        #expect(house.head == nil && house.members.count == 2)
        #expect(house.members.allSatisfy { $0.name == nil && $0.elsewhere?.zh == "外单位" && $0.idNumber == "" })
        let theirs = try await desk.door.answer(ListCases(), as: office.otherWorker).items
        #expect(Set(theirs.map(\.number)) == [paid, listed] && theirs.allSatisfy { $0.subject != nil })
    }

    @Test func `a case of one city about a household of another, put past all laws, breaks nobody's list`() async throws
    {
        let desk = try await Desk.open()
        let number = try await desk.draft(try await desk.archivedHome(1).child)
        let superuser = try await Connection.open(
            Database.current.superuserSettings, logger: .init(label: "test"))
        try await superuser.script(
            """
            SET session_replication_role = replica;
            INSERT INTO relief.case_file (id, number, programme_version, programme, org_id, org_path, household, person,
              period, state, facts, opened_by, opened_at)
            SELECT gen_random_uuid(), 'HD-C2026-0007', c.programme_version, c.programme, o.id, o.path, c.household, c.person,
              'another', 'draft', c.facts, c.opened_by, c.opened_at
            FROM relief.case_file c, relief.organisation o WHERE c.number = '\(number)' AND o.code = 'HD';
            """)
        await superuser.close()
        for asker in [desk.office.worker, desk.office.otherWorker, desk.office.admin] {
            try await readAll(desk, as: asker)
        }
        let theirs = try await desk.door.answer(ListCases(), as: desk.office.otherWorker).items
        #expect(theirs.map(\.number) == ["HD-C2026-0007"] && theirs.map(\.subject) == [nil])
    }
}
