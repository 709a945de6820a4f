import Contract
import Foundation
import Postgres
@testable import Relief
import Support
import Testing
import WorkingDays

/// Cases as offices really send them: the grant follows what is written, and what was shown is what is signed.
@Suite(.database) struct RealInputTests {
    static let family: [String: JSONValue] = [
        "annual_income": "80000", "rigid_spending": "3万", "homes": "1", "vehicle": "否", "member_months": "72",
        "cause": "illness",
    ]

    @Test func `amounts that a person writes are yuan, and are told as understood`() async throws {
        let desk = try await Desk.open()
        let home = try await desk.home(1)
        let file = try await desk.door.perform(
            OpenCase(programme: "P01", organisation: "XN", household: home.number, facts: Self.family),
            as: desk.office.worker)
        #expect(file.facts["annual_income"] == 8_000_000 && file.facts["rigid_spending"] == 3_000_000)
        let form = try #require(file.form?["annual_income"])
        #expect(form.phrase(file.facts["annual_income"] ?? .null).en == "80,000.00 yuan")
        // (80,000 − 30,000) / 12 / 2 is above twice 643: with yuan taken for fen it would be below.
        let explained = try await desk.door.answer(ExplainCase(case: file.number), as: desk.office.worker)
        #expect(explained.answer == .no)
    }

    @Test func `a figure is set in yuan, whatever unit is named, and shown so`() async throws {
        let desk = try await Desk.open()
        for (value, unit) in [("1200", nil), ("1200", "yuan"), ("120000", "fen"), ("0.12万", nil)] as [(String, String?)]
        {
            let view = try await desk.door.perform(
                SetParameter(
                    name: "refund_cap", region: "XN", from: desk.office.today.adding(days: Int.random(in: 1...9_000)),
                    to: nil, value: value, unit: unit, source: "试验"),
                as: desk.office.programmes, dryRun: true)
            #expect(view.value == "1,200.00" && view.unit.en == "yuan" && view.title == "经费返还：每年封顶")
        }
        let unknown = try await desk.refusal {
            try await desk.door.perform(
                SetParameter(name: "no_such", region: "XN", from: desk.office.today, value: "1", source: "试"),
                as: desk.office.programmes)
        }
        #expect(unknown.code == .notFound && unknown.message.contains("relief parameter define"))
        let kind = try await desk.refusal {
            try await desk.door.perform(
                SetParameter(name: "refund_cap", region: "XN", from: desk.office.today, value: "40%", source: "试"),
                as: desk.office.programmes)
        }
        #expect(kind.field == "value" && kind.phrase.zh.contains("以元为单位"))
    }

