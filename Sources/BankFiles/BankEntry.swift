package import FoundationEssentials
package import WorkingDays

/// One line of the bank's books on our account: from an advice (camt.054), a report of the day (camt.052) or a statement
/// (camt.053).
package struct BankEntry: Equatable, Sendable, Codable {
    /// Which way the money went, seen from our account.
    package enum Direction: String, Sendable, Codable {
        case credit = "CRDT"
        case debit = "DBIT"
    }

    package var account: String
    /// In fen, never negative.
    package var amount: Int64
    /// As the bank gives it: for a reversal already the way the money now goes.
    package var direction: Direction
    /// Takes back an earlier entry (`RvslInd`).
    package var isReversal: Bool
    /// `BOOK`, `PDNG`, `INFO`, `FUTR` or what else the bank says. Only booked money is money.
    package var status: String
    package var bookingDay: Day?
    package var valueDay: Day?
    /// The bank's reference (`AcctSvcrRef`), of the payment where given, else of the entry.
    package var bankReference: String?
    /// Our reference, where the bank gives it back.
    package var endToEndID: String?
    package var instructionID: String?
    /// Our file, where the bank names it.
    package var originalMessageID: String?
    package var counterpartyName: String?
    package var counterpartyAccount: String?
    package var remittance: String
    /// Why money came back (`RtrInf`).
    package var returnReason: ReasonCode?
    package var returnText: String
    /// True where the amounts of the details don't make up the entry's: the entry is then handed over whole, with its
    /// booked amount, for a person to look at.
    package var detailsDisagree: Bool
    /// Our file that the bank booked in one sum, where the entry says so.
    package var batch: BatchBooking?
    /// Why the entry is told of, but not read.
    package var unread: Unread?
    /// The report it came in, and the statement or advice within the report.
    package var messageID: String
    package var statementID: String

    package init(
        account: String, amount: Int64, direction: Direction, isReversal: Bool = false, status: String = "BOOK",
        bookingDay: Day?, valueDay: Day? = nil, bankReference: String?, endToEndID: String?,
        instructionID: String? = nil, originalMessageID: String? = nil, counterpartyName: String? = nil,
        counterpartyAccount: String? = nil, remittance: String = "", returnReason: ReasonCode? = nil,
        returnText: String = "", detailsDisagree: Bool = false, batch: BatchBooking? = nil, unread: Unread? = nil,
        messageID: String = "", statementID: String = ""
    ) {
        self.account = account
        self.amount = amount
        self.direction = direction
        self.isReversal = isReversal
        self.status = status
        self.bookingDay = bookingDay
        self.valueDay = valueDay
        self.bankReference = bankReference
        self.endToEndID = endToEndID
        self.instructionID = instructionID
        self.originalMessageID = originalMessageID
        self.counterpartyName = counterpartyName
        self.counterpartyAccount = counterpartyAccount
        self.remittance = remittance
        self.returnReason = returnReason
        self.returnText = returnText
        self.detailsDisagree = detailsDisagree
        (self.batch, self.unread) = (batch, unread)
        self.messageID = messageID
        self.statementID = statementID
    }

    /// Many payments of ours in one entry (`NtryDtls/Btch`).
    package struct BatchBooking: Equatable, Sendable, Codable {
        /// Names of our payment information block and of our file, whichever the bank gives.
        package var blockID: String?
        package var messageID: String?
        /// How many payments; nil where the bank doesn't say.
        package var count: Int?

        package init(blockID: String? = nil, messageID: String? = nil, count: Int? = nil) {
            (self.blockID, self.messageID, self.count) = (blockID, messageID, count)
        }
    }

    /// What keeps one entry from being read; those beside it are.
    package enum Unread: Equatable, Sendable, Codable {
        /// Money of another currency: its code, and the amount as the bank wrote it.
        case foreign(String, amount: String)
        /// A value that can't be one: why.
        case fault(String)
    }

    package var isBooked: Bool { status == "BOOK" }

    /// 退汇: our own payment came back to us.
    package var isReturn: Bool { isBooked && direction == .credit && (isReversal || returnReason != nil) }
}

/// What stands at the head of a camt.054, camt.053 or camt.052.
package struct AccountReportHeader: Equatable, Sendable, Codable {
    package var messageID: String
    package var createdAt: Date?
    /// True for a statement (camt.053), false for what comes before it (camt.054, camt.052).
    package var isStatement: Bool

    package init(messageID: String, createdAt: Date?, isStatement: Bool) {
        self.messageID = messageID
        self.createdAt = createdAt
        self.isStatement = isStatement
    }
}

/// A whole camt.054 or camt.053 in memory.
package struct AccountReport: Equatable, Sendable {
    package var header: AccountReportHeader
    package var entries: [BankEntry]

    package init(header: AccountReportHeader, entries: [BankEntry]) {
        self.header = header
        self.entries = entries
    }
}
