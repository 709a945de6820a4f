package import FoundationEssentials
import WorkingDays

extension AccountReport {
    /// The bytes of a camt.054.001.08 with one advice per account, one entry per payment: the same for the same
    /// content.
    package func bytes() -> Data {
        var text = XMLText.document("camt.054.001.08")
        text.begin("BkToCstmrDbtCdtNtfctn")
        text.newLine()
        text.begin("GrpHdr")
        text.leaf("MsgId", header.messageID)
        let createdAt = ISODateTime.text(header.createdAt ?? Date(timeIntervalSince1970: 0))
        text.leaf("CreDtTm", createdAt)
        text.end()
        text.newLine()
        for account in Set(entries.map(\.account)).sorted() {
            text.begin("Ntfctn")
            text.leaf("Id", header.messageID)
            text.leaf("CreDtTm", createdAt)
            text.begin("Acct")
            text.leaf(in: "Id", "Othr", element: "Id", account)
            text.leaf("Ccy", "CNY")
            text.end()
            text.newLine()
            for entry in entries where entry.account == account { Self.write(entry, &text) }
            text.end()
        }
        text.endDocument()
        return Data(text.bytes)
    }

    private static func write(_ entry: BankEntry, _ text: inout XMLText) {
        text.begin("Ntry")
        text.leaf("Amt", CNYAmount.text(fen: entry.amount), currency: true)
        text.leaf("CdtDbtInd", entry.direction.rawValue)
        if entry.isReversal { text.leaf("RvslInd", "true") }
        text.leaf(in: "Sts", element: "Cd", entry.status)
        text.leaf(in: "BookgDt", element: "Dt", entry.bookingDay?.description)
        text.leaf(in: "ValDt", element: "Dt", entry.valueDay?.description)
        text.leaf("AcctSvcrRef", entry.bankReference)
        text.begin("BkTxCd")
        text.begin("Domn")
        text.leaf("Cd", "PMNT")
        text.begin("Fmly")
        text.leaf("Cd", "ICDT")
        text.leaf("SubFmlyCd", entry.isReturn ? "RRTN" : "DMCT")
        for _ in 0..<3 { text.end() }
        text.begin("NtryDtls")
        text.begin("TxDtls")
        writeDetails(entry, &text)
        for _ in 0..<3 { text.end() }
        text.newLine()
    }

    private static func writeDetails(_ entry: BankEntry, _ text: inout XMLText) {
        text.begin("Refs")
        text.leaf("MsgId", entry.originalMessageID)
        text.leaf("AcctSvcrRef", entry.bankReference)
        text.leaf("InstrId", entry.instructionID)
        text.leaf("EndToEndId", entry.endToEndID ?? "NOTPROVIDED")
        text.end()
        text.leaf("Amt", CNYAmount.text(fen: entry.amount), currency: true)
        text.leaf("CdtDbtInd", entry.direction.rawValue)
        if entry.counterpartyName != nil || entry.counterpartyAccount != nil {
            let other = entry.direction == .debit || entry.isReturn ? "Cdtr" : "Dbtr"
            text.begin("RltdPties")
            text.leaf(in: other, "Pty", element: "Nm", entry.counterpartyName)
            text.leaf(in: other + "Acct", "Id", "Othr", element: "Id", entry.counterpartyAccount)
            text.end()
        }
        text.leaf(in: "RmtInf", element: "Ustrd", entry.remittance)
        if let reason = entry.returnReason?.rawValue {
            text.begin("RtrInf")
            text.leaf(in: "Rsn", element: reason.utf8.count <= 4 ? "Cd" : "Prtry", reason)
            text.leaf("AddtlInf", entry.returnText)
            text.end()
        }
    }
}
