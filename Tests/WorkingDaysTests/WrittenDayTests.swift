import Foundation
import Testing
import WorkingDays

/// Days as people and sheets write them, and numbers of digits alone.
struct WrittenDayTests {
    @Test(arguments: [
        "2026-08-03", "2026-8-3", "2026/8/3", "2026/08/03", "2026.8.3", "20260803", "2026年8月3日", "2026年08月03日",
        "２０２６年８月３日", "２０２６／８／３", "２０２６０８０３", "２０２６－０８－０３",
    ])
    func `one day is written in many ways`(text: String) {
        #expect(Day(written: text) == Day("2026-08-03"))
        #expect(Day(cell: text) == Day("2026-08-03"))
    }

    @Test(arguments: [
        "", "2026", "26-8-3", "2026-8/3", "2026-8-3-1", "2026--8-3", "2026-+8-03", "+2026-08-03", "2026-08-003",
        "2026-13-01",
        "2026-02-30", "2026年8月3", "2026年8-3日", "年月日", "2026080", "202608031", "+2026083", "2026-08-03 09:00",
        "2026-8-3 ",
        "٢٠٢٦-٠٨-٠٣", "2026-०8-03", "8/3/2026", "03.08.2026", "46237", "2026 8 3", "二〇二六年八月三日",
    ])
    func `all else is no day`(text: String) {
        #expect(Day(written: text) == nil)
    }

    @Test(arguments: [
        "2025-+3-01", "2026-+8-03", "+026-08-03", "-026-08-03", "٢٠٢٦-٠٨-٠٣", "２０２６-０８-０３", "2026/08/03", "2026-8-3",
    ])
    func `files and interfaces know one form, in the digits 0 to 9`(text: String) {
        #expect(Day(text) == nil)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([Day].self, from: Data("[\"\(text)\"]".utf8))
        }
    }

    @Test(
        arguments: [
            (1, "1900-01-01"), (59, "1900-02-28"), (60, nil), (61, "1900-03-01"), (25_569, "1970-01-01"),
            (46_237, "2026-08-03"),
            (2_958_465, "9999-12-31"), (0, nil), (2_958_466, nil), (-1, nil),
        ] as [(Int, String?)])
    func `a spreadsheet's number is a day, but for the one that never was`(serial: Int, day: String?) {
        #expect(Day(serial: serial)?.description == day)
    }

    @Test(
        arguments: [
            ("46237", "2026-08-03"), ("４６２３７", "2026-08-03"), ("2026/8/3 0:00", "2026-08-03"),
            ("2026-08-03 00:00:00", "2026-08-03"), ("2026-08-03 09:00:00", nil), ("462370", nil), ("4623", nil),
            ("+4623", nil),
            ("46237.5", nil), ("20260803", "2026-08-03"), ("", nil), ("0:00", nil),
        ] as [(String, String?)])
    func `a column of dates may hold them`(cell: String, day: String?) {
        #expect(Day(cell: cell)?.description == day)
    }

    @Test func `numbers are digits, with a minus where they may lie below zero`() {
        for text in ["+5", "5 ", " 5", "٥", "５", "", "-", "+", "0x5", "1_000", "1e5"] {
            #expect(Int(digits: text) == nil && Int64(decimal: text) == nil, "\(text)")
        }
        #expect(Int(digits: "007") == 7 && Int(digits: "-7") == nil && Int(decimal: "-7") == -7)
        #expect(UInt8(digits: "256") == nil && Int8(decimal: "-128") == -128 && Int8(decimal: "-129") == nil)
        #expect(Int8(digits: "128") == nil && Int8(decimal: "-+1") == nil && Int8(decimal: "--1") == nil)
    }
}

/// Which years a calendar knows, and how it is kept.
struct CalendarYearTests {
    private func day(_ text: String) throws -> Day { try #require(Day(text)) }

    @Test func `a year without any special day isn't known yet`() throws {
        let calendar = WorkingCalendar(
            holidays: [try day("2026-10-01")], extraWorkingDays: [try day("2025-09-28")])
        #expect(calendar.knows(2026) && calendar.knows(2025) && !calendar.knows(2027))
        #expect(
            calendar.unknownYears(from: try day("2024-12-31"), through: try day("2028-01-01")) == [2024, 2027, 2028])
        #expect(calendar.unknownYears(from: try day("2028-01-01"), through: try day("2024-01-01")) == [])
    }

    @Test func `equal calendars are equal bytes, and read themselves`() throws {
        let holidays = Set(try (1...7).map { try day("2026-10-0\($0)") })
        let calendar = WorkingCalendar(holidays: holidays, extraWorkingDays: [try day("2026-10-10")])
        let bytes = try JSONEncoder().encode(calendar)
        #expect(
            String(decoding: bytes, as: UTF8.self).contains(
                "\"2026-10-01\",\"2026-10-02\",\"2026-10-03\",\"2026-10-04\""))
        #expect(try JSONDecoder().decode(WorkingCalendar.self, from: bytes) == calendar)
    }
}
