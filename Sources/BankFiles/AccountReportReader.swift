import FoundationEssentials
import WorkingDays

extension AccountReport {
    /// Reads a camt.054, camt.053 or camt.052 whole. Throws `BankFileError` with the line.
    package init(reading source: BankFileSource, limits: BankFileLimits = BankFileLimits()) throws {
        var entries: [BankEntry] = []
        let header = try Self.read(source, limits: limits) { entries.append($0) }
        self.init(header: header, entries: entries)
    }

    /// Reads a camt.054, camt.053 or camt.052 (any version) entry by entry; an entry with details for several payments gives
    /// one for each, and an entry of which a value can't be read is handed over unread. What was handed over holds only once
    /// this returns: the file may be cut off further down.
    package static func read(
        _ source: BankFileSource, limits: BankFileLimits = BankFileLimits(), each: (BankEntry) throws -> Void
    ) throws -> AccountReportHeader {
        try withoutActuallyEscaping(each) { each in
            let message = AccountReportMessage(each)
            try XMLWalk.read(source, into: message, limits: limits)
            guard !message.header.messageID.isEmpty else {
                throw BankFileError(.missing, "The report has no message identification.")
            }
            return message.header
        }
    }
}

/// camt.053, camt.054 or camt.052 as its elements pass by.
private final class AccountReportMessage: XMLMessage {
    let roots: Set = ["BkToCstmrDbtCdtNtfctn", "BkToCstmrStmt", "BkToCstmrAcctRpt"]
    private let each: (BankEntry) throws -> Void
    private(set) var header = AccountReportHeader(messageID: "", createdAt: nil, isStatement: false)
    private var account = ""
    private var statementID = ""
    private var entry = BankEntryParts()
    private var details: [BankEntryParts] = []
    private var part = BankEntryParts()
    private var isInEntry = false
    /// What the statement says of itself, and what of it has passed by: entries of other currencies count, too.
    private var stated: (count: Int?, sum: Int64?) = (nil, nil)
    private var passed: (count: Int, sum: Int64?) = (0, 0)
    /// Of the amount that is being read.
    private var currency = ""

    init(_ each: @escaping (BankEntry) throws -> Void) {
        self.each = each
    }

    func open(_ path: XMLPath, attributes: [String: String]) {
        switch path[0] {
        case "Ntfctn", "Stmt", "Rpt":
            header.isStatement = path[0] == "Stmt"
            account = ""
            statementID = ""
            (stated, passed) = ((nil, nil), (0, 0))
        case "Ntry":
            entry = BankEntryParts()
            part = BankEntryParts()
            details = []
            isInEntry = true
        case "TxDtls": part = BankEntryParts()
        case "Amt": currency = attributes["Ccy"] ?? ""
        default: break
        }
    }

    /// A value that can't be read leaves its own entry unread, and no other.
    func close(_ path: XMLPath, text: String) throws {
        do {
            try take(path, text)
        } catch let error as BankFileError where isInEntry && path[0] != "Ntry" {
            entry.fault = entry.fault ?? error.words
        }
    }

    private func take(_ path: XMLPath, _ text: String) throws {
        switch path.ends {
        case ("GrpHdr", "MsgId"): header.messageID = text
        case ("GrpHdr", "CreDtTm"): header.createdAt = try instant(text)
        case ("Ntfctn", "Id"), ("Stmt", "Id"), ("Rpt", "Id"): statementID = text
        case ("Othr", "Id") where path[2] == "Id" && path[3] == "Acct" && path[5].hasPrefix("BkToCstmr"):
            account = text
        case ("Id", "IBAN") where path[2] == "Acct": account = text
        case ("Ntry", _): try takeEntry(path, text)
        case ("Sts", "Cd") where path[2] == "Ntry": entry.status = text
        case ("BookgDt", _) where path[2] == "Ntry": entry.bookingDay = try day(text)
        case ("ValDt", _) where path[2] == "Ntry": entry.valueDay = try day(text)
        case ("Btch", _): try takeBatch(path, text)
        case ("TtlNtries", "NbOfNtries"): stated.count = try count(text)
        case ("TtlNtries", "Sum"): stated.sum = try amount(text)
        case (_, "Ntfctn"), (_, "Stmt"), (_, "Rpt"): try agree()
        case (_, "TxDtls"): details.append(part)
        case (_, "Ntry"): try finishEntry()
        default: try part.close(path, text, currency: currency)
        }
    }

    private func takeEntry(_ path: XMLPath, _ text: String) throws {
        switch path[0] {
        case "Amt" where currency != "CNY": entry.foreign = (currency, text)
        case "Amt": entry.amount = try amount(text)
        case "CdtDbtInd": entry.direction = try BankEntryParts.direction(text)
        case "RvslInd": entry.isReversal = text == "true" || text == "1"
        case "Sts" where !text.isEmpty: entry.status = text
        case "AcctSvcrRef": entry.bankReference = text
        default: break
        }
    }

    private func takeBatch(_ path: XMLPath, _ text: String) throws {
        guard ["PmtInfId", "MsgId", "NbOfTxs"].contains(path[0]) else { return }
        var batch = entry.batch ?? BankEntry.BatchBooking()
        switch path[0] {
        case "PmtInfId": batch.blockID = text
        case "MsgId": batch.messageID = text
        default: batch.count = try count(text)
        }
        entry.batch = batch
    }

