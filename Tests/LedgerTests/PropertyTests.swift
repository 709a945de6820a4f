import Foundation
import Ledger
import Postgres
import Support
import Testing
import WorkingDays

/// Random operations on the books and on the model beside them: after each, both say the same and every law holds.
@Suite(.database) struct PropertyTests {
    @Test(arguments: [1, 20_260_105] as [UInt64])
    func `a thousand random operations keep the books equal to the model`(seed: UInt64) async throws {
        var numbers = SeededNumbers(seed: seed)
        let office = Office(pool: Database.current.appPool)
        try await office.books { books in
            for opening in Office.openings { try await books.open(opening) }
        }
        var model = ModelBooks(Office.openings)
        var now = Office.morning
        var used: [UUID] = []
        for step in 0..<1_000 as Range<UInt64> {
            // Most ids are new, some were used before, so that repetitions and clashes happen.
            let isRepeated = !used.isEmpty && Int.random(in: 0..<10, using: &numbers) == 0
            let id = isRepeated ? used.randomElement(using: &numbers) ?? UUID(step) : UUID(1_000 + step)
            used.append(id)
            now = now.addingTimeInterval(Double(Int.random(in: 1...60, using: &numbers)))
            let (expected, actual) = try await apply(step, id, now, &model, office, &numbers)
            #expect(actual == expected, "seed \(seed), step \(step)")
            try await compare(model, office, "seed \(seed), step \(step)")
            if actual != expected { return }
        }
        #expect(model.posted.count > 100, "the run did too little to mean anything")
        #expect(model.holds.values.contains { $0.resolution == .holdExpired })
    }

    /// One random operation, on the model and on the books.
    private func apply(
        _ step: UInt64, _ id: UUID, _ now: Date, _ model: inout ModelBooks, _ office: Office,
        _ numbers: inout SeededNumbers
    ) async throws -> (ModelBooks.Outcome, ModelBooks.Outcome) {
        let held = model.holds.keys.sorted { $0.uuidString < $1.uuidString }.randomElement(using: &numbers) ?? UUID(7)
        let amount = Int64.random(in: -2...400, using: &numbers)
        switch Int.random(in: 0..<20, using: &numbers) {
        case 0..<6:
            let transfer = random(id, amount, model, &numbers)
            return (
                model.transfer(transfer), try await outcome(office, now) { try await $0.transfer(transfer).existed }
            )
        case 6..<11:
            let transfer = random(id, amount, model, &numbers)
            let expiry: Date? = Bool.random(using: &numbers) ? now.addingTimeInterval(600) : nil
            return (
                model.hold(transfer, until: expiry),
                try await outcome(office, now) { try await $0.hold(transfer, until: expiry).existed }
            )
        case 11..<14:
            let part: Int64? = Bool.random(using: &numbers) ? amount : nil
            let resolution = Resolution(id: id, hold: held, amount: part)
            return (
                model.post(resolution, now: now),
                try await outcome(office, now) { try await $0.post(resolution).existed }
            )
        case 14:
            let resolution = Resolution(id: id, hold: held)
            return (
                model.void(resolution, now: now),
                try await outcome(office, now) { try await $0.void(resolution).existed }
            )
        case 15, 16:
            let original = model.posted.keys.sorted { $0.uuidString < $1.uuidString }.randomElement(using: &numbers)
            let positive = max(1, amount)
            return (
                model.correct(original ?? UUID(7), by: id, amount: positive),
                try await outcome(office, now) {
                    try await $0.correct(original ?? UUID(7), id: id, amount: positive, code: "return").existed
                }
            )
        case 17:
            let count = model.expire(now: now)
            let expired = try await office.books(now: now) { try await $0.expireHolds() }
            #expect(expired == count)
            return (.done, .done)
        default:
            let item = ["金秋助学", "生活救助"].randomElement(using: &numbers) ?? ""
            let isAllowed = Bool.random(using: &numbers)
            if isAllowed { model.allowed.insert(item) } else { model.allowed.remove(item) }
            let mark = UUID(500_000 + step)
            try await office.books(now: now) { books in
                if isAllowed {
                    try await books.allow(
                        id: mark, account: Office.earmarked, item: item, from: Office.today, source: "文件")
                } else {
                    try await books.revoke(
                        id: mark, account: Office.earmarked, item: item, from: Office.today, source: "通知")
                }
            }
            return (.done, .done)
        }
    }

    /// A transfer between any two accounts, also impossible ones; often one that was made before.
    private func random(
        _ id: UUID, _ amount: Int64, _ model: ModelBooks, _ numbers: inout SeededNumbers
    ) -> Transfer {
        switch model.entered[id] {
        case .transfer(let before)?, .hold(let before)?:
            if Bool.random(using: &numbers) { return before }
        default: break
        }
        let ids = Office.openings.map(\.id)
        return Transfer(
            id: id, debit: ids.randomElement(using: &numbers) ?? Office.bank,
            credit: ids.randomElement(using: &numbers) ?? Office.fund, amount: amount, code: "x",
            item: ["金秋助学", "生活救助", nil].randomElement(using: &numbers) ?? nil)
    }

    private func outcome(
        _ office: Office, _ now: Date, _ operation: (Books) async throws -> Bool
    ) async throws -> ModelBooks.Outcome {
        do {
            return try await office.books(now: now, operation) ? .existed : .done
        } catch let refusal as LedgerRefusal {
            return .refused(refusal.reason)
        }
    }

    /// Equal to the model to the fen; balanced; within limits; the pools are what the open holds sum up to.
    private func compare(_ model: ModelBooks, _ office: Office, _ place: String) async throws {
        let accounts = try await office.books { try await $0.accounts(ledger: Office.ledger) }
        #expect(Dictionary(uniqueKeysWithValues: accounts.map { ($0.id, $0.balance) }) == model.balances, "\(place)")
        let balances = accounts.map(\.balance)
        #expect(balances.map(\.net).reduce(0, +) == 0, "\(place)")
        let held = model.holds.values.filter { $0.resolution == nil }.map(\.transfer.amount).reduce(0, +)
        #expect(balances.map(\.debitsPending).reduce(0, +) == held, "\(place)")
        #expect(balances.map(\.creditsPending).reduce(0, +) == held, "\(place)")
        for account in accounts {
            switch account.limit {
            case .debitsMustNotExceedCredits: #expect(account.balance.leftToDebit >= 0, "\(place)")
            case .creditsMustNotExceedDebits: #expect(account.balance.leftToCredit >= 0, "\(place)")
            case .none: break
            }
        }
    }
}
