import Contract
import Foundation
import Postgres
import Support
import Testing
import WorkingDays

@testable import Relief

/// What is reckoned in working days is reckoned anew when they change, and a year that nobody entered is said.
@Suite(.database)
struct CalendarTests {
    private func enter(_ desk: Desk, off: [String] = [], working: [String] = []) async throws -> CalendarView {
        try await desk.door.perform(
            SetCalendar(
                days: off.map { CalendarDay(day: Desk.day($0), working: false, name: "休") }
                    + working.map { CalendarDay(day: Desk.day($0), working: true, name: "班") }, source: "测试"),
            as: desk.office.programmes)
    }

    private func publish(_ desk: Desk) async throws -> NoticeView {
        try await desk.door.perform(PublishNotice(programme: "P04", organisation: "XN"), as: desk.office.worker)
    }

    private func clear(_ desk: Desk, on day: String) async throws -> Int {
        desk.go(to: day)
        return try await desk.door.perform(CloseDueNotices(), as: .system).count
    }

    private func moved(_ view: CalendarView, _ kind: MovedDay.Kind) -> [String] {
        (view.moved ?? []).filter { $0.kind == kind }.map { "\($0.number) \($0.from) \($0.to)" }
    }

    /// Of K8: published on Friday 18 September; the 23rd and 24th become days off.
    @Test func `days off that are entered while a notice stands prolong it, its text and its deadline`() async throws {
        let desk = try await Desk.open()
        desk.go(to: "2026-09-17")
        let number = try await desk.reviewed(try await desk.archivedHome(1).child)
        desk.go(to: "2026-09-18")
        #expect("\(try await publish(desk).endsOn)" == "2026-09-25")
        let changed = try await enter(desk, off: ["2026-09-23", "2026-09-24"])
        #expect(moved(changed, .notice) == ["\(number) 2026-09-25 2026-09-29"])
        let notice = try await desk.door.answer(ListNotices(), as: desk.office.worker).items[0]
        #expect("\(notice.endsOn)" == "2026-09-29")
        #expect(notice.publicText.contains("公示期：2026-09-18 至 2026-09-29（工作日历更正，原至 2026-09-25）"))
        #expect(try await clear(desk, on: "2026-09-26") == 0)
        #expect(try await clear(desk, on: "2026-09-29") == 0)
        #expect(try await clear(desk, on: "2026-09-30") == 1)
        #expect(try await desk.show(number).step == "approve")
    }

    @Test func `a day off that is taken back shortens a notice, and each case is cleared by its errand in time`()
        async throws
    {
        let desk = try await Desk.open()
        _ = try await enter(desk, off: ["2026-07-06", "2026-07-07"])
        let number = try await desk.reviewed(try await desk.archivedHome(1).child)
        #expect("\(try await publish(desk).endsOn)" == "2026-07-10")
        let changed = try await enter(desk, working: ["2026-07-06", "2026-07-07"])
        #expect(moved(changed, .notice) == ["\(number) 2026-07-10 2026-07-08"] && changed.days.isEmpty)
        desk.go(to: "2026-07-09")
        #expect(try await desk.door.perform(ClearNotice(case: number), as: .system).count == 1)
        let jobs: Int = try await desk.bypass { transaction in
            try await transaction.value(
                "SELECT count(*)::int FROM jobs.job WHERE kind = 'notice.clear' AND run_at = \(Desk.day("2026-07-09").start())"
            )
        }
        #expect(jobs == 1)
    }

