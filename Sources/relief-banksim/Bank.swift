import ArgumentParser
import BankFiles
import Foundation
import Output
import WorkingDays

/// The simulated bank at work: one pass over what arrived and what fell due.
struct Bank {
    let exchange: Exchange
    var state: BankState
    let rules: RuleBook
    let today: Day
    let seed: UInt64
    /// Paying account of 代发 files.
    let account: String
    let template: BatchTextTemplate

    /// Ends what an earlier run had decided but not delivered.
    mutating func recover() throws {
        try deliver()
        for claim in try exchange.claimed() where claim == state.taken {
            try exchange.accept(claim, name: Self.name(of: claim))
        }
    }

    /// Books and returns what is due, then takes every file that waits, claimed ones first.
    mutating func work() throws {
        try settleDue()
        for claim in try exchange.claimed() { try take(claim) }
        for name in try exchange.arrivals() {
            let claim = "\(padded(state.next()))-\(name)"
            try exchange.claim(name, as: claim)
            try take(claim)
        }
    }

    private mutating func take(_ claim: String) throws {
        let name = Self.name(of: claim)
        // A claim left by a run that died bears a number its books have not counted.
        state.sequence = max(state.sequence, Int(claim.prefix { $0 != "-" }) ?? 0)
        var receipt = Receipt(bank: self, name: name, path: exchange.path(.taking, claim))
        let line = try receipt.answer()
        state = receipt.bank.state
        state.taken = claim
        try commit(receipt.answers)
        try exchange.accept(claim, name: name)
        Standard.say("took \(name): \(line)")
        try deliver()
    }

    private mutating func settleDue() throws {
        let due = state.pending.filter { $0.day <= today }
        guard !due.isEmpty else { return }
        state.pending.removeAll { $0.day <= today }
        var answers: [Outgoing] = []
        let bookings = due.filter { $0.returnReason == nil }.map { book($0.reference) }
        if !bookings.isEmpty { answers.append(advice(bookings)) }
        let returns = due.compactMap { item in item.returnReason.map { giveBack(item.reference, $0) } }
        if !returns.isEmpty { answers.append(advice(returns)) }
        try commit(answers)
        Standard.say("due on \(today): \(bookings.count) booked, \(returns.count) returned")
        try deliver()
    }

    /// Returns one booked payment now.
    mutating func giveBack(_ reference: String, reason: ReasonCode) throws {
        guard state.payments[reference]?.stage == .booked else {
            throw ValidationError("\(reference) is no booked payment of this bank.")
        }
        state.pending.removeAll { $0.reference == reference }
        try commit([advice([giveBack(reference, reason)])])
        Standard.say("returned \(reference): \(reason)")
        try deliver()
    }

    /// Answers one payment that was kept silent: books it, or refuses it for a reason.
    mutating func answer(_ reference: String, reason: ReasonCode?) throws {
        guard var payment = state.payments[reference], payment.stage == .silent else {
            throw ValidationError("\(reference) is no payment that waits for an answer.")
        }
        payment.stage = reason == nil ? .waiting : .rejected
        state.payments[reference] = payment
        var answers = [try Receipt.lateAnswer(payment, reason: reason, bank: &self)]
        if reason == nil { answers.append(advice([book(reference)])) }
        try commit(answers)
        Standard.say("answered \(reference): \(reason.map { "refused, \($0)" } ?? "booked")")
        try deliver()
    }

    func showStatus() {
        for stage in BankState.Payment.Stage.allCases {
            Standard.say("\(stage.rawValue) \(state.payments.values.count { $0.stage == stage })")
        }
        for payment in state.payments.values.filter({ $0.stage == .silent }).map(\.transfer.endToEndID).sorted() {
            Standard.say("unanswered \(payment)")
        }
        for item in state.pending.sorted(by: { ($0.day, $0.reference) < ($1.day, $1.reference) }) {
            Standard.say("due \(item.day) \(item.reference) \(item.returnReason.map { "return \($0)" } ?? "book")")
        }
    }

    /// Books a payment on today; the entry is for an advice.
    mutating func book(_ reference: String) -> BankEntry {
        state.payments[reference]?.stage = .booked
        return entry(reference, direction: .debit)
    }

    /// Takes the booking back, under a reference of its own.
    mutating func giveBack(_ reference: String, _ reason: ReasonCode) -> BankEntry {
        state.payments[reference]?.stage = .returned
        var entry = entry(reference, direction: .credit)
        entry.bankReference = nextReference()
        entry.isReversal = true
        entry.returnReason = reason
        entry.returnText = reason.meaning?.chinese ?? ""
        return entry
    }

    private func entry(_ reference: String, direction: BankEntry.Direction) -> BankEntry {
        let payment = state.payments[reference]
        return BankEntry(
            account: payment?.debtorAccount ?? account, amount: payment?.bookedAmount ?? 0, direction: direction,
            bookingDay: today, valueDay: today, bankReference: payment?.bankReference, endToEndID: reference,
            instructionID: payment?.transfer.instructionID, originalMessageID: payment?.messageID,
            counterpartyName: payment?.transfer.creditorName,
            counterpartyAccount: payment?.transfer.creditorAccount,
            remittance: payment?.transfer.remittance ?? "")
    }

    mutating func nextReference() -> String {
        "B\(seed)-\(today.description.filter { $0 != "-" })-\(padded(state.next()))"
    }

    /// A camt.054 with these entries.
    mutating func advice(_ entries: [BankEntry]) -> Outgoing {
        let number = padded(state.next())
        let header = AccountReportHeader(messageID: "SIM\(seed)-\(number)", createdAt: time(), isStatement: false)
        return Outgoing(
            name: "\(number)-camt.054.xml", data: AccountReport(header: header, entries: entries).bytes())
    }

    /// Nine in the morning of the banking day: the same run gives the same bytes.
    func time() -> Date { today.start().addingTimeInterval(9 * 3_600) }

    func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }

    /// From here on the answers belong to the books; `deliver` may be repeated.
    private mutating func commit(_ answers: [Outgoing]) throws {
        for answer in answers { try exchange.stage(answer.name, answer.data) }
        state.outgoing = answers.map(\.name)
        try exchange.save(state)
    }

    private func deliver() throws {
        for name in state.outgoing where try exchange.deliver(name) { Standard.say("sent \(name)") }
    }

    private static func name(of claim: String) -> String {
        String(claim.drop { $0 != "-" }.dropFirst())
    }
}

/// An answer file on its way to the customer.
struct Outgoing {
    let name: String
    let data: Data
}
