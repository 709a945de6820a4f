import FoundationEssentials
import WorkingDays

extension AccountReport {
    /// Reads a camt.054 or camt.053 whole. Throws `BankFileError` with the line.
    package init(reading source: BankFileSource, limits: BankFileLimits = BankFileLimits()) throws {
        var entries: [BankEntry] = []
        let header = try Self.read(source, limits: limits) { entries.append($0) }
        self.init(header: header, entries: entries)
    }

    /// Reads a camt.054 or camt.053 (any version) entry by entry; an entry with details for several payments gives one
    /// for each. What was handed over holds only once this returns: the file may be cut off further down.
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

/// camt.053 or camt.054 as its elements pass by.
private final class AccountReportMessage: XMLMessage {
    let roots: Set = ["BkToCstmrDbtCdtNtfctn", "BkToCstmrStmt"]
    private let each: (BankEntry) throws -> Void
    private(set) var header = AccountReportHeader(messageID: "", createdAt: nil, isStatement: false)
    private var account = ""
    private var statementID = ""
    private var entry = BankEntryParts()
    private var details: [BankEntryParts] = []
    private var part = BankEntryParts()

    init(_ each: @escaping (BankEntry) throws -> Void) {
        self.each = each
    }

    func open(_ path: XMLPath, attributes: [String: String]) throws {
        switch path[0] {
        case "Ntfctn", "Stmt":
            header.isStatement = path[0] == "Stmt"
            account = ""
            statementID = ""
        case "Ntry":
            entry = BankEntryParts()
            part = BankEntryParts()
            details = []
        case "TxDtls": part = BankEntryParts()
        case "Amt" where ["Ntry", "TxDtls", "TxAmt"].contains(path[1]):
            guard attributes["Ccy"] == "CNY" else {
                throw BankFileError(.currency, "The currency is not CNY.")
            }
        default: break
        }
    }

    func close(_ path: XMLPath, text: String) throws {
        switch path.ends {
        case ("GrpHdr", "MsgId"): header.messageID = text
        case ("GrpHdr", "CreDtTm"): header.createdAt = try instant(text)
        case ("Ntfctn", "Id"), ("Stmt", "Id"): statementID = text
        case ("Othr", "Id") where path[2] == "Id" && path[3] == "Acct" && path[5].hasPrefix("BkToCstmr"):
            account = text
        case ("Id", "IBAN") where path[2] == "Acct": account = text
        case ("Ntry", _): try closeEntry(path, text)
        case ("Sts", "Cd") where path[2] == "Ntry": entry.status = text
        case ("BookgDt", _) where path[2] == "Ntry": entry.bookingDay = try day(text)
        case ("ValDt", _) where path[2] == "Ntry": entry.valueDay = try day(text)
        case (_, "TxDtls"): details.append(part)
        case (_, "Ntry"):
            for whole in try entry.entries(details) {
                var whole = whole
                whole.account = account
                whole.messageID = header.messageID
                whole.statementID = statementID
                try each(whole)
            }
        default: try part.close(path, text)
        }
    }

    private func closeEntry(_ path: XMLPath, _ text: String) throws {
        switch path[0] {
        case "Amt": entry.amount = try amount(text)
        case "CdtDbtInd": entry.direction = try BankEntryParts.direction(text)
        case "RvslInd": entry.isReversal = text == "true" || text == "1"
        case "Sts" where !text.isEmpty: entry.status = text
        case "AcctSvcrRef": entry.bankReference = text
        default: break
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

    static func direction(_ text: String) throws -> BankEntry.Direction {
        guard let direction = BankEntry.Direction(rawValue: text) else {
            throw BankFileError(.invalid, "“\(text)” is neither CRDT nor DBIT.")
        }
        return direction
    }

    mutating func close(_ path: XMLPath, _ text: String) throws {
        switch path.ends {
        case ("TxDtls", "Amt"): amount = try BankFiles.amount(text)
        case ("TxAmt", "Amt"): amount = try amount ?? BankFiles.amount(text)
        case ("TxDtls", "CdtDbtInd"): direction = try Self.direction(text)
        case ("Refs", "AcctSvcrRef"): bankReference = text
        case ("Refs", "EndToEndId"): endToEndID = text == "NOTPROVIDED" || text.isEmpty ? nil : text
        case ("Refs", "InstrId"): instructionID = text
        case ("Refs", "MsgId"): originalMessageID = text
        case ("Dbtr", "Nm"), ("Cdtr", "Nm"): names[path[1]] = text
        case ("Pty", "Nm") where path[3] == "RltdPties": names[path[2]] = text
        case ("Othr", "Id") where path[4] == "RltdPties": accounts[path[3]] = text
        case ("RmtInf", "Ustrd"): remittance += text
        case ("Rsn", "Cd") where path[2] == "RtrInf", ("Rsn", "Prtry") where path[2] == "RtrInf":
            returnReason = ReasonCode(rawValue: text)
        case ("RtrInf", "AddtlInf"): returnText += text
        default: break
        }
    }

    /// One entry for each payment where their amounts make up the booked amount; else one for all.
    func entries(_ details: [BankEntryParts]) throws -> [BankEntry] {
        guard let amount, let direction else {
            throw BankFileError(.missing, "An entry has no amount or no direction.")
        }
        func entry(_ part: BankEntryParts?, _ amount: Int64, disagree: Bool) -> BankEntry {
            let isReturned = part?.returnReason != nil || isReversal
            // The other side of money we sent is the creditor, also when it comes back.
            let other = direction == .debit || isReturned ? "Cdtr" : "Dbtr"
            return BankEntry(
                account: "", amount: amount, direction: part?.direction ?? direction, isReversal: isReversal,
                status: status, bookingDay: bookingDay, valueDay: valueDay,
                bankReference: part?.bankReference ?? bankReference, endToEndID: part?.endToEndID,
                instructionID: part?.instructionID, originalMessageID: part?.originalMessageID,
                counterpartyName: part?.names[other], counterpartyAccount: part?.accounts[other + "Acct"],
                remittance: part?.remittance ?? "", returnReason: part?.returnReason,
                returnText: part?.returnText ?? "", detailsDisagree: disagree)
        }
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
        guard !details.isEmpty else { return [entry(nil, amount, disagree: false)] }
        guard rest == 0 else { return [entry(nil, amount, disagree: true)] }
        return details.map { entry($0, $0.amount ?? 0, disagree: false) }
    }
}
