import Contract
import Foundation
import Postgres
import Support
import Testing
import WorkingDays

@testable import Relief

/// A case belongs to a union that answers for whom it is about.
@Suite(.database)
struct ResponsibilityTests {
    @Test func `a province opens no case of one city for a household or person of another`() async throws {
        let desk = try await Desk.open()
        let home = try await desk.archivedHome(1)
        let province = try await desk.hire("worker.qh", .caseWorker, in: "QH", uid: 4_101)
        func open(_ programme: String, in union: String) async throws -> CaseView {
            try await desk.door.perform(
                OpenCase(
                    programme: programme, organisation: union, household: programme == "P02" ? home.number : nil,
                    person: programme == "P04" ? home.child.number : nil,
                    facts: programme == "P04" ? Desk.studentFacts : [:]), as: province)
        }
        for programme in ["P02", "P04"] {
            let refusal = try await desk.refusal { try await open(programme, in: "HD") }
            #expect(refusal.code == .conflict && refusal.field == "organisation")
            #expect(
                refusal.phrase.en
                    == "HD doesn't answer for whom the case is about, who is registered at XN: open it at XN, or at a union above or under it."
            )
            #expect(refusal.phrase.zh.contains("对象登记在XN"))
        }
        let csv =
            "编号,学段,学校,全日制,新生,学费,定向生、免费师范生或军校生,已获政府或社会资助\n\(home.child.number),undergraduate,青海大学,是,否,4000.00,否,否\n"
        let report = try await desk.door.perform(
            ImportCases(programme: "P04", organisation: "HD", csv: csv, mode: .valid, submit: false), as: province)
        #expect(report.accepted == 0 && report.problems.first?.problem.en.contains("registered at XN") == true)
        #expect(try await desk.door.answer(ListCases(), as: desk.office.otherWorker).items.isEmpty)
        // The city's county and its province may: they stand on its line.
        for union in ["CD", "QH"] {
            let file = try await open(union == "CD" ? "P02" : "P04", in: union)
            #expect(file.subject.name != nil && file.organisation == union)
        }
    }

    @Test func `the database itself refuses a case for whom its union doesn't answer`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.draft(try await desk.archivedHome(1).child)
        let law = await desk.law {
            try await $0.execute(
                """
                INSERT INTO relief.case_file (id, number, programme_version, programme, org_id, org_path, household, person,
                  period, state, facts, opened_by, opened_at)
                SELECT gen_random_uuid(), 'HD-C2026-0001', c.programme_version, c.programme, o.id, o.path, c.household,
                  c.person, 'another', 'draft', c.facts, c.opened_by, c.opened_at
                FROM relief.case_file c, relief.organisation o WHERE c.number = \(number) AND o.code = 'HD'
                """)
        }
        #expect(law == "RR015")
    }

    @Test func `a county works on a case of its city's household, and sees whom it is about`() async throws {
        let desk = try await Desk.open()
        let home = try await desk.archivedHome(1)
        let number = try await desk.draft(home.child, union: "CD")
        let county = desk.office.countyWorker
        let file = try await desk.show(number, as: county)
        #expect(file.subject.name == home.child.name && file.subject.number == home.child.number)
        #expect(try await desk.door.answer(ListCases(), as: county).items.map(\.subject) == [home.child.name])
        #expect(try await desk.door.answer(ListCases(search: home.child.name), as: county).items.count == 1)
        #expect(try await desk.door.answer(ListPersons(), as: county).items.isEmpty)
        // The county's own staff take it to the award that rests on the city's archive.
        let reviewers = [
            try await desk.hire("reviewer.cd", .reviewer, in: "CD", uid: 4_101),
            try await desk.hire("reviewer2.cd", .reviewer, in: "CD", uid: 4_104),
        ]
        let approvers = [
            try await desk.hire("approver.cd", .approver, in: "CD", uid: 4_102),
            try await desk.hire("approver2.cd", .approver, in: "CD", uid: 4_103),
        ]
        _ = try await desk.door.perform(SubmitCase(case: number), as: county)
        for reviewer in reviewers { try await desk.decide(number, by: reviewer) }
        _ = try await desk.door.perform(PublishNotice(programme: "P04", organisation: "CD"), as: county)
        desk.office.clock.advance(bySeconds: 8 * 86_400)
        _ = try await desk.door.perform(CloseDueNotices(), as: .system)
        for approver in approvers { try await desk.decide(number, by: approver) }
        #expect(try await desk.show(number, as: county).state == .awarded)
    }

    @Test func `nobody passes a case whose subject has moved to another union since`() async throws {
        let desk = try await Desk.open()
        let office = desk.office
        let (one, two) = (
            try await desk.archivedHome(1, union: "CD"), try await desk.archivedHome(2, union: "CD")
        )
        let draft = try await desk.draft(one.child)
        let submitted = try await desk.submitted(two.child)
        let move = try #require(try await desk.attach("CD", to: "HD").move)
        #expect(move.says.last?.en.contains("of CD: 2. Nobody can pass them there any more") == true, "\(move.says)")
        let refusals = [
            try await desk.refusal { try await desk.door.perform(SubmitCase(case: draft), as: office.worker) },
            try await desk.refusal { try await desk.decide(submitted, by: office.reviewer) },
        ]
        for refusal in refusals {
            #expect(refusal.phrase.en.contains("relief case withdraw") && refusal.phrase.zh.contains("已划归其他工会"))
        }
        let law = await desk.law {
            try await $0.execute(
                """
                INSERT INTO relief.decision (id, case_id, step, kind, outcome, decided_by, sheet, version, inputs, trace,
                  decided_at)
                SELECT gen_random_uuid(), c.id, 1, 'review', 'pass', \(office.reviewer.user), c.sheet, c.programme_version,
                  '{}', '{}', c.opened_at FROM relief.case_file c WHERE c.number = \(submitted)
                """)
        }
        #expect(law == "RR015")
        // The way out: a no, a withdrawal, and a case where the student is now.
        _ = try await desk.door.perform(WithdrawCase(case: draft, reason: "已划转"), as: office.worker)
        try await desk.decide(submitted, .reject, by: office.reviewer, reason: "已划转")
        #expect(try await desk.draft(one.child, union: "HD", by: office.otherWorker) == "HD-C2026-0001")
    }

    @Test func `the people of a household are known to its union or under it, or the household isn't opened`()
        async throws
    {
        let desk = try await Desk.open()
        let province = try await desk.hire("worker.qh", .caseWorker, in: "QH", uid: 4_101)
        let (one, other) = (
            try await desk.person(1), try await desk.person(2, union: "HD", by: desk.office.otherWorker)
        )
        let opened = try await desk.refusal {
            try await desk.door.perform(OpenHousehold(organisation: "HD", head: one.number, members: []), as: province)
        }
        #expect(opened.field == "members" && opened.phrase.zh.contains("须登记在该户所属工会"))
        let home = try await desk.door.perform(
            OpenHousehold(organisation: "HD", head: other.number, members: []), as: province)
        let joined = try await desk.refusal {
            try await desk.door.perform(
                JoinHousehold(household: home.number, person: one.number, relation: "spouse", on: desk.office.today),
                as: province)
        }
        #expect(joined.field == "person")
    }

    @Test func `of an employer known to several unions it is the one on the case's line`() async throws {
        let desk = try await Desk.open()
        let uscc = "91110000101623741K"
        _ = try await desk.door.perform(
            CreateOrganisation(code: "CB", name: "城北区总工会", level: .county, line: .territory, parent: "XN"),
            as: desk.office.admin)
        for (union, name) in [("CB", "邻区"), ("XN", "市级"), ("HD", "外市")] {
            _ = try await desk.door.perform(
                RegisterEmployer(uscc: uscc, name: name, kind: .private, union: union),
                as: union == "HD" ? desk.office.otherWorker : desk.office.worker)
        }
        let province = try await desk.hire("worker.qh", .caseWorker, in: "QH", uid: 4_101)
        for (union, name) in [("CD", "市级"), ("CB", "邻区"), ("HD", "外市"), ("XN", "市级")] {
            let file = try await desk.door.perform(
                OpenCase(
                    programme: "P08-B", organisation: union, employer: uscc, facts: ["year": .int(2026 - file(union))]),
                as: province)
            #expect(file.subject.name == name, "\(union)")
        }
    }

    /// A year for each union: the once-law holds over the tree.
    private func file(_ union: String) -> Int64 { ["CD": 0, "CB": 1, "HD": 2, "XN": 3][union] ?? 0 }
}