    @Test func `an objection's days stay out when the calendar changes, before and after it is dismissed`() async throws
    {
        let desk = try await Desk.open()
        let number = try await desk.reviewed(try await desk.archivedHome(1).child)
        let notice = try await publish(desk)
        desk.go(to: "2026-07-03")
        let objected = try await desk.door.perform(
            ObjectToNotice(notice: notice.number, case: number, text: "有车"), as: desk.office.worker)
        // Stood on the 2nd and 3rd; the 6th is off, and would have ended it a day later.
        let first = try await enter(desk, off: ["2026-07-06"])
        #expect(moved(first, .notice) == ["\(number) 2026-07-08 2026-07-09"])
        desk.go(to: "2026-07-10")
        let resumed = try await desk.door.perform(
            ResolveObjection(objection: objected.objections[0].id, outcome: .dismissed, reason: "不实"),
            as: desk.office.worker2)
        #expect("\(resumed.endsOn)" == "2026-07-15")
        let second = try await enter(desk, off: ["2026-07-14"], working: ["2026-07-12"])
        #expect(moved(second, .notice).isEmpty)
        let third = try await enter(desk, off: ["2026-07-13"])
        #expect(moved(third, .notice) == ["\(number) 2026-07-15 2026-07-16"])
        #expect(try await clear(desk, on: "2026-07-16") == 0)
        #expect(try await clear(desk, on: "2026-07-17") == 1)
    }

