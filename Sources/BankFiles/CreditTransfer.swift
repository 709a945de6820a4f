package import FoundationEssentials
package import WorkingDays

/// One payment of a file to the bank: so much to this account of this person, under our own reference.
package struct CreditTransfer: Equatable, Sendable, Codable {
    /// Our reference, unique for ever, which the bank carries through: 1 to 35 printable ASCII characters.
    package var endToEndID: String
    package var instructionID: String?
    /// In fen.
    package var amount: Int64
    /// 户名, exactly as the bank has it; at most 140 characters.
    package var creditorName: String
    /// At most 34 characters.
    package var creditorAccount: String
    /// 12-digit CNAPS number of the payee's bank (联行号); may be left out for payments within one bank.
    package var creditorAgent: String?
    /// 附言, at most 140 characters; empty for none.
    package var remittance: String

    package init(
        endToEndID: String, instructionID: String? = nil, amount: Int64, creditorName: String, creditorAccount: String,
        creditorAgent: String? = nil, remittance: String = ""
    ) {
        self.endToEndID = endToEndID
        self.instructionID = instructionID
        self.amount = amount
        self.creditorName = creditorName
        self.creditorAccount = creditorAccount
        self.creditorAgent = creditorAgent
        self.remittance = remittance
    }
}

/// The paying side of a file: who pays, from which account, at which bank, when, how many payments and how much in all.
package struct CreditTransferHeader: Equatable, Sendable, Codable {
    /// Names the file at the bank, for ever: 1 to 35 printable ASCII characters.
    package var messageID: String
    package var createdAt: Date
    package var debtorName: String
    package var debtorAccount: String
    /// 12-digit CNAPS number of the paying account's bank.
    package var debtorAgent: String
    package var requestedExecutionDay: Day
    package var count: Int
    /// In fen.
    package var sum: Int64

    package init(
        messageID: String, createdAt: Date, debtorName: String, debtorAccount: String, debtorAgent: String,
        requestedExecutionDay: Day, count: Int, sum: Int64
    ) {
        self.messageID = messageID
        self.createdAt = createdAt
        self.debtorName = debtorName
        self.debtorAccount = debtorAccount
        self.debtorAgent = debtorAgent
        self.requestedExecutionDay = requestedExecutionDay
        self.count = count
        self.sum = sum
    }
}

/// A whole payment file (pain.001.001.09, one payment information block) in memory; for more payments than fit there,
/// `CreditTransferWriter` and the streaming `read`.
package struct CreditTransferFile: Equatable, Sendable {
    package let header: CreditTransferHeader
    package let payments: [CreditTransfer]

    /// Checks everything the bank would refuse; throws `BankFileError` that names the payment. Count and sum of the
    /// header are taken from the payments.
    package init(header: CreditTransferHeader, payments: [CreditTransfer]) throws {
        var header = header
        header.count = payments.count
        header.sum = 0
        for (index, payment) in payments.enumerated() {
            header.sum = try CreditTransferRules.naming(payment, number: index + 1) {
                try CreditTransferRules.adding(payment.amount, to: header.sum)
            }
        }
        var rules = try CreditTransferRules(header)
        for payment in payments { try rules.check(payment) }
        try rules.finish()
        self.header = header
        self.payments = payments
    }

    /// Whether such a file can carry the payment: throws `BankFileError` that says why not.
    package static func check(_ payment: CreditTransfer) throws {
        try CreditTransferRules.checkAlone(payment)
    }

    /// The file's bytes: the same for the same content, always.
    package func bytes() throws -> Data {
        var data = Data()
        var writer = try CreditTransferWriter(header) { data.append(contentsOf: $0) }
        for payment in payments { try writer.append(payment) }
        try writer.finish()
        return data
    }
}
