import Foundation
import Ledger
import Postgres
import Support
import Testing
import WorkingDays

/// The promises of the books, each by its number.
@Suite(.database) struct GuaranteeTests {
    @Test func `G1: every operation leaves debits equal to credits, posted and pending`() async throws {
        let office = try await Office.open()
        try await office.books { books in
            try await books.hold(Office.spending(20, 300_00))
            try await books.post(Resolution(id: UUID(21), hold: UUID(20), amount: 250_00))
            try await books.correct(UUID(21), id: UUID(22), amount: 50_00, code: "return")
            try await books.hold(Office.spending(23, 100_00))
        }
        let accounts = try await office.books { try await $0.accounts(ledger: Office.ledger) }
        #expect(accounts.map(\.balance.debitsPosted).reduce(0, +) == accounts.map(\.balance.creditsPosted).reduce(0, +))
        #expect(
            accounts.map(\.balance.debitsPending).reduce(0, +) == accounts.map(\.balance.creditsPending).reduce(0, +))
        let fund = try await office.balance(Office.fund)
        #expect(fund == Balance(debitsPending: 100_00, debitsPosted: 250_00, creditsPosted: 1_050_00))
    }

    @Test func `G2: money leaves an earmarked fund only for an item allowed on the day, held or posted`() async throws {
        let office = try await Office.open()
        let meant = Office.spending(20, 1_00, from: Office.earmarked, item: "金秋助学")
        try await office.expect(.itemNotAllowed) { try await $0.hold(meant) }
        try await office.books {
            try await $0.allow(
                id: UUID(90), account: Office.earmarked, item: "金秋助学", from: Office.today,
                through: Office.today.adding(days: 1), source: "青工发〔2026〕1号")
        }
        try await office.expect(.itemNotAllowed) {
            try await $0.hold(Office.spending(20, 1_00, from: Office.earmarked))
        }
        try await office.expect(.itemNotAllowed) {
            try await $0.transfer(Office.spending(20, 1_00, from: Office.earmarked, item: "生活救助"))
        }
        try await office.books { try await $0.hold(meant) }
        let late = Office.morning.addingTimeInterval(2 * 86_400)
        let refusal = try await office.expect(.itemNotAllowed, now: late) {
            try await $0.transfer(Office.spending(21, 1_00, from: Office.earmarked, item: "金秋助学"))
        }
        #expect(refusal?.facts.account == "FUND-2")
        #expect(refusal?.facts.item == "金秋助学")
        // What was held in time may be posted late: it was decided on an allowed day.
        try await office.books(now: late) { try await $0.post(Resolution(id: UUID(22), hold: UUID(20))) }
        // Money taken back from the fund is no spending.
        try await office.books(now: late) { try await $0.correct(UUID(11), id: UUID(23), amount: 1_00, code: "recall") }
    }

    @Test func `G2: a revoked item stays lawful for what was entered before, and can be allowed again`() async throws {
        let office = try await Office.open()
        func meant(_ id: UInt64) -> Transfer { Office.spending(id, 1_00, from: Office.earmarked, item: "生活救助") }
        try await office.books { books in
            try await books.allow(
                id: UUID(90), account: Office.earmarked, item: "生活救助", from: Office.today, source: "文件")
            try await books.transfer(meant(20))
            try await books.revoke(
                id: UUID(91), account: Office.earmarked, item: "生活救助", from: Office.today, source: "通知")
        }
        try await office.expect(.itemNotAllowed) { try await $0.transfer(meant(21)) }
        try await office.books { books in
            try await books.allow(
                id: UUID(92), account: Office.earmarked, item: "生活救助", from: Office.today, source: "新文件")
            try await books.transfer(meant(21))
            // Said again, word for word: nothing new.
            try await books.revoke(
                id: UUID(91), account: Office.earmarked, item: "生活救助", from: Office.today, source: "通知")
            try await books.transfer(meant(22))
        }
        try await office.expect(.existsWithDifferentBody) {
            try await $0.revoke(
                id: UUID(91), account: Office.earmarked, item: "金秋助学", from: Office.today, source: "通知")
        }
    }

    @Test func `G3: twenty tasks spend one fund at once and it never goes below zero`() async throws {
        let office = try await Office.open(fund: 1_000_00)
        let outcomes = await withTaskGroup(of: LedgerRefusal.Reason?.self) { group in
            for task in 0..<20 as Range<UInt64> {
                group.addTask {
                    do {
                        _ = try await office.books { books in
                            task.isMultiple(of: 2)
                                ? try await books.hold(Office.spending(100 + task, 60_00))
                                : try await books.transfer(Office.spending(100 + task, 60_00))
                        }
                        return nil
                    } catch {
                        return (error as? LedgerRefusal)?.reason ?? .immutable
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == nil } == 16)
        #expect(outcomes.count { $0 == .exceedsCredits } == 4)
        let fund = try await office.balance(Office.fund)
        #expect(fund.debitsPending + fund.debitsPosted == 960_00)
        #expect(fund.leftToDebit == 40_00)
    }

    @Test func `G3: postings against each other's direction wait for one another and don't deadlock`() async throws {
        let office = try await Office.open()
        try await office.books { books in
            try await books.transfer(
                Transfer(id: UUID(20), debit: Office.cash, credit: Office.spent, amount: 500_00, code: "opening"))
        }
        try await withThrowingTaskGroup { group in
            for task in 0..<40 as Range<UInt64> {
                group.addTask {
                    let (debit, credit) =
                        task.isMultiple(of: 2) ? (Office.bank, Office.spent) : (Office.spent, Office.bank)
                    try await office.books {
                        _ = try await $0.transfer(
                            Transfer(id: UUID(100 + task), debit: debit, credit: credit, amount: 1, code: "swap"))
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await office.balance(Office.bank).net == 2_000_00)
    }

    @Test(arguments: ["transfer", "earmark"])
    func `G4: entries can be neither changed nor removed, by the daemon or by the owner`(table: String) async throws {
        let office = try await Office.open()
        try await office.books {
            try await $0.allow(id: UUID(90), account: Office.earmarked, item: "x", from: Office.today, source: "文件")
        }
        let statements = [
            "UPDATE ledger.\(table) SET item = 'y'", "DELETE FROM ledger.\(table)", "TRUNCATE ledger.\(table)",
        ]
        for statement in statements {
            let app = await #expect(throws: PostgresError.self) {
                try await Database.current.appPool.withConnection { try await $0.script(statement) }
            }
            #expect(app?.sqlState == "42501", "\(statement) as relief_app")
            let owner = await #expect(throws: PostgresError.self) {
                try await Database.current.pool.withConnection { try await $0.script(statement) }
            }
            #expect(owner?.sqlState == LedgerRefusal.Reason.immutable.rawValue, "\(statement) as owner")
        }
    }

    @Test(arguments: [
        "UPDATE ledger.account SET credits_posted = 0", "INSERT INTO ledger.open_hold VALUES (NULL)",
        "DELETE FROM ledger.account", "UPDATE ledger.refusal SET name = ''", "SELECT nextval('ledger.entry_seq')",
        "SELECT ledger.enter(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
        "SELECT ledger.mark(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
    ])
    func `G4: the daemon reaches counters and tables only through the operations`(statement: String) async throws {
        let error = await #expect(throws: PostgresError.self) {
            try await Database.current.appPool.withConnection { try await $0.script(statement) }
        }
        #expect(error?.sqlState == "42501")
    }

    @Test func `G4: an account keeps what it is, also against its owner`() async throws {
        _ = try await Office.open()
        for statement in ["UPDATE ledger.account SET balance_limit = 'none'", "DELETE FROM ledger.account"] {
            let error = await #expect(throws: PostgresError.self) {
                try await Database.current.pool.withConnection { try await $0.script(statement) }
            }
            #expect(error?.sqlState == LedgerRefusal.Reason.immutable.rawValue)
        }
    }

    @Test func `G4: corrections are new entries that name the old, and never exceed it`() async throws {
        let office = try await Office.open()
        try await office.books { try await $0.transfer(Office.spending(20, 100_00, item: "生活救助")) }
        try await office.books { try await $0.correct(UUID(20), id: UUID(21), amount: 60_00, code: "return") }
        let refusal = try await office.expect(.exceedsOriginal) {
            try await $0.correct(UUID(20), id: UUID(22), amount: 40_01, code: "return")
        }
        #expect(refusal?.facts.available == 40_00)
        let receipt = try await office.books { try await $0.correct(UUID(20), id: UUID(22), code: "return") }
        #expect(receipt.amount == 40_00)
        #expect(try await office.books { try await $0.correct(UUID(20), id: UUID(22), code: "return") }.existed)
        try await office.expect(.exceedsOriginal) {
            try await $0.correct(UUID(20), id: UUID(23), code: "return")
        }
        let entry = try #require(try await office.books { try await $0.entry(UUID(21)) })
        #expect(entry.kind == .correction)
        #expect(entry.correctsID == UUID(20))
        #expect(entry.transfer.item == "生活救助")
        #expect(entry.transfer.debit == Office.spent)
        try await office.expect(.notCorrectable) { try await $0.correct(UUID(21), id: UUID(24), code: "return") }
        try await office.expect(.notCorrectable) { try await $0.correct(UUID(99), id: UUID(24), code: "return") }
        // The fund's own money was spent meanwhile: an appropriation can't be taken back beyond what is left.
        try await office.books { try await $0.transfer(Office.spending(25, 600_00)) }
        try await office.expect(.exceedsCredits) { try await $0.correct(UUID(10), id: UUID(26), code: "recall") }
    }
}
