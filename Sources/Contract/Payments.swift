package import FoundationEssentials
package import WorkingDays

/// The life of a payment; only `booked` is paid.
package enum PaymentState: String, Codable, CaseIterable, Sendable {
    case prepared
    case approved
    case inFile
    case sent
    case accepted
    case unknown
    case booked
    case rejected
    case returned
    case reissued
    case cancelled
}

extension PaymentState: Choice {
    package var title: Phrase {
        switch self {
        case .prepared: Phrase("prepared", "已编制")
        case .approved: Phrase("approved", "已批准")
        case .inFile: Phrase("in file", "已写入文件")
        case .sent: Phrase("sent", "已送银行")
        case .accepted: Phrase("accepted", "银行已受理")
        case .unknown: Phrase("unknown", "结果不明")
        case .booked: Phrase("booked", "已入账")
        case .rejected: Phrase("rejected", "被拒")
        case .returned: Phrase("returned", "已退回")
        case .reissued: Phrase("reissued", "已重发")
        case .cancelled: Phrase("cancelled", "已取消")
        }
    }
}

package struct ListPayments: Query {
    package typealias Reply = Page<PaymentView>
    package static let name = "payment.list"
    package static let summary = Phrase("Lists payments.", "列出付款。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/payments")

    package let run: String?
    package let state: PaymentState?
    package let `case`: String?
    package let cursor: String?
    package let limit: Int?

    package init(
        run: String? = nil, state: PaymentState? = nil, `case`: String? = nil, cursor: String? = nil, limit: Int? = nil
    ) {
        self.run = run
        self.state = state
        self.case = `case`
        self.cursor = cursor
        self.limit = limit
    }
}

package struct ShowPayment: Query {
    package typealias Reply = PaymentView
    package static let name = "payment.show"
    package static let summary = Phrase("Shows a payment.", "查看一笔付款。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/payments/{payment}")

    package let payment: String

    package init(payment: String) {
        self.payment = payment
    }
}

package struct ReissuePayment: Command {
    package typealias Reply = PaymentView
    package static let name = "payment.reissue"
    package static let summary = Phrase(
        "Lets a rejected or returned payment be made anew in a later run.",
        "让被拒或退回的付款在以后的批次中重新发放。")
    package static let permission = Permission.prepareRuns
    package static let route = Route.post("/v1/payments/{payment}/reissue")

    package let payment: String
    package let reason: String

    package init(payment: String, reason: String) {
        self.payment = payment
        self.reason = reason
    }
}

package struct DisprovePayment: Command {
    package typealias Reply = PaymentView
    package static let name = "payment.disprove"
    package static let summary = Phrase(
        "Records the bank's word that a payment of unknown fate was not made.",
        "记录银行证明结果不明的付款未成功。")
    package static let permission = Permission.approveRuns
    package static let route = Route.post("/v1/payments/{payment}/disprove")

    package let payment: String
    package let proof: String

    package init(payment: String, proof: String) {
        self.payment = payment
        self.proof = proof
    }
}

package struct ImportRemittances: Command {
    package typealias Reply = ImportReport
    package static let name = "remittance.import"
    package static let summary = Phrase(
        "Takes in union dues that employers paid: USCC, period (2026Q1), amount in yuan.",
        "导入用人单位缴纳的工会经费：统一社会信用代码、所属期（2026Q1）、金额（元）。")
    package static let permission = Permission.importResults
    package static let route = Route.post("/v1/remittances/import")

    package let organisation: String
    package let csv: Data
    package let mode: ImportMode

    package init(organisation: String, csv: Data, mode: ImportMode) {
        self.organisation = organisation
        self.csv = csv
        self.mode = mode
    }
}

/// A payment of a run.
package struct PaymentView: Codable, Sendable {
    /// As the bank knows it.
    package var reference: String
    /// nil where an upper union's fund pays: its runs are its own.
    package var run: String?
    package var `case`: String
    package var instalment: Int
    package var payee: String
    /// Masked.
    package var account: String
    package var amount: Fen
    package var state: PaymentState
    /// The bank's code and words for a failure.
    package var reason: String?
    package var attempt: Int
    /// Reference of the failed payment that this one makes good.
    package var reissues: String?
    package var sentAt: Date?
    package var bookedOn: Day?
    /// Where two people made it paid or returned, on a line or document of the bank's: what it was, and their names.
    package var evidence: String?
    package var provenBy: [String]?

    package init(
        reference: String, run: String?, `case`: String, instalment: Int, payee: String, account: String, amount: Fen,
        state: PaymentState, reason: String? = nil, attempt: Int, reissues: String? = nil, sentAt: Date? = nil,
        bookedOn: Day? = nil, evidence: String? = nil, provenBy: [String]? = nil
    ) {
        (self.evidence, self.provenBy) = (evidence, provenBy)
        self.reference = reference
        self.run = run
        self.case = `case`
        self.instalment = instalment
        self.payee = payee
        self.account = account
        self.amount = amount
        self.state = state
        self.reason = reason
        self.attempt = attempt
        self.reissues = reissues
        self.sentAt = sentAt
        self.bookedOn = bookedOn
    }
}
