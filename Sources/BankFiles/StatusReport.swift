package import FoundationEssentials

/// What the bank says about one reason: a code, words, or both.
package struct StatusReason: Equatable, Sendable, Codable {
    package var code: ReasonCode?
    package var text: String

    package init(code: ReasonCode? = nil, text: String = "") {
        self.code = code
        self.text = text
    }
}

/// What pain.002 says about one payment that it lists.
package struct TransactionStatus: Equatable, Sendable, Codable {
    package var endToEndID: String?
    package var instructionID: String?
    /// nil where the bank lists a payment without a status: nothing may be concluded.
    package var status: PaymentStatus?
    package var reasons: [StatusReason]
    /// The bank's own reference, where given.
    package var bankReference: String?

    package init(
        endToEndID: String?, instructionID: String? = nil, status: PaymentStatus?, reasons: [StatusReason] = [],
        bankReference: String? = nil
    ) {
        self.endToEndID = endToEndID
        self.instructionID = instructionID
        self.status = status
        self.reasons = reasons
        self.bankReference = bankReference
    }
}

/// What pain.002 says about a payment information block of the original file.
package struct BlockStatus: Equatable, Sendable, Codable {
    package var blockID: String
    package var status: PaymentStatus?
    package var reasons: [StatusReason]

    package init(blockID: String = "", status: PaymentStatus? = nil, reasons: [StatusReason] = []) {
        self.blockID = blockID
        self.status = status
        self.reasons = reasons
    }
}

/// The bank's answer to a payment file (pain.002), apart from the single payments.
///
/// Only a status of the group that refuses it (`isWholeFileRefused`) says anything about payments that are not listed;
/// an accepted or partly accepted group leaves them unknown.
package struct StatusReportHeader: Equatable, Sendable, Codable {
    package var messageID: String
    package var createdAt: Date?
    package var originalMessageID: String
    package var groupStatus: PaymentStatus?
    package var groupReasons: [StatusReason]
    package var blocks: [BlockStatus]

    package init(
        messageID: String, createdAt: Date?, originalMessageID: String, groupStatus: PaymentStatus?,
        groupReasons: [StatusReason] = [], blocks: [BlockStatus] = []
    ) {
        self.messageID = messageID
        self.createdAt = createdAt
        self.originalMessageID = originalMessageID
        self.groupStatus = groupStatus
        self.groupReasons = groupReasons
        self.blocks = blocks
    }

    /// True only where the bank refused the file as a whole.
    package var isWholeFileRefused: Bool { groupStatus == "RJCT" }
}

/// A whole pain.002 in memory.
package struct StatusReport: Equatable, Sendable {
    package var header: StatusReportHeader
    /// In the order of the file; a payment that is not here has no status.
    package var transactions: [TransactionStatus]

    package init(header: StatusReportHeader, transactions: [TransactionStatus]) {
        self.header = header
        self.transactions = transactions
    }
}
