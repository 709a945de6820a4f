import Contract
import Foundation
import Postgres
@testable import Relief
import Support
import Testing
import WorkingDays

/// Public notices: their clock of working days, what they show, and objections.
@Suite(.database)
struct NoticeTests {
    private func close(_ desk: Desk, on day: String) async throws -> Int {
        desk.go(to: day)
        return try await desk.door.perform(CloseDueNotices(), as: .system).count
    }

    private func publish(_ desk: Desk) async throws -> NoticeView {
        try await desk.door.perform(PublishNotice(programme: "P04", organisation: "XN"), as: desk.office.worker)
    }

    @Test func `a notice stands five working days, with holidays and worked weekends, and is over when the last is`()
        async throws
    {
        let desk = try await Desk.open()
        let number = try await desk.reviewed(try await desk.archivedHome(1).child)
        _ = try await desk.door.perform(
            SetCalendar(
                days: [
                    CalendarDay(day: Desk.day("2026-07-02"), working: false, name: "休"),
                    CalendarDay(day: Desk.day("2026-07-03"), working: false, name: "休"),
                    CalendarDay(day: Desk.day("2026-07-05"), working: true, name: "班"),
                ], source: "测试"), as: desk.office.programmes)
        let notice = try await publish(desk)
        #expect("\(notice.startsOn) \(notice.endsOn)" == "2026-07-01 2026-07-09" && notice.workingDays == 5)
        #expect(try await close(desk, on: "2026-07-09") == 0)
        #expect(try await close(desk, on: "2026-07-10") == 1)
        #expect(try await close(desk, on: "2026-07-10") == 0)
        let over = try await desk.door.answer(ShowNotice(notice: notice.number), as: desk.office.worker)
        #expect(over.state == .closed && over.items.map(\.state) == [.cleared])
        #expect(try await desk.show(number).step == "approve")
    }

    @Test func `the public text has family names, amounts, and no number of anybody`() async throws {
        let desk = try await Desk.open()
        let home = try await desk.archivedHome(1)
        _ = try await desk.reviewed(home.child)
        let notice = try await publish(desk)
        #expect(notice.publicText.contains("金秋助学公示") && notice.publicText.contains("6,000.00元"))
        #expect(notice.publicText.contains("2026-07-01 至 2026-07-08"))
        #expect(
            !notice.publicText.contains(home.child.name) && notice.publicText.contains("\(home.child.name.prefix(1))某"))
        #expect(notice.publicText.firstMatch(of: /[0-9]{6,}/) == nil)
        #expect(notice.items[0].publicName.hasSuffix("某"))
    }

    @Test func `an objection stops the clock of its case alone; dismissed, the days that were left go on`() async throws
    {
        let desk = try await Desk.open()
        let first = try await desk.reviewed(try await desk.archivedHome(1).child)
        let second = try await desk.reviewed(try await desk.archivedHome(2).child)
        let notice = try await publish(desk)
        #expect(notice.items.count == 2)
        desk.go(to: "2026-07-03")
        let objected = try await desk.door.perform(
            ObjectToNotice(notice: notice.number, case: first, text: "有车", raisedBy: "邻居"), as: desk.office.worker)
        #expect(objected.state == .running && objected.items.map(\.state) == [.objected, .listed])
        #expect(try await close(desk, on: "2026-07-09") == 1)
        #expect(try await desk.show(second).step == "approve")
        #expect(try await desk.show(first).step == "notice")
        let paused = try await desk.door.answer(ShowNotice(notice: notice.number), as: desk.office.worker)
        #expect(paused.state == .paused)
        desk.go(to: "2026-07-10")
        let objection = try #require(paused.objections.first)
        let resumed = try await desk.door.perform(
            ResolveObjection(objection: objection.id, outcome: .dismissed, reason: "车已报废"), as: desk.office.worker2)
        // Stood on the 2nd and 3rd; three working days were left: the 13th, 14th and 15th.
        #expect("\(resumed.endsOn)" == "2026-07-15" && resumed.state == .running)
        #expect(try await close(desk, on: "2026-07-15") == 0)
        #expect(try await close(desk, on: "2026-07-16") == 1)
        #expect(try await desk.show(first).step == "approve")
        let again = try await desk.refusal {
            try await desk.door.perform(
                ResolveObjection(objection: objection.id, outcome: .upheld, reason: "x"), as: desk.office.worker2)
        }
        #expect(again.code == .conflict)
    }

    @Test func `an objection upheld sends the case back to its worker`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.reviewed(try await desk.archivedHome(1).child)
        let notice = try await publish(desk)
        let objected = try await desk.door.perform(
            ObjectToNotice(notice: notice.number, case: number, text: "有车"), as: desk.office.worker)
        let upheld = try await desk.door.perform(
            ResolveObjection(objection: objected.objections[0].id, outcome: .upheld, reason: "属实"),
            as: desk.office.worker2
        )
        #expect(upheld.state == .closed && upheld.items.map(\.state) == [.removed])
        #expect(upheld.objections.map(\.state) == [.upheld])
        #expect(try await desk.show(number).state == .returned)
        #expect(try await close(desk, on: "2026-08-01") == 0)
    }

    @Test func `an objection upheld after its notice was withdrawn sends the case back all the same`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.reviewed(try await desk.archivedHome(1).child)
        let notice = try await publish(desk)
        let objected = try await desk.door.perform(
            ObjectToNotice(notice: notice.number, case: number, text: "有车"), as: desk.office.worker)
        _ = try await desk.door.perform(WithdrawNotice(notice: notice.number, reason: "有误"), as: desk.office.worker)
        let upheld = try await desk.door.perform(
            ResolveObjection(objection: objected.objections[0].id, outcome: .upheld, reason: "属实"),
            as: desk.office.worker2)
        #expect(upheld.state == .withdrawn)
        #expect(try await desk.show(number).state == .returned)
    }

    @Test func `a withdrawn notice frees its cases for another, once its objections are resolved`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.reviewed(try await desk.archivedHome(1).child)
        let notice = try await publish(desk)
        let nothing = try await desk.refusal { try await publish(desk) }
        #expect(nothing.code == .conflict)
        let objected = try await desk.door.perform(
            ObjectToNotice(notice: notice.number, case: number, text: "有车"), as: desk.office.worker)
        let withdrawn = try await desk.door.perform(
            WithdrawNotice(notice: notice.number, reason: "有误"), as: desk.office.worker)
        #expect(withdrawn.state == .withdrawn)
        let disputed = try await desk.refusal { try await publish(desk) }
        #expect(disputed.message.contains("objection"))
        _ = try await desk.door.perform(
            ResolveObjection(objection: objected.objections[0].id, outcome: .dismissed, reason: "不实"),
            as: desk.office.worker2)
        #expect(try await publish(desk).number == "XN-N2026-002")
    }
}