    /// A report whose own count or sum is another than its entries' was cut, or isn't whole yet.
    private func agree() throws {
        if let count = stated.count, count != passed.count {
            throw BankFileError(.count, "The report states \(count) entries and has \(passed.count).")
        }
        if let sum = stated.sum, let found = passed.sum, sum != found {
            throw BankFileError(
                .sum,
                "The report states a sum of \(CNYAmount.text(fen: sum)) and its entries make \(CNYAmount.text(fen: found))."
            )
        }
    }

    private func finishEntry() throws {
        isInEntry = false
        passed.count += 1
        passed.sum = entry.amount.flatMap { amount in
            passed.sum.flatMap { $0.addingReportingOverflow(amount).overflow ? nil : $0 + amount }
        }
        for whole in entry.entries(details) {
            var whole = whole
            whole.account = account
            whole.messageID = header.messageID
            whole.statementID = statementID
            try each(whole)
        }
    }
}

/// An entry, or one payment's details within it, before both are put together.
private struct BankEntryParts {
    var amount: Int64?
    var direction: BankEntry.Direction?
    var isReversal = false
    var status = ""
    var bookingDay: Day?
    var valueDay: Day?
    var bankReference: String?
    var endToEndID: String?
    var instructionID: String?
    var originalMessageID: String?
    var names: [String: String] = [:]
    var accounts: [String: String] = [:]
    var remittance = ""
    var returnReason: ReasonCode?
    var returnText = ""
    var batch: BankEntry.BatchBooking?
    var foreign: (currency: String, amount: String)?
    var fault: String?

    static func direction(_ text: String) throws -> BankEntry.Direction {
        guard let direction = BankEntry.Direction(rawValue: text) else {
            throw BankFileError(.invalid, "“\(text)” is neither CRDT nor DBIT.")
        }
        return direction
    }

    /// An amount of another currency, as what was instructed, says nothing of ours.
    mutating func close(_ path: XMLPath, _ text: String, currency: String) throws {
        switch path.ends {
        case ("TxDtls", "Amt") where currency == "CNY": amount = try BankFiles.amount(text)
        case ("TxAmt", "Amt") where currency == "CNY": amount = try amount ?? BankFiles.amount(text)
        case ("TxDtls", "CdtDbtInd"): direction = try Self.direction(text)
        case ("Refs", "AcctSvcrRef"): bankReference = text
        case ("Refs", "EndToEndId"): endToEndID = text == "NOTPROVIDED" || text.isEmpty ? nil : text
        case ("Refs", "InstrId"): instructionID = text
        case ("Refs", "MsgId"): originalMessageID = text
        case ("Dbtr", "Nm"), ("Cdtr", "Nm"): names[path[1]] = text
        case ("Pty", "Nm") where path[3] == "RltdPties": names[path[2]] = text
        case ("Othr", "Id") where path[4] == "RltdPties": accounts[path[3]] = text
        case ("RmtInf", "Ustrd"), ("TxDtls", "AddtlTxInf"): remittance += remittance.isEmpty ? text : " " + text
        case ("Rsn", "Cd") where path[2] == "RtrInf", ("Rsn", "Prtry") where path[2] == "RtrInf":
            returnReason = ReasonCode(rawValue: text)
        case ("RtrInf", "AddtlInf"): returnText += text
        default: break
        }
    }

    /// One entry for each payment where their amounts make up the booked amount; else one for all.
    func entries(_ details: [BankEntryParts]) -> [BankEntry] {
        if let unread { return [entry(details.count == 1 ? details[0] : nil, amount ?? 0, unread: unread)] }
        let amount = amount ?? 0
        if details.count == 1 {
            let stated = details[0].amount ?? amount
            return [entry(details[0], amount, disagree: stated != amount)]
        }
        var rest = amount
        for detail in details {
            guard let part = detail.amount, part <= rest, detail.direction ?? direction == direction else {
                return [entry(nil, amount, disagree: true)]
            }
            rest -= part
        }
        guard !details.isEmpty else { return [entry(nil, amount)] }
        guard rest == 0 else { return [entry(nil, amount, disagree: true)] }
        return details.map { entry($0, $0.amount ?? 0) }
    }

    private var unread: BankEntry.Unread? {
        if let foreign { return .foreign(foreign.currency, amount: foreign.amount) }
        if let fault { return .fault(fault) }
        return amount == nil || direction == nil ? .fault("An entry has no amount or no direction.") : nil
    }

    private func entry(
        _ part: BankEntryParts?, _ amount: Int64, disagree: Bool = false, unread: BankEntry.Unread? = nil
    ) -> BankEntry {
        let direction = direction ?? .debit
        let isReturned = part?.returnReason != nil || isReversal
        // The other side of money we sent is the creditor, also when it comes back.
        let other = direction == .debit || isReturned ? "Cdtr" : "Dbtr"
        return BankEntry(
            account: "", amount: amount, direction: part?.direction ?? direction, isReversal: isReversal,
            status: status, bookingDay: bookingDay, valueDay: valueDay,
            bankReference: part?.bankReference ?? bankReference, endToEndID: part?.endToEndID,
            instructionID: part?.instructionID, originalMessageID: part?.originalMessageID,
            counterpartyName: part?.names[other], counterpartyAccount: part?.accounts[other + "Acct"],
            remittance: part?.remittance ?? "", returnReason: part?.returnReason, returnText: part?.returnText ?? "",
            detailsDisagree: disagree, batch: batch, unread: unread)
    }
}
