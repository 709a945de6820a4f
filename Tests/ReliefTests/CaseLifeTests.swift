import Contract
import Foundation
import Postgres
@testable import Relief
import Support
import Testing
import WorkingDays

/// A case from application to follow-up.
@Suite(.database)
struct CaseLifeTests {
    @Test func `a case that lacks things is told all of them at once`() async throws {
        let desk = try await Desk.open()
        let home = try await desk.home(1)
        let file = try await desk.door.perform(
            OpenCase(
                programme: "P04", organisation: "XN", person: home.child.number,
                facts: ["stage": .string("college"), "school": .string("青海大学"), "new_student": .bool(true)]),
            as: desk.office.worker)
        #expect(file.state == .draft && file.steps.count == 6 && file.missingEvidence.count == 1)
        let refusal = try await desk.refusal {
            try await desk.door.perform(SubmitCase(case: file.number), as: desk.office.worker)
        }
        let details = try #require(refusal.details)
        // Four facts, the archive, the rule that asks for it, the letter.
        #expect(refusal.code == .conflict && details.count == 7, "\(details)")
        #expect(details.contains { $0.contains("archive") } && details.contains { $0.contains("录取通知书") })
    }

    @Test func `a case that is complete but not eligible is told why, rule by rule`() async throws {
        let desk = try await Desk.open()
        let home = try await desk.archivedHome(1)
        let number = try await desk.draft(home.child)
        _ = try await desk.door.perform(
            AmendCase(case: number, facts: ["directed": .bool(true), "full_time": .bool(false)]), as: desk.office.worker
        )
        let refusal = try await desk.refusal {
            try await desk.door.perform(SubmitCase(case: number), as: desk.office.worker)
        }
        #expect(refusal.details?.count == 2 && refusal.message.contains("金秋助学"), "\(refusal)")
        let explanation = try await desk.door.answer(ExplainCase(case: number), as: desk.office.worker)
        #expect(explanation.answer == .no && explanation.amount == nil)
        #expect(explanation.rules.filter { $0.answer == .no }.map(\.id) == ["full_time", "not_directed"])
        #expect(explanation.rules.allSatisfy { !$0.because.isEmpty })
        #expect(
            explanation.parameters.contains { $0.name == "dibao_monthly" && $0.value == 64_300 && $0.region == "QH" })
    }

    @Test func `field work says what was found`() async throws {
        let office = try await Office.open()
        for text in ["", " \n", String(repeating: "长", count: 4_001)] {
            #expect(throws: Refusal.self) { try Prose.checked(text, field: "findings") }
        }
        #expect(try Prose.checked(" 属实\n", field: "findings") == "属实")
        let refusal = await #expect(throws: Refusal.self) {
            try await office.door.answer(ShowPerson(person: "XN-P\u{0}1"), as: office.worker)
        }
        #expect(refusal?.code == .invalid)
    }

    @Test func `facts that don't fit the form are refused with the field`() async throws {
        let desk = try await Desk.open()
        let home = try await desk.home(1)
        let refusal = try await desk.refusal {
            try await desk.door.perform(
                OpenCase(
                    programme: "P04", organisation: "XN", person: home.child.number,
                    facts: ["stage": .string("kindergarten"), "tuition": .string("五千")]), as: desk.office.worker)
        }
        #expect(refusal.code == .invalid && refusal.field == "facts.stage" && refusal.details?.count == 2)
    }

    @Test func `from the application to the award: reviews, notice, two approvals, one instalment, a hold`()
        async throws
    {
        let desk = try await Desk.open()
        let home = try await desk.archivedHome(1)
        let number = try await desk.noticed(home.child)
        #expect(try await desk.show(number).step == "approve")
        let first = try await desk.decide(number, by: desk.office.approver)
        #expect(first.state == .submitted && first.award == nil)
        let again = try await desk.refusal { try await desk.decide(number, by: desk.office.approver) }
        #expect(again.code == .conflict)
        let done = try await desk.decide(number, by: desk.office.approver2)
        #expect(done.state == .awarded && done.step == "pay")
        let award = try #require(done.award)
        #expect(award.amount == Fen(600_000) && award.fund == "F1" && award.instalments.count == 1)
        #expect("\(award.instalments[0].dueOn)" == "2026-09-10" && award.instalments[0].state == .due)
        let fund = try await desk.door.answer(ShowFund(fund: "F1"), as: desk.office.finance)
        #expect(fund.held == Fen(600_000) && fund.available == Fen(99_400_000))
        #expect(done.decisions.map(\.outcome) == Array(repeating: .pass, count: 5))
        #expect(Set(done.decisions.map(\.sheet)).count == 1)
    }

    @Test func `a stopped award gives its money back and goes to follow-up; closing needs one`() async throws {
        let desk = try await Desk.open()
        let home = try await desk.archivedHome(1)
        let number = try await desk.awarded(home.child)
        let stopped = try await desk.door.perform(StopAward(case: number, reason: "学生退学"), as: desk.office.worker)
        #expect(stopped.state == .followUp && stopped.award?.stopped == true)
        let fund = try await desk.door.answer(ShowFund(fund: "F1"), as: desk.office.finance)
        #expect(fund.held == Fen(0))
        let close = CloseCase(case: number, outcome: .completed, note: "完")
        let refusal = try await desk.refusal { try await desk.door.perform(close, as: desk.office.worker) }
        #expect(refusal.message.contains("no follow-up yet"))
        _ = try await desk.door.perform(
            RecordFollowUp(case: number, on: desk.office.today, manner: .phone, finding: "已退学", satisfied: true),
            as: desk.office.worker)
        let alone = try await desk.refusal { try await desk.door.perform(close, as: desk.office.worker) }
        #expect(alone.code == .forbidden && alone.phrase.zh.contains("另一人"))
        let closed = try await desk.door.perform(close, as: desk.office.worker2)
        #expect(closed.state == .closed && closed.outcome == .completed && closed.step == nil)
        #expect(closed.followUps.count == 1)
    }

    @Test func `a returned case says why, is amended, and begins its chain anew`() async throws {
        let desk = try await Desk.open()
        let home = try await desk.archivedHome(1)
        let number = try await desk.submitted(home.child)
        try await desk.decide(number, by: desk.office.reviewer)
        let silent = try await desk.refusal { try await desk.decide(number, .return, by: desk.office.reviewer) }
        #expect(silent.field == "reason")
        let back = try await desk.decide(number, .return, by: desk.office.reviewer, reason: "学校名称不全")
        #expect(back.state == .returned && back.step == nil && back.steps.allSatisfy { $0.state == .waiting })
        _ = try await desk.door.perform(
            AmendCase(case: number, facts: ["school": .string("青海大学医学院")]), as: desk.office.worker)
        let again = try await desk.door.perform(SubmitCase(case: number), as: desk.office.worker)
        #expect(again.state == .submitted && again.steps[0].state == .open && again.steps[1].state == .waiting)
        #expect(again.decisions.contains { $0.reason == "学校名称不全" })
    }

    @Test func `an approval before a return doesn't count after it, even where nothing was amended`() async throws {
        let desk = try await Desk.open()
        let home = try await desk.archivedHome(1)
        let number = try await desk.noticed(home.child)
        let shown = try await desk.show(number).sheet
        try await desk.decide(number, by: desk.office.approver)
        try await desk.decide(number, .return, by: desk.office.approver2, reason: "请核实")
        let again = try await desk.door.perform(SubmitCase(case: number), as: desk.office.worker)
        #expect(again.sheet != shown)
        try await desk.decide(number, by: desk.office.reviewer)
        try await desk.decide(number, by: desk.office.reviewer2)
        _ = try await desk.door.perform(PublishNotice(programme: "P04", organisation: "XN"), as: desk.office.worker)
        desk.office.clock.advance(bySeconds: 10 * 86_400)
        _ = try await desk.door.perform(CloseDueNotices(), as: .system)
        #expect(try await desk.decide(number, by: desk.office.approver2).state == .submitted)
        #expect(try await desk.decide(number, by: desk.office.approver).state == .awarded)
    }

    @Test func `visit, means, notice and approval make an archive, which other aid rests on`() async throws {
        let desk = try await Desk.open()
        let home = try await desk.home(1)
        let (door, worker) = (desk.door, desk.office.worker)
        let facts: [String: JSONValue] = [
            "annual_income": .int(1_000_000), "rigid_spending": .int(0), "homes": .int(1), "vehicle": .bool(false),
            "member_months": .int(24), "cause": .string("illness"),
        ]
        let number = try await door.perform(
            OpenCase(programme: "P01", organisation: "XN", household: home.number, facts: facts), as: worker
        ).number
        for kind in ["application", "authorisation", "diagnosis"] { try await desk.letter(number, kind: kind) }
        _ = try await door.perform(SubmitCase(case: number), as: worker)
        try await desk.decide(number, by: desk.office.reviewer)
        let alone = try await desk.refusal {
            try await door.perform(
                RecordVisit(case: number, on: desk.office.today, visitors: ["worker"], findings: "属实"), as: worker)
        }
        #expect(alone.field == "visitors")
        let twice = try await desk.refusal {
            try await door.perform(
                RecordVisit(case: number, on: desk.office.today, visitors: ["worker", "worker"], findings: "属实"),
                as: worker)
        }
        #expect(twice.field == "visitors")
        let visited = try await door.perform(
            RecordVisit(
                case: number, on: desk.office.today, visitors: ["worker", "worker2"], findings: "属实",
                facts: ["homes": .int(0)]), as: worker)
        #expect(visited.step == "means" && visited.facts["homes"] == .int(0) && visited.visits.count == 1)
        let checked = try await door.perform(
            RecordMeans(
                case: number, source: "民政", on: desk.office.today, facts: ["annual_income": .int(1_200_000)]),
            as: worker)
        #expect(checked.step == "notice" && checked.means.count == 1)
        _ = try await door.perform(PublishNotice(programme: "P01", organisation: "XN"), as: worker)
        desk.office.clock.advance(bySeconds: 8 * 86_400)
        _ = try await door.perform(CloseDueNotices(), as: .system)
        let archived = try await desk.decide(number, by: desk.office.approver)
        #expect(archived.state == .followUp && archived.award == nil && archived.step == "followUp")
        let view = try await door.answer(ShowHousehold(household: home.number), as: worker)
        #expect(view.archive?.level == .deep && view.archive?.caseNumber == number && view.archive?.active == true)
        let education = try await desk.submitted(home.child)
        #expect(try await desk.show(education).state == .submitted)
    }

    @Test func `one grant per student and school year, also of eight who ask at once`() async throws {
        let desk = try await Desk.open()
        let home = try await desk.archivedHome(1)
        let (door, worker) = (desk.door, desk.office.worker)
        let opened = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let open = OpenCase(
                        programme: "P04", organisation: "XN", person: home.child.number, facts: Desk.studentFacts)
                    return (try? await door.perform(open, as: worker)) != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(opened == 1)
        let list = try await door.answer(ListCases(programme: "P04"), as: worker)
        #expect(list.items.count == 1)
    }

    @Test func `the same student under another union's number gets nothing twice`() async throws {
        let desk = try await Desk.open()
        let home = try await desk.archivedHome(1)
        _ = try await desk.draft(home.child)
        let twin = try await desk.person(1_001, union: "HD", by: desk.office.otherWorker)
        #expect(twin.number.hasPrefix("HD-") && twin.warnings.isEmpty)
        let refusal = try await desk.refusal { try await desk.draft(twin, union: "HD", by: desk.office.otherWorker) }
        #expect(refusal.code == .conflict && refusal.message.contains("2026-2027"))
        #expect(!refusal.message.contains("XN"))
    }

    @Test func `what changed since it was shown stops the approval, and is said`() async throws {
        let desk = try await Desk.open()
        let home = try await desk.archivedHome(1)
        let number = try await desk.noticed(home.child)
        try await desk.set(
            SetParameter(
                name: "education_undergraduate", region: "XN", from: Desk.day("2026-07-01"), value: "5000",
                source: "新文件"))
        let refusal = try await desk.refusal { try await desk.decide(number, by: desk.office.approver) }
        #expect(refusal.field == "outcome" && refusal.message.contains("5,000.00"), "\(refusal)")
        let back = try await desk.decide(number, .return, by: desk.office.approver, reason: "标准已变")
        #expect(back.state == .returned)
    }

    @Test func `why a case was granted stays what was decided on, whatever figures are set after`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.noticed(try await desk.archivedHome(1).child)
        let worker = desk.office.worker
        let before = try await desk.door.answer(ExplainCase(case: number), as: worker)
        let shown = try await desk.door.answer(ShowCase(case: number), as: worker).assessment
        #expect(before.asOf == nil && shown?.asOf != nil)
        #expect(shown?.amount == before.amount && shown?.rules.count == before.rules.count)
        let form = try #require(try await desk.door.answer(ShowCase(case: number), as: worker).form)
        #expect(form.values.contains { $0.kind == .amount } && form.values.allSatisfy { !$0.title.isEmpty })
        _ = try await desk.decide(number, by: desk.office.approver)
        _ = try await desk.decide(number, by: desk.office.approver2)
        try await desk.set(
            SetParameter(
                name: "education_undergraduate", region: "XN", from: Desk.day("2026-02-01"), value: "999", source: "改"))
        let after = try await desk.door.answer(ExplainCase(case: number), as: worker)
        #expect(after.asOf != nil && after.amount == before.amount)
        #expect(after.parameters.map(\.source) == before.parameters.map(\.source))
        // The paper of the outcome makes the sheet anew, by figures of its own day.
        _ = try await desk.door.perform(
            StopAward(case: number, reason: "已退学"), as: worker)
        try await desk.letter(number, kind: "school_record")
        let last = try await desk.door.answer(ExplainCase(case: number), as: worker)
        #expect(last.asOf == after.asOf && last.amount == before.amount)
        #expect(try await desk.door.answer(ShowCase(case: number), as: worker).assessment?.amount == before.amount)
    }

    @Test func `a withdrawn case leaves its notice, and another can be opened`() async throws {
        let desk = try await Desk.open()
        let home = try await desk.archivedHome(1)
        let number = try await desk.reviewed(home.child)
        let notice = try await desk.door.perform(
            PublishNotice(programme: "P04", organisation: "XN"), as: desk.office.worker)
        let gone = try await desk.door.perform(WithdrawCase(case: number, reason: "本人放弃"), as: desk.office.worker)
        #expect(gone.state == .withdrawn)
        let shown = try await desk.door.answer(ShowNotice(notice: notice.number), as: desk.office.worker)
        #expect(shown.state == .closed && shown.items.map(\.state) == [.removed])
        _ = try await desk.draft(home.child)
    }

    @Test func `a suspended award is not paid until it is resumed`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.awarded(try await desk.archivedHome(1).child)
        let halted = try await desk.door.perform(SuspendCase(case: number, reason: "待核实"), as: desk.office.worker)
        #expect(halted.state == .suspended && halted.award?.instalments.map(\.state) == [.due])
        let going = try await desk.door.perform(ResumeCase(case: number), as: desk.office.worker)
        #expect(going.state == .awarded)
        let refusal = try await desk.refusal {
            try await desk.door.perform(ResumeCase(case: number), as: desk.office.worker)
        }
        #expect(refusal.code == .conflict)
    }

    @Test func `a late step is marked once`() async throws {
        let desk = try await Desk.open()
        let home = try await desk.archivedHome(1)
        let number = try await desk.submitted(home.child)
        #expect(try await desk.door.perform(MarkOverdueSteps(), as: .system).count == 0)
        desk.go(to: "2026-07-20")
        #expect(try await desk.door.perform(MarkOverdueSteps(), as: .system).count == 1)
        #expect(try await desk.door.perform(MarkOverdueSteps(), as: .system).count == 0)
        let timeline = try await desk.door.answer(ShowTimeline(case: number), as: desk.office.worker)
        #expect(timeline.items.map(\.command).contains("case.markOverdue"))
    }

    @Test func `an archive due for its yearly test is marked once`() async throws {
        let desk = try await Desk.open()
        _ = try await desk.archivedHome(1)
        #expect(try await desk.door.perform(MarkDueRetests(), as: .system).count == 0)
        desk.go(to: "2027-01-11")
        #expect(try await desk.door.perform(MarkDueRetests(), as: .system).count == 1)
        #expect(try await desk.door.perform(MarkDueRetests(), as: .system).count == 0)
    }
}
