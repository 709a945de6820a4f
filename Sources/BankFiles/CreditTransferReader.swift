import FoundationEssentials
import WorkingDays

extension CreditTransferFile {
    /// Reads a payment file whole. Throws `BankFileError` with line and payment for anything a bank would refuse.
    package init(reading source: BankFileSource, limits: BankFileLimits = BankFileLimits()) throws {
        var payments: [CreditTransfer] = []
        let header = try Self.read(source, limits: limits) { payments.append($0) }
        try self.init(header: header, payments: payments)
    }

    /// Reads a payment file payment by payment, with the same checks as writing. What was handed over holds only once
    /// this returns: a wrong sum shows at the end.
    package static func read(
        _ source: BankFileSource, limits: BankFileLimits = BankFileLimits(), each: (CreditTransfer) throws -> Void
    ) throws -> CreditTransferHeader {
        try withoutActuallyEscaping(each) { each in
            let message = CreditTransferMessage(each)
            try XMLWalk.read(source, into: message, limits: limits)
            return try message.finish()
        }
    }
}

/// pain.001 with one payment information block, as elements pass by.
private final class CreditTransferMessage: XMLMessage {
    let roots: Set = ["CstmrCdtTrfInitn"]
    private let each: (CreditTransfer) throws -> Void
    private var header = CreditTransferHeader(
        messageID: "", createdAt: Date(timeIntervalSince1970: 0), debtorName: "", debtorAccount: "", debtorAgent: "",
        requestedExecutionDay: Day(number: 0), count: 0, sum: 0)
    private var rules: CreditTransferRules?
    private var payment = CreditTransfer(endToEndID: "", amount: 0, creditorName: "", creditorAccount: "")
    private var hasDay = false
    private var blocks = 0
    private var blockSum: Int64?
    private var blockCount: Int?

    init(_ each: @escaping (CreditTransfer) throws -> Void) {
        self.each = each
    }

    func open(_ path: XMLPath, attributes: [String: String]) throws {
        switch path[0] {
        case "PmtInf":
            blocks += 1
            if blocks > 1 { throw BankFileError(.invalid, "The file has more than one payment information block.") }
        case "CdtTrfTxInf":
            payment = CreditTransfer(endToEndID: "", amount: 0, creditorName: "", creditorAccount: "")
            if rules == nil {
                guard hasDay else { throw BankFileError(.missing, "The requested execution day is missing.") }
                rules = try CreditTransferRules(header)
            }
        case "InstdAmt":
            guard attributes["Ccy"] == "CNY" else { throw BankFileError(.currency, "The currency is not CNY.") }
        default: break
        }
    }

    func close(_ path: XMLPath, text: String) throws {
        switch path.ends {
        case ("GrpHdr", "MsgId"): header.messageID = text
        case ("GrpHdr", "CreDtTm"): header.createdAt = try instant(text)
        case ("GrpHdr", "NbOfTxs"): header.count = try count(text)
        case ("GrpHdr", "CtrlSum"): header.sum = try amount(text)
        case ("PmtInf", "NbOfTxs"): blockCount = try count(text)
        case ("PmtInf", "CtrlSum"): blockSum = try amount(text)
        case ("PmtInf", "PmtMtd") where text != "TRF":
            throw BankFileError(.invalid, "The payment method is \(text), not TRF.")
        case ("ReqdExctnDt", "Dt"), ("ReqdExctnDt", "DtTm"):
            header.requestedExecutionDay = try day(text)
            hasDay = true
        case ("Dbtr", "Nm"): header.debtorName = text
        case ("DbtrAcct", "Ccy") where text != "CNY":
            throw BankFileError(.currency, "The account's currency is not CNY.")
        case ("PmtId", "InstrId"): payment.instructionID = text
        case ("PmtId", "EndToEndId"): payment.endToEndID = text
        case ("Amt", "InstdAmt"):
            do {
                payment.amount = try amount(text)
            } catch let error as BankFileError {
                throw BankFileError(error.code, error.words, payment: payment.endToEndID)
            }
        case ("Cdtr", "Nm"): payment.creditorName = text
        case ("Othr", "Id") where path[2] == "Id" && path[3] == "DbtrAcct": header.debtorAccount = text
        case ("Othr", "Id") where path[2] == "Id" && path[3] == "CdtrAcct": payment.creditorAccount = text
        case ("ClrSysMmbId", "MmbId") where path[3] == "DbtrAgt": header.debtorAgent = text
        case ("ClrSysMmbId", "MmbId") where path[3] == "CdtrAgt": payment.creditorAgent = text
        case ("RmtInf", "Ustrd"): payment.remittance += text
        case (_, "CdtTrfTxInf"):
            try rules?.check(payment)
            try each(payment)
        default: break
        }
    }

    func finish() throws -> CreditTransferHeader {
        guard let rules else { throw BankFileError(.count, "The file has no payments.") }
        try rules.finish()
        if let blockCount, blockCount != header.count {
            throw BankFileError(.count, "Group header and payment information state different counts.")
        }
        if let blockSum, blockSum != header.sum {
            throw BankFileError(.sum, "Group header and payment information state different sums.")
        }
        return header
    }
}

func instant(_ text: String) throws -> Date {
    guard let instant = ISODateTime.instant(text) else {
        throw BankFileError(.invalid, "“\(text)” is no date and time.")
    }
    return instant
}

/// The civil day in China of a date, or of a date and time wherever it was told.
func day(_ text: String) throws -> Day {
    guard let day = ISODateTime.day(text) else { throw BankFileError(.invalid, "“\(text)” is no day.") }
    return day
}

func amount(_ text: String) throws -> Int64 {
    guard let fen = CNYAmount.fen(text) else {
        throw BankFileError(.amount, "“\(text)” is no amount in yuan with at most two decimals.")
    }
    return fen
}

func count(_ text: String) throws -> Int {
    guard let count = Int(digits: text) else {
        throw BankFileError(.count, "“\(text)” is no count.")
    }
    return count
}
