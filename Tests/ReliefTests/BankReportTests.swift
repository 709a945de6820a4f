import BankFiles
import Contract
import Foundation
import Support
import Testing
import WorkingDays

@testable import Relief

/// Faults of other systems' imports of bank files and of their books, reported in public, tried on this one.
@Suite(.database)
struct BankReportTests {
    private func filed(_ count: Int) async throws -> (Treasury, RunView, [String]) {
        let treasury = try await Treasury.open(cases: count)
        let run = try await treasury.run(.filed)
        return (treasury, run, try await treasury.payments(run).map(\.reference))
    }

    private func debit(_ reference: String, amount: String? = nil) -> String {
        BankAnswerTests.details(reference: reference, amount: amount, direction: "DBIT")
    }

    private func take(_ treasury: Treasury, _ entries: String, kind: String = "BkToCstmrStmt", id: String = "M1")
        async throws -> [String: Int]
    {
        try await treasury.take(BankAnswerTests.camt(entries, kind: kind, id: id)).classes
    }

    /// OCA/bank-statement-import#157: of an entry for several payments each line gets the entry's whole amount.
    @Test func `each payment of one entry has its own amount`() async throws {
        let (treasury, _, references) = try await filed(2)
        let details = references.map { debit($0, amount: "1000.00") }.joined()
        let entry = BankAnswerTests.entry("DBIT", "2000.00", bank: "B1", details: details)
        #expect(try await take(treasury, entry) == ["booked": 2])
        #expect(try await treasury.fund().spent == Fen(200_000))
    }

    /// OCA/bank-statement-import#885: a booking day given as a time with microseconds and zone can't be read.
    @Test func `a booking day may be a time`() async throws {
        let (treasury, _, references) = try await filed(1)
        let entry = BankAnswerTests.entry(
            "DBIT", day: "<DtTm>2026-07-01T00:47:43.673741+08:00</DtTm>", bank: "B1", details: debit(references[0]))
        #expect(try await take(treasury, entry) == ["booked": 1])
        #expect(try await treasury.payment(references[0]).bookedOn == Day("2026-07-01"))
    }

    /// securo-finance/securo#416: a report of the day (camt.052) passes for an empty account.
    @Test func `a day's report isn't empty`() async throws {
        let (treasury, _, references) = try await filed(1)
        let entry = BankAnswerTests.entry("DBIT", bank: "B1", details: debit(references[0]))
        #expect(try await take(treasury, entry, kind: "BkToCstmrAcctRpt") == ["booked": 1])
    }

    /// MicrosoftDocs/dynamics365smb-docs#486: a file with the statements of several accounts is rejected.
    @Test func `statements of several accounts may stand in one file`() async throws {
        let (treasury, _, references) = try await filed(1)
        let other = "</Stmt><Stmt><Id>2</Id><Acct><Id><Othr><Id>8888000011112222</Id></Othr></Id></Acct>"
        let entries =
            BankAnswerTests.entry("DBIT", bank: "B1", details: debit(references[0])) + other
            + BankAnswerTests.entry("DBIT", "5.00", bank: "F1")
        #expect(try await take(treasury, entries) == ["booked": 1, "foreign": 1])
    }

    /// republik/plattform#252: a statement without entries fails.
    @Test func `a statement may have nothing to tell`() async throws {
        let (treasury, _, _) = try await filed(1)
        #expect(try await take(treasury, "") == [:])
    }

    /// firefly-iii/firefly-iii#7747: an entry without a name on the other side ends the import.
    /// metasfresh/metasfresh#2108: so does one without a reference, or of a type that isn't expected.
    @Test func `an entry that says little is a line, and the others are read`() async throws {
        let (treasury, _, references) = try await filed(1)
        let entries =
            BankAnswerTests.entry("CRDT", "3.00") + BankAnswerTests.entry("DBIT", "4.00", bank: "FEE")
            + BankAnswerTests.entry("DBIT", bank: "B1", details: debit(references[0]))
        #expect(try await take(treasury, entries) == ["received": 1, "unmatched": 1, "booked": 1])
    }

    /// OCA/bank-statement-import#51: the name of our block comes padded with blanks.
    @Test func `a name padded with blanks is the name`() async throws {
        let (treasury, run, _) = try await filed(2)
        let batch = "<Btch><PmtInfId>\(run.number)              </PmtInfId></Btch>"
        let entry = BankAnswerTests.entry("DBIT", "2000.00", bank: "B1", details: batch)
        #expect(try await take(treasury, entry) == ["likelyPaid": 1])
    }

    /// OCA/bank-statement-import#83: banks use a statement's name again in other years, and statements overlap: entries are
    /// dropped, or come twice.
    @Test func `a name used again drops nothing, and what overlaps is known`() async throws {
        let (treasury, _, references) = try await filed(2)
        let entries = references.enumerated().map {
            BankAnswerTests.entry("DBIT", bank: "B\($0)", details: debit($1))
        }
        #expect(try await take(treasury, entries[0]) == ["booked": 1])
        #expect(try await take(treasury, entries.joined()) == ["booked": 1, "duplicate": 1])
        #expect(try await treasury.fund().spent == Fen(200_000))
    }

    /// JiRaska/open-bank-oss#945, RoboFinSystems/robosystems#1401: what was reversed drops out of the balances while its reversal
    /// stays, and the totals still tie.
    @Test func `a payment that came back leaves the fund as it was`() async throws {
        let (treasury, _, references) = try await filed(1)
        let before = try await treasury.fund()
        _ = try await treasury.entries([Treasury.entry(references[0], 100_000)])
        _ = try await treasury.entries([
            Treasury.entry(references[0], 100_000, .credit, on: "2026-07-08", bank: "B2", returned: "AC04")
        ])
        let after = try await treasury.fund()
        #expect(after.received == before.received && after.spent == .zero)
        #expect(after.held + after.available == before.held + before.available)
    }
}
