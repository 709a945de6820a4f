package import FoundationEssentials
package import WorkingDays

/// The one class that a line of a bank's file ends in (G11).
package enum BankLineClass: String, Codable, CaseIterable, Sendable {
    case accepted, rejected, pending, booked, returned, duplicate
    /// Of another's account, or in another currency: told, and nobody's task.
    case foreign
    /// Money came in that is no payment of ours, as far as can be seen.
    case received
    /// Looks like a run paid in one sum, or like a payment that came back: two people make it so (bank match, bank confirm).
    case likelyPaid, likelyReturn
    case amountMismatch, unmatched, contradiction

    /// A person has to say what it is.
    package var waitsForPerson: Bool {
        switch self {
        case .received, .likelyPaid, .likelyReturn, .amountMismatch, .unmatched, .contradiction: true
        case .accepted, .rejected, .pending, .booked, .returned, .duplicate, .foreign: false
        }
    }
}

extension BankLineClass: Choice {
    package var title: Phrase {
        switch self {
        case .accepted: Phrase("accepted", "已受理")
        case .rejected: Phrase("rejected", "被拒")
        case .pending: Phrase("pending", "处理中")
        case .booked: Phrase("booked", "已入账")
        case .returned: Phrase("returned", "退回")
        case .duplicate: Phrase("duplicate", "重复")
        case .foreign: Phrase("foreign", "非本系统")
        case .received: Phrase("received", "来款")
        case .likelyPaid: Phrase("likely paid", "疑似已付")
        case .likelyReturn: Phrase("likely return", "疑似退回")
        case .amountMismatch: Phrase("amount mismatch", "金额不符")
        case .unmatched: Phrase("unmatched", "无法对应")
        case .contradiction: Phrase("contradiction", "互相矛盾")
        }
    }
}

/// Lists the bank's lines, newest first; by default those that a person has to settle.
package struct ListBankLines: Query {
    package typealias Reply = Page<BankLineView>
    package static let name = "bank.list"
    package static let summary = Phrase(
        "Lists the bank's lines that a person has to settle, or all, newest first.",
        "列出须由人处理的银行明细，或全部明细，最新的在前。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/bank-lines")
    package static let fields = [
        "class": FieldNote("Lines of one class, whoever has to settle them.", "只列某一类，不论是否须处理。"),
        "all": FieldNote("Also lines that nobody has to settle.", "含无须处理的。", entry: .flag),
    ]

    package let run: String?
    package let payment: String?
    package let `class`: BankLineClass?
    package let all: Bool?
    package let cursor: String?
    package let limit: Int?

    package init(
        run: String? = nil, payment: String? = nil, class: BankLineClass? = nil, all: Bool? = nil,
        cursor: String? = nil, limit: Int? = nil
    ) {
        self.class = `class`
        self.run = run
        self.payment = payment
        self.all = all
        self.cursor = cursor
        self.limit = limit
    }
}

/// Says what was found out of a line that nothing could be made of: it holds up no payment and no run any more.
package struct SettleBankLine: Command {
    package typealias Reply = BankLineView
    package static let name = "bank.settle"
    package static let summary = Phrase(
        "Says what was found out of a bank's line; it holds nothing up any more.",
        "写明某条银行明细查明的情况；此后不再挂起。")
    package static let permission = Permission.approveRuns
    package static let route = Route.post("/v1/bank-lines/{line}/settle")
    package static let fields = [
        "reason": FieldNote("What was found out; the audit log keeps it.", "查明的情况，将记入审计日志。")
    ]

    package let line: UUID
    package let reason: String

    package init(line: UUID, reason: String) {
        self.line = line
        self.reason = reason
    }
}

/// A line of a file of the bank's.
package struct BankLineView: Codable, Sendable {
    package var line: UUID
    package var `class`: BankLineClass
    package var file: String
    /// Its place in the file, from 1.
    package var ordinal: Int
    package var importedAt: Date
    package var run: String?
    /// Reference of the payment that it is about.
    package var payment: String?
    /// As the bank wrote it.
    package var reference: String?
    package var bankReference: String?
    package var amount: Fen?
    package var day: Day?
    package var detail: String?
    package var settledBy: String?
    package var settledAt: Date?
    package var reason: String?
    /// What was made of it last, and by whom; without `confirmedBy` it waits for another person (bank confirm).
    package var match: UUID?
    package var proposedBy: String?
    package var confirmedBy: String?

    package init(
        line: UUID, class: BankLineClass, file: String, ordinal: Int, importedAt: Date, run: String? = nil,
        payment: String? = nil, reference: String? = nil, bankReference: String? = nil, amount: Fen? = nil,
        day: Day? = nil, detail: String? = nil, settledBy: String? = nil, settledAt: Date? = nil, reason: String? = nil,
        match: UUID? = nil, proposedBy: String? = nil, confirmedBy: String? = nil
    ) {
        (self.match, self.proposedBy, self.confirmedBy) = (match, proposedBy, confirmedBy)

        self.line = line
        self.class = `class`
        self.file = file
        self.ordinal = ordinal
        self.importedAt = importedAt
        self.run = run
        self.payment = payment
        self.reference = reference
        self.bankReference = bankReference
        self.amount = amount
        self.day = day
        self.detail = detail
        self.settledBy = settledBy
        self.settledAt = settledAt
        self.reason = reason
    }
}
