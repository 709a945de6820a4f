import Foundation
import Ledger
import WorkingDays

/// The books once more, in the simplest Swift there is: what the database is held against.
struct ModelBooks {
    enum Outcome: Equatable {
        case done, existed
        case refused(LedgerRefusal.Reason)
    }

    struct Held {
        let transfer: Transfer
        let expiry: Date?
        var resolution: LedgerRefusal.Reason?
    }

    /// An operation as words, to tell a repetition from another body.
    enum Operation: Equatable {
        case transfer(Transfer)
        case hold(Transfer)
        case post(Resolution, Int64)
        case void(Resolution)
        case correct(UUID, Int64)
    }

    let accounts: [UUID: Account.Opening]
    var balances: [UUID: Balance]
    var holds: [UUID: Held] = [:]
    var entered: [UUID: Operation] = [:]
    /// What a posted entry moved, and how much of it is corrected.
    var posted: [UUID: (transfer: Transfer, corrected: Int64)] = [:]
    var allowed: Set<String> = []

    init(_ openings: [Account.Opening]) {
        accounts = Dictionary(uniqueKeysWithValues: openings.map { ($0.id, $0) })
        balances = Dictionary(uniqueKeysWithValues: openings.map { ($0.id, .zero) })
    }

    mutating func transfer(_ transfer: Transfer) -> Outcome {
        if let seen = seen(transfer.id, .transfer(transfer)) { return seen }
        if let reason = objection(to: transfer, isSpending: true) { return .refused(reason) }
        move(transfer, transfer.amount)
        entered[transfer.id] = .transfer(transfer)
        posted[transfer.id] = (transfer, 0)
        return .done
    }

    mutating func hold(_ transfer: Transfer, until expiry: Date?) -> Outcome {
        if let seen = seen(transfer.id, .hold(transfer)) { return seen }
        if let reason = objection(to: transfer, isSpending: true) { return .refused(reason) }
        balances[transfer.debit]?.debitsPending += transfer.amount
        balances[transfer.credit]?.creditsPending += transfer.amount
        entered[transfer.id] = .hold(transfer)
        holds[transfer.id] = Held(transfer: transfer, expiry: expiry)
        return .done
    }

    mutating func post(_ resolution: Resolution, now: Date) -> Outcome {
        let held = holds[resolution.hold]
        let amount = resolution.amount ?? held?.transfer.amount ?? 0
        if let seen = seen(resolution.id, .post(resolution.whole, amount)) { return seen }
        guard let held else { return .refused(.unknownHold) }
        if let reason = held.resolution { return .refused(reason) }
        if let expiry = held.expiry, expiry <= now { return .refused(.holdExpired) }
        if amount <= 0 { return .refused(.badAmount) }
        if amount > held.transfer.amount { return .refused(.exceedsHold) }
        release(held, as: .alreadyPosted)
        move(held.transfer, amount)
        entered[resolution.id] = .post(resolution.whole, amount)
        var moved = held.transfer
        moved.amount = amount
        posted[resolution.id] = (moved, 0)
        return .done
    }

    mutating func void(_ resolution: Resolution, now: Date) -> Outcome {
        if let seen = seen(resolution.id, .void(resolution.whole)) { return seen }
        guard let held = holds[resolution.hold] else { return .refused(.unknownHold) }
        if let reason = held.resolution { return .refused(reason) }
        if let expiry = held.expiry, expiry <= now { return .refused(.holdExpired) }
        release(held, as: .alreadyVoided)
        entered[resolution.id] = .void(resolution.whole)
        return .done
    }

    mutating func expire(now: Date) -> Int {
        let due = holds.values.filter { $0.resolution == nil && ($0.expiry.map { $0 <= now } ?? false) }
        for held in due { release(held, as: .holdExpired) }
        return due.count
    }

    mutating func correct(_ id: UUID, by new: UUID, amount: Int64) -> Outcome {
        guard let (original, corrected) = posted[id] else { return .refused(.notCorrectable) }
        if entered[new] == .correct(id, amount) { return .existed }
        let left = original.amount - corrected
        if left == 0 || amount > left { return .refused(.exceedsOriginal) }
        if entered[new] != nil { return .refused(.existsWithDifferentBody) }
        var opposite = original
        (opposite.debit, opposite.credit, opposite.amount) = (original.credit, original.debit, amount)
        if let reason = objection(to: opposite, isSpending: false) { return .refused(reason) }
        move(opposite, amount)
        entered[new] = .correct(id, amount)
        posted[id]?.corrected += amount
        return .done
    }

    private func seen(_ id: UUID, _ operation: Operation) -> Outcome? {
        entered[id].map { $0 == operation ? .existed : .refused(.existsWithDifferentBody) }
    }

    private func objection(to transfer: Transfer, isSpending: Bool) -> LedgerRefusal.Reason? {
        guard transfer.amount > 0 else { return .badAmount }
        guard transfer.debit != transfer.credit else { return .sameAccount }
        guard let debit = accounts[transfer.debit], let credit = accounts[transfer.credit],
            let debited = balances[debit.id], let credited = balances[credit.id]
        else { return .unknownAccount }
        if isSpending, debit.isEarmarked, !(transfer.item.map(allowed.contains) ?? false) { return .itemNotAllowed }
        var objections: [(UUID, LedgerRefusal.Reason)] = []
        if debit.limit == .debitsMustNotExceedCredits, debited.leftToDebit < transfer.amount {
            objections.append((debit.id, .exceedsCredits))
        }
        if credit.limit == .creditsMustNotExceedDebits, credited.leftToCredit < transfer.amount {
            objections.append((credit.id, .exceedsDebits))
        }
        return objections.min { $0.0.uuidString < $1.0.uuidString }?.1
    }

    private mutating func move(_ transfer: Transfer, _ amount: Int64) {
        balances[transfer.debit]?.debitsPosted += amount
        balances[transfer.credit]?.creditsPosted += amount
    }

    private mutating func release(_ held: Held, as reason: LedgerRefusal.Reason) {
        balances[held.transfer.debit]?.debitsPending -= held.transfer.amount
        balances[held.transfer.credit]?.creditsPending -= held.transfer.amount
        holds[held.transfer.id]?.resolution = reason
    }
}

extension Resolution {
    /// The same resolution without its amount, which `nil` and the whole amount say alike.
    fileprivate var whole: Resolution { Resolution(id: id, hold: hold) }
}
