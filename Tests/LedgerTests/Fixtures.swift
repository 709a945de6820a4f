import Foundation
import Ledger
import Postgres
import Support
import Testing
import WorkingDays

extension UUID {
    /// The id with this number, so that a failing run can be read.
    init(_ number: UInt64) {
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
        self.init(
            uuid: (
                0, 0, 0, 0, 0, 0, 0, 0, bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]
            ))
    }
}

/// The same numbers for the same seed (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// A small set of books: a bank account, two funds of which one is earmarked, and what was spent.
struct Office {
    static let ledger = "西宁市总工会"
    static let bank = UUID(1)
    static let fund = UUID(2)
    static let earmarked = UUID(3)
    static let spent = UUID(4)
    static let cash = UUID(5)
    static let morning = Date(timeIntervalSince1970: 1_767_600_000)
    static let today = Day(morning)

    static let openings = [
        Account.Opening(id: bank, code: "BANK", name: "银行存款", ledger: ledger, kind: .asset),
        Account.Opening(
            id: fund, code: "FUND-1", name: "帮扶资金", ledger: ledger, kind: .netAssets,
            limit: .debitsMustNotExceedCredits),
        Account.Opening(
            id: earmarked, code: "FUND-2", name: "中央财政 (专项)", ledger: ledger, kind: .netAssets,
            limit: .debitsMustNotExceedCredits, isEarmarked: true),
        Account.Opening(id: spent, code: "SPENT", name: "帮扶支出", ledger: ledger, kind: .expense),
        Account.Opening(
            id: cash, code: "CASH", name: "库存现金", ledger: ledger, kind: .asset, limit: .creditsMustNotExceedDebits),
    ]

    let pool: Pool

    /// Opens the accounts and funds them with so many fen each.
    static func open(on pool: Pool = Database.current.appPool, fund amount: Int64 = 1_000_00) async throws -> Office {
        let office = Office(pool: pool)
        try await office.books { books in
            for opening in openings { try await books.open(opening) }
            for (number, account) in [fund, earmarked].enumerated() {
                try await books.transfer(
                    Transfer(
                        id: UUID(UInt64(10 + number)), debit: bank, credit: account, amount: amount,
                        code: "appropriation"))
            }
        }
        return office
    }

    /// One transaction's books.
    @discardableResult
    func books<R>(
        now: Date = morning, day: Day? = nil, _ body: (Books) async throws -> R
    ) async throws -> R {
        try await pool.transaction { transaction in
            // The books' entries are watched: they belong to a command.
            try await transaction.execute("SELECT set_config('relief.event', gen_random_uuid()::text, true)")
            return try await body(Books(transaction, now: now, day: day ?? Day(now)))
        }
    }

    func balance(_ account: UUID) async throws -> Balance {
        try await books { try #require(try await $0.account(account)).balance }
    }

    /// A payment out of a fund.
    static func spending(
        _ id: UInt64, _ amount: Int64, from account: UUID = fund, item: String? = nil, reference: String? = nil
    ) -> Transfer {
        Transfer(
            id: UUID(id), debit: account, credit: spent, amount: amount, code: "payment", item: item,
            reference: reference)
    }

    /// Expects the books to refuse for a reason; returns the refusal.
    @discardableResult
    func expect(
        _ reason: LedgerRefusal.Reason, now: Date = morning, sourceLocation: SourceLocation = #_sourceLocation,
        _ body: (Books) async throws -> Void
    ) async throws -> LedgerRefusal? {
        do {
            try await books(now: now, body)
            Issue.record("not refused; expected \(reason)", sourceLocation: sourceLocation)
            return nil
        } catch let refusal as LedgerRefusal {
            #expect(refusal.reason == reason, sourceLocation: sourceLocation)
            return refusal
        }
    }
}
