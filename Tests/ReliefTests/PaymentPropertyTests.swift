import BankFiles
import Contract
import Foundation
import Postgres
import Support
import Testing
import WorkingDays

@testable import Relief

/// A bank that answers as it likes, against a model that knows only what money may do.
@Suite(.database)
struct PaymentPropertyTests {
    /// What truly happened at the bank, and what it may say of it: rejections and bookings are final, news comes late,
    /// twice, in any order of files, or never.
    private struct Bank {
        enum Fate { case silent, rejected, booked, returned }
        var fates: [String: Fate] = [:]
        var dice: Synthetic

        mutating func decide(_ reference: String) {
            if fates[reference] == nil {
                fates[reference] = [.silent, .rejected, .booked, .booked, .returned][dice.next(5)]
            }
            // The silent may speak later, and the booked come back.
            if fates[reference] == .silent, dice.next(3) == 0 {
                fates[reference] = dice.next(2) == 0 ? .rejected : .booked
            }
            if fates[reference] == .booked, dice.next(8) == 0 { fates[reference] = .returned }
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func `whatever the bank does, money is paid at most once and the books say what the bank says`(
        seed: UInt64
    ) async throws {
        let treasury = try await Treasury.open(cases: 5, instalments: 2, amount: 10_000, received: 10_000_000)
        var bank = Bank(dice: Synthetic(seed: seed))
        var told: [String: Bank.Fate] = [:]
        for round in 0..<6 {
            _ = try? await treasury.run(.filed)
            let payments = try await treasury.door.answer(ListPayments(limit: 500), as: treasury.office.finance).items
            for payment in payments { bank.decide(payment.reference) }
            var entries: [BankEntry] = []
            var statuses: [(String, PaymentStatus?, ReasonCode?)] = []
            let today = "\(treasury.office.today)"
            for payment in payments where bank.dice.next(3) > 0 {
                let reference = payment.reference
                switch bank.fates[reference] ?? .silent {
                case .silent:
                    if bank.dice.next(2) == 0 { statuses.append((reference, "ACSP", nil)) }
                    continue
                case .rejected: statuses.append((reference, "RJCT", "MS03"))
                case .booked: entries.append(Treasury.entry(reference, 10_000, on: today, bank: "B" + reference))
                case .returned:
                    entries.append(Treasury.entry(reference, 10_000, on: today, bank: "B" + reference))
                    entries.append(
                        Treasury.entry(reference, 10_000, .credit, on: today, bank: "C" + reference, returned: "MS03"))
                    if bank.dice.next(2) == 0 { entries.swapAt(entries.count - 1, entries.count - 2) }
                }
                told[reference] = bank.fates[reference]
            }
            if !entries.isEmpty { _ = try await treasury.entries(entries, id: "\(seed)-\(round)-E") }
            if !statuses.isEmpty { _ = try await treasury.status(statuses, id: "\(seed)-\(round)-S") }
            if bank.dice.next(2) == 0 {
                treasury.office.clock.advance(bySeconds: 10 * 86_400)
                _ = try await treasury.door.perform(MarkUnknown(), as: .system)
            }
            for payment in payments where bank.dice.next(2) == 0 {
                _ = try? await treasury.door.perform(
                    ReissuePayment(payment: payment.reference, reason: "重发"), as: treasury.office.finance)
            }
            try await check(treasury, told, "seed \(seed), round \(round)")
        }
    }

    private func check(_ treasury: Treasury, _ told: [String: Bank.Fate], _ place: String) async throws {
        let payments = try await treasury.door.answer(ListPayments(limit: 500), as: treasury.office.finance).items
        var paid = 0
        for payment in payments {
            let states: Set<PaymentState> =
                switch told[payment.reference] ?? .silent {
                case .silent: [.sent, .accepted, .unknown]
                case .rejected: [.rejected, .reissued]
                case .booked: [.booked]
                case .returned: [.returned, .reissued]
                }
            #expect(states.contains(payment.state), "\(place), \(payment.reference)")
            if payment.state == .booked { paid += 1 }
        }
        let live = payments.filter { ![.rejected, .returned, .reissued].contains($0.state) }
        #expect(Set(live.map { "\($0.case)/\($0.instalment)" }).count == live.count, "\(place)")
        let fund = try await treasury.fund()
        #expect(fund.spent == Fen(Int64(paid) * 10_000), "\(place)")
        #expect(fund.received == fund.spent + fund.held + fund.available, "\(place)")
        // Held is what may still be paid: everything but the paid, and the returned that wait for a decision.
        let waiting = payments.filter { $0.state == .returned }.count
        #expect(fund.held == Fen(Int64(10 - paid - waiting) * 10_000), "\(place)")
    }
}
