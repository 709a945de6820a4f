import FoundationEssentials

extension StatusReport {
    /// Reads a pain.002 whole. Throws `BankFileError` with the line.
    package init(reading source: BankFileSource, limits: BankFileLimits = BankFileLimits()) throws {
        var transactions: [TransactionStatus] = []
        let header = try Self.read(source, limits: limits) { transactions.append($0) }
        self.init(header: header, transactions: transactions)
    }

    /// Reads a pain.002 (any version of pain.002.001) payment by payment. What was handed over holds only once this
    /// returns: the file may be cut off further down.
    package static func read(
        _ source: BankFileSource, limits: BankFileLimits = BankFileLimits(), each: (TransactionStatus) throws -> Void
    ) throws -> StatusReportHeader {
        try withoutActuallyEscaping(each) { each in
            let message = StatusReportMessage(each)
            try XMLWalk.read(source, into: message, limits: limits)
            guard !message.header.messageID.isEmpty, !message.header.originalMessageID.isEmpty else {
                throw BankFileError(.missing, "The report names no message, its own or the original.")
            }
            return message.header
        }
    }
}

/// pain.002 as its elements pass by.
private final class StatusReportMessage: XMLMessage {
    let roots: Set = ["CstmrPmtStsRpt"]
    private let each: (TransactionStatus) throws -> Void
    private(set) var header = StatusReportHeader(
        messageID: "", createdAt: nil, originalMessageID: "", groupStatus: nil)
    private var transaction = TransactionStatus(endToEndID: nil, status: nil)
    private var reason = StatusReason()

    init(_ each: @escaping (TransactionStatus) throws -> Void) {
        self.each = each
    }

    func open(_ path: XMLPath, attributes: [String: String]) {
        switch path[0] {
        case "TxInfAndSts": transaction = TransactionStatus(endToEndID: nil, status: nil)
        case "OrgnlPmtInfAndSts": header.blocks.append(BlockStatus())
        case "StsRsnInf": reason = StatusReason()
        default: break
        }
    }

    func close(_ path: XMLPath, text: String) throws {
        let block = header.blocks.count - 1
        switch path.ends {
        case ("GrpHdr", "MsgId"): header.messageID = text
        case ("GrpHdr", "CreDtTm"): header.createdAt = try instant(text)
        case ("OrgnlGrpInfAndSts", "OrgnlMsgId"): header.originalMessageID = text
        case ("OrgnlGrpInfAndSts", "GrpSts"): header.groupStatus = PaymentStatus(rawValue: text)
        case ("OrgnlPmtInfAndSts", "OrgnlPmtInfId"): header.blocks[block].blockID = text
        case ("OrgnlPmtInfAndSts", "PmtInfSts"): header.blocks[block].status = PaymentStatus(rawValue: text)
        case ("TxInfAndSts", "OrgnlInstrId"): transaction.instructionID = text
        case ("TxInfAndSts", "OrgnlEndToEndId"): transaction.endToEndID = text == "NOTPROVIDED" ? nil : text
        case ("TxInfAndSts", "TxSts"): transaction.status = PaymentStatus(rawValue: text)
        case ("TxInfAndSts", "AcctSvcrRef"): transaction.bankReference = text
        case ("Rsn", "Cd"), ("Rsn", "Prtry"): reason.code = ReasonCode(rawValue: text)
        case ("StsRsnInf", "AddtlInf"): reason.text += text
        case ("TxInfAndSts", "StsRsnInf"): transaction.reasons.append(reason)
        case ("OrgnlPmtInfAndSts", "StsRsnInf"): header.blocks[block].reasons.append(reason)
        case ("OrgnlGrpInfAndSts", "StsRsnInf"): header.groupReasons.append(reason)
        case (_, "TxInfAndSts"):
            if transaction.endToEndID == nil, transaction.instructionID == nil {
                throw BankFileError(.missing, "A status names no payment: it has neither EndToEndId nor instruction.")
            }
            try each(transaction)
        default: break
        }
    }
}
