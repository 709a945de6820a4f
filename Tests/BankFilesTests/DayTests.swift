import FoundationEssentials
import Testing
import WorkingDays

@testable import BankFiles

/// The days of a bank's file are civil days in China, wherever its clock stands.
struct DayTests {
    @Test(
        arguments: [
            ("<Dt>2026-09-10</Dt>", "2026-09-10"), ("<DtTm>2026-09-10T16:30:00Z</DtTm>", "2026-09-11"),
            ("<DtTm>2026-09-10T15:59:59Z</DtTm>", "2026-09-10"), ("<DtTm>2026-09-10T23:30:00</DtTm>", "2026-09-10"),
            ("<DtTm>2026-09-10T00:30:00+08:00</DtTm>", "2026-09-10"),
            ("<DtTm>2026-09-10T20:00:00-05:00</DtTm>", "2026-09-11"),
            ("<DtTm>2026-09-10T16:30:00.123Z</DtTm>", "2026-09-11"),
            ("<DtTm>2026-12-31T16:00:00Z</DtTm>", "2027-01-01"),
            ("<DtTm>2026-09-10T24:00:00</DtTm>", "2026-09-11"), ("<Dt>2026-09-10Z</Dt>", "2026-09-10"),
            ("<Dt>2026-09-10+08:00</Dt>", "2026-09-10"), ("<Dt>2026-+9-10</Dt>", nil), ("<Dt>2026-9-10</Dt>", nil),
            ("<DtTm>2026-09-10T24:30:00</DtTm>", nil), ("<DtTm>2026-09-10T16:30</DtTm>", nil),
            ("<Dt>2026-09-101</Dt>", nil),
            ("<Dt>2026-09-10x</Dt>", nil),
        ] as [(String, String?)])
    func `an entry is booked, and settled, on the day that it is in China`(date: String, day: String?) throws {
        let text = String(decoding: Samples.report([Samples.entry]).bytes(), as: UTF8.self)
            .replacing("<Dt>2026-09-01</Dt>", with: date)
        guard let day else {
            // The entry is told of, and not read.
            let entry = try #require(try AccountReport(reading: Samples.source(text)).entries.first)
            guard case .fault(let why) = entry.unread else { throw BankFileError(.invalid, "It was read.") }
            #expect(why.contains("is no day"))
            return
        }
        let entry = try #require(try AccountReport(reading: Samples.source(text)).entries.first)
        #expect(entry.bookingDay?.description == day && entry.valueDay?.description == day)
    }

    @Test func `a payment file may ask for its day by a time`() throws {
        let text = try Samples.text(Samples.file(1)).replacing(
            "<Dt>2026-09-01</Dt>", with: "<DtTm>2026-09-10T16:30:00Z</DtTm>")
        let read = try CreditTransferFile(reading: Samples.source(text))
        #expect(read.header.requestedExecutionDay.description == "2026-09-11")
    }

    @Test(arguments: ["+1", "１", "1.0"])
    func `a count is digits`(count: String) throws {
        let text = try Samples.text(Samples.file(1)).replacing(
            "<NbOfTxs>1</NbOfTxs>", with: "<NbOfTxs>\(count)</NbOfTxs>")
        #expect(throws: BankFileError.self) { try CreditTransferFile(reading: Samples.source(text)) }
    }
}
