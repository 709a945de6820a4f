import Foundation
import Jobs
import Support
import Testing
import WorkingDays

struct ScheduleTests {
    func schedule(
        _ cron: String, _ zone: String, days: Schedule.DayRule = .everyDay,
        businessDate: Schedule.BusinessDate = .sameDay
    ) throws -> Schedule {
        try Schedule("test", cron: cron, zone: zone, days: days, businessDate: businessDate) { _ in Note(text: "") }
    }

    func instants(_ schedule: Schedule, _ from: String, _ through: String, _ calendar: WorkingCalendar = .init())
        -> [String]
    {
        schedule.next(from: at(from), through: at(through), calendar: calendar).map {
            $0.instant.formatted(.iso8601)
        }
    }

    @Test func `Shanghai has one offset all year`() throws {
        let daily = try schedule("30 2 * * *", "Asia/Shanghai")
        let found = daily.next(from: at("2026-01-01T00:00:00Z"), through: at("2027-01-01T00:00:00Z"))
        #expect(found.count == 365)
        #expect(found.allSatisfy { Int($0.instant.timeIntervalSince1970) % 86_400 == 18 * 3600 + 1800 })
        #expect(found.first?.businessDate == Day("2026-01-02"))
    }

    @Test func `what was settled a moment before a firing doesn't swallow it`() throws {
        let daily = try schedule("0 9 * * *", "Asia/Shanghai")
        #expect(
            daily.next(after: at("2026-11-23T00:59:59Z").addingTimeInterval(0.9995))?.instant
                == at("2026-11-23T01:00:00Z"))
        #expect(daily.next(after: at("2026-11-23T01:00:00Z"))?.instant == at("2026-11-24T01:00:00Z"))
    }

    @Test func `a time that spring skips in Berlin means the moment after the gap`() throws {
        let daily = try schedule("30 2 * * *", "Europe/Berlin")
        #expect(
            instants(daily, "2026-03-28T00:00:00Z", "2026-03-31T00:00:00Z")
                == ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"])
    }

    @Test func `a time that comes twice in Berlin's autumn fires once, the first time`() throws {
        let daily = try schedule("30 2 * * *", "Europe/Berlin")
        #expect(
            instants(daily, "2026-10-24T00:00:00Z", "2026-10-26T12:00:00Z")
                == ["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"])
    }

    @Test func `an hourly schedule follows the passing of time through both changes`() throws {
        let hourly = try schedule("15 * * * *", "Europe/Berlin")
        for (from, through) in [
            ("2026-03-28T22:00:00Z", "2026-03-29T05:00:00Z"), ("2026-10-24T21:00:00Z", "2026-10-25T04:00:00Z"),
        ] {
            let found = hourly.next(from: at(from), through: at(through)).map(\.instant)
            #expect(found.count == 7)
            #expect(zip(found, found.dropFirst()).allSatisfy { $1.timeIntervalSince($0) == 3600 })
        }
    }

    @Test func `every instant of a year's dry run is found one by one as well`() throws {
        let schedules = try ["*/20 1-3 * * *", "0 0 * * *", "45 */6 * * sun"].map { try schedule($0, "Europe/Berlin") }
        for one in schedules {
            let (start, end) = (at("2026-03-20T00:00:00Z"), at("2026-11-10T00:00:00Z"))
            var (stepped, instant): ([Date], Date) = ([], start.addingTimeInterval(-1))
            while let next = one.next(after: instant), next.instant <= end {
                stepped.append(next.instant)
                instant = next.instant
            }
            #expect(stepped == one.next(from: start, through: end).map(\.instant))
        }
    }

    @Test func `holidays move or drop a firing, and 调休 makes a Sunday a working day`() throws {
        // National Day 2026: 1 to 7 October closed, Saturday 10 October worked.
        let closed = try #require(Day("2026-10-01"))
        let calendar = WorkingCalendar(
            holidays: Set((0..<7).map { closed.adding(days: $0) }),
            extraWorkingDays: [try #require(Day("2026-10-10"))])
        let range = ("2026-09-29T00:00:00Z", "2026-10-12T00:00:00Z")
        func days(_ rule: Schedule.DayRule) throws -> [String] {
            try schedule("0 10 * * *", "Asia/Shanghai", days: rule)
                .next(from: at(range.0), through: at(range.1), calendar: calendar).map { "\($0.businessDate)" }
        }
        #expect(try days(.everyDay).count == 13)
        let worked = ["2026-09-29", "2026-09-30", "2026-10-08", "2026-10-09", "2026-10-10"]
        #expect(try days(.onlyWorkingDays) == worked)
        #expect(try days(.nextWorkingDay) == worked)
        #expect(try days(.previousWorkingDay) == worked)
        let first = try schedule("0 10 1 * *", "Asia/Shanghai", days: .nextWorkingDay)
        #expect(instants(first, range.0, range.1, calendar) == ["2026-10-08T02:00:00Z"])
        let before = try schedule("0 10 1 * *", "Asia/Shanghai", days: .previousWorkingDay)
        #expect(instants(before, range.0, range.1, calendar) == ["2026-09-30T02:00:00Z"])
    }

    @Test func `the business date can be the working day before`() throws {
        let nightly = try schedule("0 1 * * *", "Asia/Shanghai", businessDate: .previousWorkingDay)
        let monday = nightly.next(from: at("2026-11-22T16:00:00Z"), through: at("2026-11-22T18:00:00Z"))
        #expect(monday.map(\.businessDate) == [try #require(Day("2026-11-20"))])
    }

    @Test func `29 February is found years ahead`() throws {
        let leap = try schedule("0 0 29 2 *", "UTC")
        #expect(leap.next(after: at("2025-01-01T00:00:00Z"))?.instant == at("2028-02-29T00:00:00Z"))
        #expect(try schedule("0 0 30 2 *", "UTC").next(after: at("2025-01-01T00:00:00Z")) == nil)
    }

    @Test func `a limit gives the first ones`() throws {
        let minutely = try schedule("* * * * *", "UTC")
        let found = minutely.next(from: at("2025-01-01T00:00:00Z"), through: at("2035-01-01T00:00:00Z"), limit: 3)
        #expect(found.map(\.instant.timeIntervalSince1970) == [0, 60, 120].map { 1_735_689_600 + $0 })
    }

    @Test func `a zone that does not exist is refused`() {
        #expect(throws: CronError.self) { try schedule("* * * * *", "Asia/Nowhere") }
    }
}

struct BackoffTests {
    @Test func `delays grow to the cap and chance only shortens them`() {
        let backoff = Backoff(first: .seconds(10), factor: 3, cap: .seconds(100), jitter: 0.5)
        #expect([1, 2, 3, 4, 1_000_000].map { backoff.seconds(afterAttempt: $0, roll: 0) } == [10, 30, 90, 100, 100])
        #expect(backoff.seconds(afterAttempt: 1, roll: 1) == 5)
        #expect(Backoff.constant(.seconds(7)).seconds(afterAttempt: 9, roll: 0.9) == 7)
    }
}
