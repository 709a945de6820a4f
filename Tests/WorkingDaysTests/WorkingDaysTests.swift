import Testing
import WorkingDays

@Suite struct WorkingDaysTests {
    @Test(arguments: ["1970-01-01", "2000-02-29", "2026-11-22", "2100-03-01", "0001-01-01", "9999-12-31"])
    func `a day reads and writes itself`(text: String) throws {
        #expect(try #require(Day(text)).description == text)
    }

    @Test(arguments: ["2026-02-29", "2026-13-01", "2026-1-01", "20260101", "", "2026-11-31"])
    func `what is no day is refused`(text: String) {
        #expect(Day(text) == nil)
    }

    @Test func `consecutive numbers are consecutive days`() throws {
        var day = try #require(Day("1999-12-31"))
        for _ in 0..<800 {
            let next = day.adding(days: 1)
            #expect(next > day && Day(next.description) == next)
            #expect(next.weekday == day.weekday % 7 + 1)
            day = next
        }
        #expect(Day("2026-11-22")?.weekday == 7)
    }

    @Test func `a month later ends with the shorter month`() throws {
        #expect(try #require(Day("2026-01-31")).adding(months: 1) == Day("2026-02-28"))
        #expect(try #require(Day("2026-11-15")).adding(months: 2) == Day("2027-01-15"))
    }

    /// National Day 2026: 1–7 October off, Saturday 10 October worked.
    @Test func `five working days jump the holiday and count the swapped Saturday`() throws {
        let closed = (1...7).compactMap { Day(year: 2026, month: 10, day: $0) }
        let calendar = WorkingCalendar(
            holidays: Set(closed), extraWorkingDays: [try #require(Day("2026-10-10"))])
        let start = try #require(Day("2026-09-29"))
        #expect(calendar.day(workingDays: 5, after: start) == Day("2026-10-12"))
        #expect(calendar.workingDays(after: start, through: try #require(Day("2026-10-12"))) == 5)
        #expect(calendar.isWorking(try #require(Day("2026-10-11"))) == false)
    }
}
