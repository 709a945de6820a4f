import Foundation
import Ledger
import Postgres
import Support
import Testing
import WorkingDays

/// What the books refuse beside the guarantees, and what they answer.
@Suite(.database) struct LimitTests {
    @Test func `every reason of the books has its name here`() async throws {
        let rows = try await Database.current.appPool.withConnection {
            try await $0.query("SELECT sqlstate, name FROM ledger.refusal ORDER BY sqlstate")
        }
        let names = try rows.map { row -> String in
            let state: String = try row["sqlstate"]
            let reason = try #require(LedgerRefusal.Reason(rawValue: state))
            let name: String = try row["name"]
            let camel = name.split(separator: "_").enumerated().map { $0 == 0 ? String($1) : $1.capitalized }.joined()
            #expect("\(reason)" == camel)
            return name
        }
        #expect(names.count == LedgerRefusal.Reason.allCases.count)
    }

    @Test func `money needs two open accounts of one ledger, and an amount`() async throws {
        let office = try await Office.open()
        try await office.books { books in
            try await books.open(
                Account.Opening(id: UUID(50), code: "OTHER", name: "别处", ledger: "别的账", kind: .asset))
            try await books.open(
                Account.Opening(id: UUID(51), code: "OLD", name: "旧", ledger: Office.ledger, kind: .asset))
            try await books.close(UUID(51))
            try await books.close(UUID(51))
        }
        func asked(_ debit: UUID, _ credit: UUID, _ amount: Int64 = 1) -> Transfer {
            Transfer(id: UUID(20), debit: debit, credit: credit, amount: amount, code: "x")
        }
        let cases: [(Transfer, LedgerRefusal.Reason)] = [
            (asked(Office.bank, UUID(50)), .otherLedger), (asked(Office.bank, UUID(51)), .accountClosed),
            (asked(UUID(51), Office.bank), .accountClosed), (asked(UUID(98), Office.bank), .unknownAccount),
            (asked(Office.bank, UUID(98)), .unknownAccount), (asked(Office.bank, Office.bank), .sameAccount),
            (asked(Office.bank, Office.spent, 0), .badAmount), (asked(Office.bank, Office.spent, -1), .badAmount),
            (asked(Office.bank, Office.spent, .max), .badAmount), (asked(Office.bank, Office.spent, .min), .badAmount),
            (asked(Office.bank, Office.cash), .exceedsDebits),
        ]
        for (transfer, reason) in cases {
            let refusal = try await office.expect(reason) { try await $0.transfer(transfer) }
            #expect(refusal?.message.isEmpty == false)
            try await office.expect(reason) { try await $0.hold(transfer) }
        }
        // The id that was refused is still free.
        try await office.books { try await $0.transfer(asked(Office.bank, Office.spent)) }
    }

    @Test func `an account with money or holds in it stays open`() async throws {
        let office = try await Office.open()
        try await office.expect(.accountNotEmpty) { try await $0.close(Office.fund) }
        try await office.expect(.unknownAccount) { try await $0.close(UUID(98)) }
        try await office.books { books in
            try await books.hold(Office.spending(20, 1, item: "x"))
        }
        try await office.expect(.accountNotEmpty) { try await $0.close(Office.spent) }
    }

    @Test func `the balance of any instant, also before the first entry`() async throws {
        let office = try await Office.open(fund: 100_00)
        let hours = (0...5).map { Office.morning.addingTimeInterval(Double($0) * 3_600) }
        try await office.books(now: hours[1]) { try await $0.hold(Office.spending(20, 60_00), until: hours[5]) }
        try await office.books(now: hours[2]) {
            try await $0.post(Resolution(id: UUID(21), hold: UUID(20), amount: 50_00))
        }
        try await office.books(now: hours[3]) {
            try await $0.correct(UUID(21), id: UUID(22), amount: 1, code: "return")
        }
        let expected: [(Date, Balance)] = [
            (Office.morning.addingTimeInterval(-1), .zero),
            (hours[0], Balance(creditsPosted: 100_00)),
            (hours[1], Balance(debitsPending: 60_00, creditsPosted: 100_00)),
            (hours[2], Balance(debitsPosted: 50_00, creditsPosted: 100_00)),
            (hours[5], Balance(debitsPosted: 50_00, creditsPosted: 100_01)),
        ]
        for (instant, balance) in expected {
            #expect(try await office.books { try await $0.balance(of: Office.fund, at: instant) } == balance)
        }
        let history = try await office.books { try await $0.entries(of: Office.fund, limit: 3) }
        #expect(history.map(\.kind) == [.correction, .post, .pending])
    }
}