    @Test func `a step's deadline moves, and what was late is late no longer`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.submitted(try await desk.archivedHome(1).child)
        func step() async throws -> StepView? { try await desk.show(number).steps.first { $0.state == .open } }
        #expect(try await step()?.dueOn == Desk.day("2026-07-08"))
        desk.go(to: "2026-07-09")
        #expect(try await desk.door.perform(MarkOverdueSteps(), as: .system).count == 1)
        let changed = try await enter(desk, off: ["2026-07-02", "2026-07-03"])
        #expect(moved(changed, .deadline) == ["\(number) 2026-07-08 2026-07-10"])
        #expect(try await step()?.dueOn == Desk.day("2026-07-10"))
        #expect(try await desk.door.perform(MarkOverdueSteps(), as: .system).count == 0)
        desk.go(to: "2026-07-11")
        #expect(try await desk.door.perform(MarkOverdueSteps(), as: .system).count == 1)
    }

    @Test func `a cooling-off time grows with days off, and never shrinks`() async throws {
        let desk = try await Desk.open()
        let person = try await desk.person(1)
        let account = try await desk.door.perform(
            RegisterAccount(
                owner: person.number, holder: "别人", bank: "某银行", number: "6227007200120897790", kind: .passbook),
            as: desk.office.worker)
        #expect(account.usableFrom.map { Day($0) } == Desk.day("2026-07-07"))
        let grown = try await enter(desk, off: ["2026-07-02"])
        #expect(moved(grown, .coolingOff) == ["\(person.number) 2026-07-07 2026-07-08"])
        let back = try await enter(desk, working: ["2026-07-02"])
        #expect(moved(back, .coolingOff).isEmpty)
        let shown = try await desk.door.answer(ShowPerson(person: person.number), as: desk.office.worker)
        #expect(shown.accounts.first?.usableFrom.map { Day($0) } == Desk.day("2026-07-08"))
        let law = await desk.law { transaction in
            try await transaction.execute(
                "UPDATE relief.payee_account SET usable_from = usable_from - interval '1 day'")
        }
        #expect(law == "RA002")
    }

    /// P02 pays three working days after the approval, and then every month.
    private func livingAid(_ desk: Desk) async throws -> String {
        let home = try await desk.archivedHome(1)
        let file = try await desk.door.perform(
            OpenCase(programme: "P02", organisation: "XN", household: home.number, facts: ["situation": "病"]),
            as: desk.office.worker)
        try await desk.letter(file.number, kind: "application")
        _ = try await desk.door.perform(SubmitCase(case: file.number), as: desk.office.worker)
        try await desk.decide(file.number, by: desk.office.reviewer)
        _ = try await desk.door.perform(PublishNotice(programme: "P02", organisation: "XN"), as: desk.office.worker)
        #expect(try await clear(desk, on: "2026-07-09") == 1)
        try await desk.decide(file.number, by: desk.office.approver)
        try await desk.decide(file.number, by: desk.office.approver2)
        return file.number
    }

    @Test func `instalments that working days date move until a run has them, and nothing else of them changes`()
        async throws
    {
        let desk = try await Desk.open()
        let number = try await livingAid(desk)
        func due() async throws -> [String] {
            try await desk.show(number).award?.instalments.prefix(2).map { "\($0.dueOn)" } ?? []
        }
        #expect(try await due() == ["2026-07-14", "2026-08-14"])
        let changed = try await enter(desk, off: ["2026-07-13"])
        #expect(try await due() == ["2026-07-15", "2026-08-15"])
        #expect(moved(changed, .instalment).count == 12)
        #expect(moved(changed, .instalment).first == "\(number) 2026-07-14 2026-07-15")
        let law = await desk.law { transaction in
            try await transaction.execute(
                "UPDATE relief.instalment SET due_on = due_on + 1, state = 'inRun' WHERE ordinal = 1")
        }
        #expect(law == "RA002")
        let alone = await desk.law { transaction in
            try await transaction.execute("UPDATE relief.instalment SET due_on = due_on + 1 WHERE ordinal = 1")
        }
        #expect(alone == "RA002")
        let amount = await desk.law { transaction in
            try await transaction.execute("UPDATE relief.instalment SET amount = amount + 1 WHERE ordinal = 1")
        }
        #expect(amount == "RA002")
    }

    @Test func `an unsigned run of the schedule moves with its sheet; one that a person dated, or signed, is named`()
        async throws
    {
        let treasury = try await Treasury.open()
        let (door, office) = (treasury.door, treasury.office)
        _ = try await door.perform(PrepareDueRuns(), as: .system)
        let before = try await door.answer(ListRuns(), as: office.finance).items[0]
        #expect("\(before.executeOn)" == "2026-07-03")
        func enter(_ day: String, off: Bool = true) async throws -> CalendarView {
            try await door.perform(
                SetCalendar(days: [CalendarDay(day: Desk.day(day), working: !off, name: "x")], source: "测试"),
                as: office.programmes)
        }
        let changed = try await enter("2026-07-03")
        #expect(moved(changed, .execution) == ["\(before.number) 2026-07-03 2026-07-06"])
        let after = try await door.answer(ShowRun(run: before.number), as: office.finance)
        #expect("\(after.executeOn)" == "2026-07-06" && after.sheet != before.sheet)
        await #expect(throws: Refusal.self) {
            try await door.perform(CheckRun(run: before.number, sheet: before.sheet), as: office.checker)
        }
        _ = try await door.perform(CheckRun(run: after.number, sheet: after.sheet), as: office.checker)
        let signed = try await enter("2026-07-06")
        #expect(moved(signed, .execution).isEmpty)
        #expect(signed.warnings?.contains { $0.en.contains(before.number) && $0.zh.contains("休息日") } == true)
        #expect("\(try await door.answer(ShowRun(run: before.number), as: office.finance).executeOn)" == "2026-07-06")
        _ = try await door.perform(ApproveRun(run: after.number, sheet: after.sheet), as: office.financeApprover)
        _ = try await door.perform(
            ReleaseRun(run: after.number, sheet: after.sheet, format: .pain001), as: office.cashier)
    }

    @Test func `what moved stands in the leaf, by kind and by number`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.reviewed(try await desk.archivedHome(1).child)
        _ = try await publish(desk)
        _ = try await enter(desk, off: ["2026-07-02"])
        let timeline = try await desk.door.answer(ShowTimeline(case: number), as: desk.office.worker)
        #expect("\(timeline)".contains("calendar.set") && "\(timeline)".contains("moved.notice"))
    }

    @Test func `a day given twice is refused, and a weekday that is working is no special day any more`() async throws {
        let desk = try await Desk.open()
        let twice = try await desk.refusal { try await enter(desk, off: ["2026-10-01"], working: ["2026-10-01"]) }
        #expect(twice.code == .invalid && twice.field == "days" && twice.phrase.zh.contains("2026-10-01"))
        _ = try await enter(desk, off: ["2026-10-01"], working: ["2026-10-10"])
        _ = try await enter(desk, off: ["2026-10-10"], working: ["2026-10-01"])
        let shown = try await desk.door.answer(
            ShowCalendar(from: Desk.day("2026-10-01"), to: Desk.day("2026-10-31")), as: desk.office.worker)
        #expect(shown.days.isEmpty && shown.warnings?.count == 1)
        let year = try await desk.refusal { try await enter(desk, off: ["0206-10-01"]) }
        #expect(year.code == .invalid)
    }

    /// Of K8: 28 December, and nobody entered the next year.
    @Test func `a year without a calendar is said where somebody acts on its days, and what it moves when it comes`()
        async throws
    {
        let desk = try await Desk.open()
        _ = try await enter(desk, off: ["2026-10-01"])
        desk.go(to: "2026-10-20")
        let number = try await desk.reviewed(try await desk.archivedHome(1).child)
        func years(_ number: String) async throws -> [String] {
            try await desk.show(number).warnings.map(\.en).filter { $0.contains("holidays") }
        }
        #expect(try await years(number).isEmpty)
        desk.go(to: "2026-12-28")
        let notice = try await publish(desk)
        #expect("\(notice.endsOn)" == "2027-01-04")
        #expect(notice.warnings?.map(\.en).joined().contains("2027") == true)
        let person = try await desk.person(7)
        desk.go(to: "2026-12-30")
        let account = try await desk.door.perform(
            RegisterAccount(
                owner: person.number, holder: "别人", bank: "某银行", number: "6227007200120897790", kind: .passbook),
            as: desk.office.worker)
        #expect(account.notes?.map(\.zh).joined().contains("2027") == true)
        let late = try await desk.draft(try await desk.archivedHome(2).child, union: "XN")
        #expect(try await years(late).isEmpty)
        let changed = try await enter(desk, off: ["2027-01-01"])
        #expect(moved(changed, .notice) == ["\(number) 2027-01-04 2027-01-05"])
        #expect(moved(changed, .coolingOff) == ["\(person.number) 2027-01-05 2027-01-06"])
        #expect(changed.warnings == nil)
        let after = try await desk.door.answer(ShowNotice(notice: notice.number), as: desk.office.worker)
        #expect(after.warnings == nil && "\(after.endsOn)" == "2027-01-05")
    }

    @Test func `a deadline that lies in a year without a calendar is said with its case`() async throws {
        let desk = try await Desk.open()
        _ = try await enter(desk, off: ["2026-10-01"])
        let home = try await desk.archivedHome(1)
        desk.go(to: "2026-12-29")
        let file = try await desk.door.perform(
            OpenCase(programme: "P02", organisation: "XN", household: home.number, facts: ["situation": "病"]),
            as: desk.office.worker)
        try await desk.letter(file.number, kind: "application")
        let submitted = try await desk.door.perform(SubmitCase(case: file.number), as: desk.office.worker)
        #expect(submitted.warnings.map(\.en).joined().contains("2027"))
    }

    @Test(
        arguments: [
            ("2026-07-01", [], ["2026"]), ("2026-07-01", ["2026-10-01"], []), ("2026-10-31", ["2026-10-01"], []),
            ("2026-11-01", ["2026-10-01"], ["2027"]), ("2026-11-01", ["2026-10-01", "2027-10-01"], []),
            ("2026-11-01", [], ["2026", "2027"]),
        ] as [(String, [String], [String])])
    func `the operator is told of this year at any time, and of the next from November on`(
        today: String, entered: [String], years: [String]
    ) async throws {
        let desk = try await Desk.open()
        if !entered.isEmpty { _ = try await enter(desk, off: entered) }
        desk.go(to: today)
        let report = try await desk.door.answer(ReportHealth(), as: desk.office.admin)
        let told = (report.warnings ?? []).compactMap { $0.en.firstMatch(of: /20[0-9]{2}/).map { String($0.output) } }
        #expect(told == years && report.ok)
    }
}
