package import FoundationEssentials
package import WorkingDays

/// What a match makes of a payment: its money arrived, or came back.
package enum MatchOutcome: String, Codable, CaseIterable, Sendable {
    case booked
    case returned
}

extension MatchOutcome: Choice {
    package var title: Phrase {
        switch self {
        case .booked: Phrase("booked", "已入账")
        case .returned: Phrase("returned", "已退回")
        }
    }
}

/// Says which payment, or which whole run, a line of the bank's is about, where the line doesn't say so for certain: a credit
/// is a payment that came back, a debit one that was paid. Nothing moves before another person confirms it.
package struct MatchBankLine: Command {
    package typealias Reply = BankMatchView
    package static let name = "bank.match"
    package static let summary = Phrase(
        "Says which payment or run a bank's line is about; another person confirms it.",
        "指明银行明细对应的付款或批次，由另一人确认。")
    package static let permission = Permission.importResults
    package static let route = Route.post("/v1/bank-lines/{line}/match")
    package static let fields = [
        "payment": FieldNote(
            "A payment's reference; otherwise the one that the line is shown with.",
            "付款参考号；不写则为该明细所示的付款。"),
        "run": FieldNote("A run that the bank booked in one sum.", "银行合并入账的批次。"),
        "reason": FieldNote("What was found out; the audit log keeps it.", "查明的情况，将记入审计日志。"),
    ]

    package let line: UUID
    package let payment: String?
    package let run: String?
    package let reason: String

    package init(line: UUID, payment: String? = nil, run: String? = nil, reason: String) {
        (self.line, self.payment, self.run, self.reason) = (line, payment, run, reason)
    }
}

/// Says on a document of the bank's, where no file of its has a line, that a payment was paid; another person confirms it.
package struct ProvePayment: Command {
    package typealias Reply = BankMatchView
    package static let name = "payment.prove"
    package static let summary = Phrase(
        "Records the bank's word that a payment was paid after all; another person confirms it.",
        "记录银行证明付款最终成功，由另一人确认。")
    package static let permission = Permission.importResults
    package static let route = Route.post("/v1/payments/{payment}/prove")
    package static let fields = [
        "bookedOn": FieldNote("The day of the bank's books.", "银行记账日期。", name: "on")
    ]

    package let payment: String
    package let bookedOn: Day
    package let proof: String

    package init(payment: String, bookedOn: Day, proof: String) {
        (self.payment, self.bookedOn, self.proof) = (payment, bookedOn, proof)
    }
}

/// Confirms what another made of a line or document of the bank's: only now do payments and books move.
package struct ConfirmBankMatch: Command {
    package typealias Reply = BankMatchView
    package static let name = "bank.confirm"
    package static let summary = Phrase(
        "Confirms what another made of a bank's line or document: the payment and the books move.",
        "确认他人对银行明细或证明的认定：付款和账簿随之变动。")
    package static let permission = Permission.approveRuns
    package static let route = Route.post("/v1/bank-matches/{match}/confirm")

    package let match: UUID

    package init(match: UUID) { self.match = match }
}

/// Lists what somebody made of the bank's lines and documents, newest first; by default what waits to be confirmed.
package struct ListBankMatches: Query {
    package typealias Reply = Page<BankMatchView>
    package static let name = "bank.matches"
    package static let summary = Phrase(
        "Lists what was made of bank's lines and waits to be confirmed, or all, newest first.",
        "列出对银行明细的认定中待确认的，或全部，最新的在前。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/bank-matches")
    package static let fields = [
        "all": FieldNote("Also those that were confirmed, or came to nothing.", "含已确认或已作废的。", entry: .flag)
    ]

    package let all: Bool?
    package let cursor: String?
    package let limit: Int?

    package init(all: Bool? = nil, cursor: String? = nil, limit: Int? = nil) {
        (self.all, self.cursor, self.limit) = (all, cursor, limit)
    }
}

/// What somebody made of a line or document of the bank's.
package struct BankMatchView: Codable, Sendable {
    package var match: UUID
    /// nil: a document of the bank's says so.
    package var line: UUID?
    package var payment: String?
    package var run: String?
    package var becomes: MatchOutcome
    /// How many payments it is about, and how much money.
    package var payments: Int
    package var amount: Fen
    /// Of the bank's books.
    package var day: Day
    /// Of a single payment: whom it is for, and the masked account.
    package var payee: String?
    package var account: String?
    package var reason: String
    package var proposedBy: String
    package var proposedAt: Date
    package var confirmedBy: String?
    package var confirmedAt: Date?

    package init(
        match: UUID, line: UUID?, payment: String?, run: String?, becomes: MatchOutcome, payments: Int, amount: Fen,
        day: Day, payee: String?, account: String?, reason: String, proposedBy: String, proposedAt: Date,
        confirmedBy: String?, confirmedAt: Date?
    ) {
        (self.match, self.line, self.payment, self.run) = (match, line, payment, run)
        (self.becomes, self.payments, self.amount, self.day) = (becomes, payments, amount, day)
        (self.payee, self.account, self.reason) = (payee, account, reason)
        (self.proposedBy, self.proposedAt) = (proposedBy, proposedAt)
        (self.confirmedBy, self.confirmedAt) = (confirmedBy, confirmedAt)
    }
}
