import Contract
import Foundation
import Postgres
import Schema
import Support
import Testing
import WorkingDays

@testable import Relief

/// The database counts working days itself: a notice that was too short can't be cleared, and one that turns out so is found.
@Suite(.database)
struct NoticeLawTests {
    private func enter(_ desk: Desk, off: [String]) async throws -> CalendarView {
        try await desk.door.perform(
            SetCalendar(
                days: off.map { CalendarDay(day: Desk.day($0), working: false, name: "休") }, source: "测试"),
            as: desk.office.programmes)
    }

    /// What the check of the notices finds.
    private func found(_ desk: Desk) async throws -> [String] {
        let check = try #require(Schema.checks.first { $0.name.contains("relief_notices") })
        return try await desk.bypass { transaction in
            try await transaction.query("\(unescaped: check.body.replacing(";", with: ""))").map { try $0["problem"] }
        }
    }

    private func noticed(_ desk: Desk) async throws -> String {
        let number = try await desk.reviewed(try await desk.archivedHome(1).child)
        _ = try await desk.door.perform(PublishNotice(programme: "P04", organisation: "XN"), as: desk.office.worker)
        return number
    }

    @Test func `nothing is cleared before its working days are over, whatever a program says`() async throws {
        let desk = try await Desk.open()
        _ = try await noticed(desk)
        func clear(at day: String) -> SQL {
            """
            UPDATE relief.notice_item SET state = 'cleared', paused_on = NULL,
              closed_at = \(Desk.day(day).start().addingTimeInterval(60))
            """
        }
        // Published on 1 July, five working days: the 2nd, 3rd, 6th, 7th and 8th.
        for day in ["2026-07-01", "2026-07-04", "2026-07-08"] {
            #expect(await desk.law { try await $0.execute(clear(at: day)) } == "RR025", "\(day)")
        }
        #expect(
            await desk.law { transaction in
                try await transaction.execute("UPDATE relief.notice_item SET closes_on = '2026-07-02'")
                try await transaction.execute(clear(at: "2026-07-03"))
            } == "RR025")
        #expect(
            await desk.law { transaction in
                try await transaction.execute(
                    """
                    INSERT INTO relief.objection (id, item, content, raised_at, state)
                    SELECT gen_random_uuid(), id, 'x', \(desk.office.clock.now()), 'open' FROM relief.notice_item
                    """)
                try await transaction.execute(clear(at: "2026-07-20"))
            } == "RR025")
        #expect(
            await desk.law { transaction in
                try await transaction.execute(
                    """
                    INSERT INTO relief.notice_item (id, notice, case_id, public_name, category, state, closes_on, closed_at)
                    SELECT gen_random_uuid(), notice, case_id, 'x', 'x', 'cleared', '2026-07-02', \(desk.office.clock.now())
                    FROM relief.notice_item
                    """)
            } == "RR025")
        try await desk.bypass { _ = try await $0.execute(clear(at: "2026-07-09")) }
    }

    @Test func `days off that come after the clearing: said at once, no approval rests on it, a second notice does`()
        async throws
    {
        let desk = try await Desk.open()
        let number = try await noticed(desk)
        desk.go(to: "2026-07-09")
        #expect(try await desk.door.perform(CloseDueNotices(), as: .system).count == 1)
        let changed = try await enter(desk, off: ["2026-07-07"])
        #expect(changed.warnings?.contains { $0.en.contains(number) && $0.zh.contains("2026-07-09") } == true)
        let refused = try await desk.refusal { try await desk.decide(number, by: desk.office.approver) }
        #expect(refused.code == .conflict && refused.phrase.zh.contains("重新公示"))
        #expect(try await found(desk).isEmpty)
        try await desk.decide(number, .return, by: desk.office.approver, reason: "公示期不足")
        _ = try await desk.door.perform(SubmitCase(case: number), as: desk.office.worker)
        for reviewer in [desk.office.reviewer, desk.office.reviewer2] {
            try await desk.decide(number, by: reviewer)
        }
        _ = try await desk.door.perform(PublishNotice(programme: "P04", organisation: "XN"), as: desk.office.worker)
        desk.go(to: "2026-07-17")
        #expect(try await desk.door.perform(CloseDueNotices(), as: .system).count == 1)
        for approver in [desk.office.approver, desk.office.approver2] { try await desk.decide(number, by: approver) }
        #expect(try await desk.show(number).state == .awarded)
        #expect(try await found(desk).isEmpty)
    }

    @Test func `an award on a notice that turns out too short is found by the check`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.awarded(try await desk.archivedHome(1).child)
        #expect(try await found(desk).isEmpty)
        let changed = try await enter(desk, off: ["2026-07-07", "2026-07-08"])
        #expect(changed.warnings?.contains { $0.en.contains(number) } == true)
        #expect(try await found(desk) == ["3 of 5 working days"])
        // The day that was entered in error goes, and so does the finding.
        _ = try await desk.door.perform(
            SetCalendar(
                days: ["2026-07-07", "2026-07-08"].map { CalendarDay(day: Desk.day($0), working: true, name: "班") },
                source: "更正"), as: desk.office.programmes)
        #expect(try await found(desk).isEmpty)
    }

    @Test func `the days between an objection and its dismissal don't count for the check either`() async throws {
        let desk = try await Desk.open()
        let number = try await noticed(desk)
        let notice = try await desk.door.answer(ListNotices(), as: desk.office.worker).items[0]
        desk.go(to: "2026-07-02")
        let objected = try await desk.door.perform(
            ObjectToNotice(notice: notice.number, case: number, text: "有车"), as: desk.office.worker)
        desk.go(to: "2026-07-06")
        let resumed = try await desk.door.perform(
            ResolveObjection(objection: objected.objections[0].id, outcome: .dismissed, reason: "不实"),
            as: desk.office.worker2)
        #expect("\(resumed.endsOn)" == "2026-07-10")
        desk.go(to: "2026-07-11")
        #expect(try await desk.door.perform(CloseDueNotices(), as: .system).count == 1)
        for approver in [desk.office.approver, desk.office.approver2] { try await desk.decide(number, by: approver) }
        #expect(try await found(desk).isEmpty)
        _ = try await enter(desk, off: ["2026-07-10"])
        #expect(try await found(desk).count == 1)
        // After every test nothing may break a law.
        _ = try await desk.door.perform(
            SetCalendar(days: [CalendarDay(day: Desk.day("2026-07-10"), working: true, name: "班")], source: "更正"),
            as: desk.office.programmes)
    }

    @Test func `SQL and Swift count the same working days`() async throws {
        let seed = UInt64.random(in: 1...(.max))
        print("SQL and Swift count the same working days: seed \(seed)")
        var made = Synthetic(seed: seed)
        let first = Desk.day("2026-11-01")
        for _ in 1...6 {
            var calendar = WorkingCalendar()
            for _ in 0..<made.next(60) {
                let day = first.adding(days: Int(made.next(150)))
                if made.next(2) == 0 { calendar.holidays.insert(day) } else { calendar.extraWorkingDays.insert(day) }
            }
            calendar.holidays.subtract(calendar.extraWorkingDays)
            try await Database.current.appPool.transaction { transaction in
                try await transaction.execute(
                    "SELECT set_config('relief.scope', '{\"\"}', true), set_config('relief.event', \(UUID().uuidString), true)"
                )
                try await transaction.execute("DELETE FROM relief.calendar_day")
                for (days, working) in [(calendar.holidays, false), (calendar.extraWorkingDays, true)] {
                    for day in days {
                        try await transaction.execute(
                            """
                            INSERT INTO relief.calendar_day (id, day, working, name, source)
                            VALUES (gen_random_uuid(), \(day), \(working), 'x', 'x')
                            """)
                    }
                }
                let read = try await Calendars.read(in: transaction)
                #expect(read == calendar)
                for number in 0..<170 {
                    let (after, through) = (first.adding(days: Int(made.next(20)) - 10), first.adding(days: number))
                    let row = try await transaction.one(
                        "SELECT relief.working_days(\(after), \(through)) AS count, relief.is_working_day(\(through)) AS works"
                    )
                    #expect(try row["count"] == calendar.workingDays(after: after, through: through))
                    #expect(try row["works"] == calendar.isWorking(through))
                }
            }
        }
    }
}