    @Test func `a pack whose figures the register lacks is told so, and not released before`() async throws {
        let desk = try await Desk.open()
        let text = try String(contentsOf: PackTests.folder.appending(path: "P02-living-aid.yaml"), encoding: .utf8)
            .replacing("version: 1\n", with: "version: 2\n").replacing("dibao_monthly", with: "dibao_yearly")
        let added = try await desk.door.perform(AddProgramme(text: text), as: desk.office.programmes)
        #expect(added.warnings?.first?.en.contains("pack:12:1: the register has no figure dibao_yearly") == true)
        let release = ReleaseProgramme(programme: "P02", version: 2)
        #expect(
            try await desk.refusal { try await desk.door.perform(release, as: desk.office.programmes2) }.code
                == .conflict)
        let figure = DefineParameter(name: "dibao_yearly", kind: .money, title: "低保年标准")
        _ = try await desk.door.perform(figure, as: desk.office.programmes)
        // The title is corrected, and what it counts as long as nothing was set by it.
        let corrected = DefineParameter(name: "dibao_yearly", kind: .count, title: "低保年度标准")
        #expect(try await desk.door.perform(corrected, as: desk.office.programmes).title == "低保年度标准")
        _ = try await desk.door.perform(figure, as: desk.office.programmes)
        _ = try await desk.door.perform(
            SetParameter(name: "dibao_yearly", region: "XN", from: desk.office.today, value: "7716", source: "试"),
            as: desk.office.programmes)
        #expect(
            try await desk.refusal { try await desk.door.perform(corrected, as: desk.office.programmes) }.field
                == "kind")
        let law = await desk.law {
            try await $0.execute("UPDATE relief.figure SET kind = 'days' WHERE name = 'dibao_yearly'")
        }
        #expect(law == "RA002")
        #expect(try await desk.door.perform(release, as: desk.office.programmes2).state == .released)
    }

    @Test func `what it is granted once for follows the facts until it is submitted`() async throws {
        let desk = try await Desk.open()
        let (number, first) = try await refundCase(desk, year: 2026)
        // Amended to the year that has a case: the once-law sees it.
        let (other, _) = try await refundCase(desk, year: 2025, of: first)
        let refusal = try await desk.refusal {
            try await desk.door.perform(AmendCase(case: other, facts: ["year": "2026"]), as: desk.office.worker)
        }
        #expect(refusal.code == .conflict && refusal.message.contains("once per 2026"), "\(refusal)")
        // And away from it: that year is free again.
        _ = try await desk.door.perform(AmendCase(case: number, facts: ["year": "2024"]), as: desk.office.worker)
        _ = try await desk.door.perform(AmendCase(case: other, facts: ["year": "2026"]), as: desk.office.worker)
        let law = await desk.law {
            try await $0.execute(
                "UPDATE relief.case_file SET state = 'submitted', submitted_at = now(), submitted_by = opened_by, first_submitted_on = '2026-07-01', period = NULL WHERE number = \(number)"
            )
        }
        #expect(law == "period_known")
    }

    @Test func `a draft that doesn't say yet what it is for is there once`() async throws {
        let desk = try await Desk.open()
        let (_, code) = try await refundCase(desk, year: 2026)
        let undated = OpenCase(programme: "P08-B", organisation: "CD_01", employer: code, facts: [:])
        let draft = try await desk.door.perform(undated, as: desk.office.worker)
        let second = try await desk.refusal { try await desk.door.perform(undated, as: desk.office.worker) }
        #expect(second.code == .conflict && second.message.contains("doesn't say yet what it is for"))
        let explained = try await desk.door.answer(ExplainCase(case: draft.number), as: desk.office.worker)
        #expect(explained.answer == .unknown && explained.open.contains { $0.zh.contains("返还年度") }, "\(explained.open)")
    }

    private func refundCase(_ desk: Desk, year: Int, of known: String? = nil) async throws -> (String, String) {
        var made = Synthetic(seed: 8)
        let code = known ?? made.uscc()
        if known == nil {
            _ = try await desk.door.perform(
                RegisterEmployer(uscc: code, name: "示例企业", kind: .private, union: "CD_01"), as: desk.office.worker)
        }
        let file = try await desk.door.perform(
            OpenCase(programme: "P08-B", organisation: "CD_01", employer: code, facts: ["year": .int(Int64(year))]),
            as: desk.office.worker)
        return (file.number, code)
    }

    @Test func `two awards to one household wait for one another, and the second sees the first`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.noticed(try await desk.archivedHome(1).child)
        try await desk.decide(number, by: desk.office.approver)
        // Another session holds the household's lock, as an award that has not committed yet does.
        let held = AsyncStream<Void>.makeStream()
        let free = AsyncStream<Void>.makeStream()
        let holder = Task {
            try await desk.bypass { transaction in
                try await transaction.execute(
                    "SELECT relief.lock_aid(person, 'education', '2026-07-01') FROM relief.case_file WHERE number = \(number)"
                )
                held.continuation.finish()
                for await _ in free.stream {}
            }
        }
        for await _ in held.stream {}
        let decision = Task { try await desk.decide(number, by: desk.office.approver2) }
        // The decision stands in line: the database says so.
        var isWaiting = false
        while !isWaiting {
            isWaiting = try await Database.current.pool.transaction {
                try await $0.exists(
                    "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                )
            }
        }
        free.continuation.finish()
        try await holder.value
        #expect(try await decision.value.state == .awarded)
    }

    @Test func `a household that the visit made ineligible goes no further, and is rejected there`() async throws {
        let desk = try await Desk.open()
        let home = try await desk.home(1)
        let number = try await submittedFamily(desk, home)
        try await desk.decide(number, by: desk.office.reviewer)
        let visited = try await desk.door.perform(
            RecordVisit(
                case: number, on: desk.office.today, visitors: ["worker", "worker2"], findings: "有两套住房",
                facts: ["homes": "2"]), as: desk.office.worker)
        #expect(
            visited.step == "visit" && visited.warnings.first?.en.contains("no longer qualifies: reject it") == true)
        #expect(try await desk.refusal { try await desk.decide(number, by: desk.office.reviewer2) }.code == .conflict)
        let rejected = try await desk.decide(number, .reject, by: desk.office.reviewer2, reason: "房产超过一套")
        #expect(rejected.state == .rejected)
    }

    private func submittedFamily(_ desk: Desk, _ home: Desk.Home) async throws -> String {
        var facts = Self.family
        facts["annual_income"] = "4万"
        let file = try await desk.door.perform(
            OpenCase(programme: "P01", organisation: "XN", household: home.number, facts: facts), as: desk.office.worker
        )
        for kind in ["application", "authorisation", "diagnosis"] { try await desk.letter(file.number, kind: kind) }
        _ = try await desk.door.perform(SubmitCase(case: file.number), as: desk.office.worker)
        return file.number
    }

    @Test func `what changed since the review is not published, and the others are`() async throws {
        let desk = try await Desk.open()
        let (first, second) = (try await desk.archivedHome(1), try await desk.archivedHome(2))
        let (kept, changed) = (try await desk.reviewed(first.child), try await desk.reviewed(second.child))
        _ = try await desk.bypass {
            try await $0.execute(
                "UPDATE relief.archive SET ended_at = now(), end_reason = 'x' WHERE household = (SELECT id FROM relief.household WHERE number = \(second.number))"
            )
        }
        let notice = try await desk.door.perform(
            PublishNotice(programme: "P04", organisation: "XN"), as: desk.office.worker)
        #expect(notice.items.map(\.case) == [kept] && notice.leftOut?.count == 1)
        #expect(notice.leftOut?.first?.zh.contains(changed) == true)
        let named = try await desk.refusal {
            try await desk.door.perform(
                PublishNotice(programme: "P04", organisation: "XN", cases: [changed]), as: desk.office.worker)
        }
        #expect(named.message.contains("no longer qualifies"))
    }

    @Test func `a case that came in time may come again after the intake closed, in its season`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.submitted(try await desk.archivedHome(1).child)
        try await desk.decide(number, .return, by: desk.office.reviewer, reason: "缺材料")
        desk.go(to: "2026-12-01")
        let again = try await desk.door.perform(SubmitCase(case: number), as: desk.office.worker)
        #expect(again.state == .submitted)
        let plan = try await desk.door.answer(ExplainCase(case: number), as: desk.office.worker).plan
        #expect(plan.first?.on == Desk.day("2026-09-10"))
        let late = try await desk.draft(try await desk.archivedHome(2).child)
        #expect(
            try await desk.refusal { try await desk.door.perform(SubmitCase(case: late), as: desk.office.worker) }
                .phrase.zh.contains("受理时间"))
    }

    @Test func `two levels of review are two people's, in the database too`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.submitted(try await desk.archivedHome(1).child)
        try await desk.decide(number, by: desk.office.reviewer)
        let refusal = try await desk.refusal { try await desk.decide(number, by: desk.office.reviewer) }
        #expect(refusal.code == .forbidden && refusal.message.contains("two levels of review"))
        // Sent back, it begins anew: who reviewed the first level may review the first level again.
        try await desk.decide(number, .return, by: desk.office.reviewer2, reason: "补充")
        _ = try await desk.door.perform(SubmitCase(case: number), as: desk.office.worker)
        desk.office.clock.advance(bySeconds: 60)
        #expect(try await desk.decide(number, by: desk.office.reviewer).steps[1].state == .open)
    }

    @Test func `what the form asks shows in the words of what it is granted`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.reviewed(try await desk.archivedHome(1).child)
        let shown = try #require(try await desk.show(number).assessment)
        #expect(shown.plan.map(\.amount) == [Fen(600_000)] && shown.plan[0].due.zh.contains("2026-09-10"))
        #expect(shown.amountBecause.contains { $0.contains("standard = 6,000.00元") }, "\(shown.amountBecause)")
    }

    @Test func `the instalments of an award are those on the sheet, in the database too`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.awarded(try await desk.archivedHome(1).child)
        let law = await desk.law { transaction in
            let row = try await transaction.one(
                "SELECT w.id, w.case_id FROM relief.award w JOIN relief.case_file c ON c.id = w.case_id WHERE c.number = \(number)"
            )
            let (award, file): (UUID, UUID) = (try row["id"], try row["case_id"])
            try await transaction.execute(
                "INSERT INTO relief.instalment (id, award, case_id, ordinal, due_on, amount, state) VALUES (\(UUID()), \(award), \(file), 2, '2026-10-10', 5, 'due')"
            )
        }
        #expect(law == "RR005")
    }

    @Test func `what was heard before the money came closes nothing, nor does one person alone`() async throws {
        let treasury = try await Treasury.open(cases: 1)
        let (office, number) = (treasury.office, treasury.cases[0])
        let payment = try await treasury.payments(treasury.run(.filed))[0]
        func followUp(_ on: Day) -> RecordFollowUp {
            RecordFollowUp(case: number, on: on, manner: .phone, finding: "已收到", satisfied: true)
        }
        office.clock.advance(bySeconds: 86_400)
        _ = try await treasury.entries([Treasury.entry(payment.reference, 100_000, on: "2026-07-02")])
        // However late it is written down.
        _ = try await treasury.door.perform(followUp(office.today.adding(days: -1)), as: office.worker2)
        let close = CloseCase(case: number, outcome: .completed, note: "完")
        let early = await #expect(throws: Refusal.self) { try await treasury.door.perform(close, as: office.worker) }
        #expect(early?.message.contains("after its last payment") == true, "\(String(describing: early))")
        _ = try await treasury.door.perform(followUp(office.today), as: office.worker2)
        let alone = await #expect(throws: Refusal.self) { try await treasury.door.perform(close, as: office.worker2) }
        #expect(alone?.code == .forbidden)
        #expect(try await treasury.door.perform(close, as: office.worker).state == .closed)
    }

    @Test func `a programme that needs no archive is paid though one ended`() async throws {
        let desk = try await Desk.open()
        let text = try String(contentsOf: PackTests.folder.appending(path: "P02-living-aid.yaml"), encoding: .utf8)
            .replacing("programme: P02", with: "programme: P06").replacing(
                "needs_archive: true", with: "needs_archive: {waived: 临时}"
            )
            .replacing("when: \"archive.active\"", with: "when: \"true\"")
        try await desk.release(text)
        let home = try await desk.archivedHome(1)
        let file = try await desk.door.perform(
            OpenCase(programme: "P06", organisation: "XN", household: home.number, facts: ["situation": "急难"]),
            as: desk.office.worker)
        try await desk.letter(file.number, kind: "application")
        _ = try await desk.door.perform(SubmitCase(case: file.number), as: desk.office.worker)
        try await desk.decide(file.number, by: desk.office.reviewer)
        _ = try await desk.door.perform(PublishNotice(programme: "P06", organisation: "XN"), as: desk.office.worker)
        desk.office.clock.advance(bySeconds: 8 * 86_400)
        _ = try await desk.door.perform(CloseDueNotices(), as: .system)
        try await desk.decide(file.number, by: desk.office.approver)
        try await desk.decide(file.number, by: desk.office.approver2)
        _ = try await desk.bypass {
            try await $0.execute("UPDATE relief.archive SET ended_at = now(), end_reason = '脱困'")
        }
        let obstacles = try await desk.bypass { transaction in
            try await Payable.list(
                "WHERE c.number = \(file.number)",
                in: CommandContext(
                    transaction: transaction, principal: .system, now: desk.office.clock.now(), door: desk.door)
            ).compactMap(\.obstacle)
        }
        #expect(!obstacles.contains { $0.contains("archive") } && !obstacles.isEmpty, "\(obstacles)")
    }
}
