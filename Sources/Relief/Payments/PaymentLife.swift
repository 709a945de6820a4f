import Contract
import FoundationEssentials
import WorkingDays

/// The life of a payment: which states follow which, as the table `relief.payment_move` has it too.
enum PaymentLife {
    static let moves: [PaymentState: Set<PaymentState>] = [
        .prepared: [.approved, .cancelled],
        .approved: [.inFile, .cancelled],
        .inFile: [.sent],
        .sent: [.accepted, .booked, .rejected, .unknown],
        .accepted: [.booked, .rejected, .unknown],
        .unknown: [.accepted, .booked, .rejected],
        .booked: [.returned],
        .rejected: [.reissued],
        .returned: [.reissued],
    ]
}

/// A step of a payment's life, with what the bank said.
struct PaymentMove: Sendable {
    let payment: UUID
    let to: PaymentState
    let day: Day
    let word: BankWord
}

extension Payment {
    /// Takes in what the bank says of this payment: the line's class and why, and the moves that follow. A payment that
    /// ended moves no more, and nothing is concluded from silence.
    mutating func hear(
        _ word: BankWord, in kind: BankMessage.Kind, on today: Day
    ) -> (class: BankLineClass, detail: String?, moves: [PaymentMove]) {
        guard ![.prepared, .approved, .cancelled].contains(state) else {
            return (.contradiction, "the payment was never sent to the bank", [])
        }
        if word.disagrees || (word.amount.map { $0 != amount } ?? false) && word.saying != .pending {
            return (
                .amountMismatch, "the bank says \(word.amount.map(\.description) ?? "?"), paid was to be \(amount)", []
            )
        }
        if let reason = impossibility(of: word.day, today) { return (.contradiction, reason, []) }
        var moves: [PaymentMove] = []
        // An answer proves that the file arrived, also where we died before we noted that we sent it.
        if state == .inFile { move(.sent, word, today, &moves) }
        let (verdict, detail) = verdict(on: word, in: kind, today, &moves)
        return (verdict, detail ?? word.detail, moves)
    }

    /// A day that can't be true would put the booking into a month that was reported, or that hasn't come.
    private func impossibility(of day: Day?, _ today: Day) -> String? {
        guard let day else { return nil }
        if day > today { return "the bank says \(day), which hasn't come" }
        guard let released = releasedAt.map({ Day($0) }), day < released else { return nil }
        return "the bank says \(day), and its file was made on \(released)"
    }

    private mutating func verdict(
        on word: BankWord, in kind: BankMessage.Kind, _ today: Day, _ moves: inout [PaymentMove]
    ) -> (BankLineClass, String?) {
        let isOpen = [.sent, .accepted, .unknown].contains(state)
        let failedUnpaid = state == .rejected || (state == .reissued && returnedOn == nil)
        switch word.saying {
        case .pending: return (.pending, nil)
        case .received:
            if failedUnpaid { return (.contradiction, "money came in after it was refused") }
            if returnedOn != nil { return (.duplicate, nil) }
            return (.likelyReturn, "money came in under this reference without being marked as a return")
        case .accepted:
            if failedUnpaid { return (.contradiction, "accepted after it was refused") }
            if state == .accepted || !isOpen { return (.duplicate, nil) }
            move(.accepted, word, today, &moves)
            return (.accepted, nil)
        case .refused:
            if word.isSeenBefore { return (.duplicate, "the bank had it before: \(word.detail ?? "")") }
            if state == .booked { return (.contradiction, "refused after it was booked") }
            if !isOpen { return (.duplicate, nil) }
            move(.rejected, word, today, &moves)
            return (.rejected, nil)
        case .credited, .booked:
            if failedUnpaid { return (.contradiction, "booked after it was refused") }
            // A status is no entry: the first debit that follows it is the one that it spoke of.
            if word.saying == .booked {
                if debits.isAnother(reference: word.bankReference, day: word.day, in: kind) {
                    return (.contradiction, "booked a second time, under \(word.bankReference ?? "?")")
                }
                debits.note(reference: word.bankReference, day: word.day, in: kind, isNew: true)
            }
            if isOpen {
                move(.booked, word, today, &moves)
                return (.booked, nil)
            }
            return (.duplicate, nil)
        case .returned:
            if failedUnpaid { return (.contradiction, "returned after it was refused") }
            if returnedOn != nil { return (.duplicate, nil) }
            // The return may overtake the booking; the books then show both.
            if isOpen { move(.booked, word, today, &moves) }
            move(.returned, word, today, &moves)
            return (.returned, nil)
        }
    }

    private mutating func move(_ to: PaymentState, _ word: BankWord, _ today: Day, _ moves: inout [PaymentMove]) {
        state = to
        let day = word.day ?? today
        switch to {
        case .booked:
            bookedOn = day
            posting = UUID(derivedFrom: "booked \(id)")
            bankReference = word.bankReference ?? bankReference
        case .returned: returnedOn = day
        default: break
        }
        moves.append(PaymentMove(payment: id, to: to, day: day, word: word))
    }
}
