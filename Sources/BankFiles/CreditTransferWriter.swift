import WorkingDays

/// Writes a payment file (pain.001.001.09) payment by payment, so that a million of them need no memory.
///
/// The header states count and sum beforehand; `finish` refuses a file whose payments do not agree with it.
package struct CreditTransferWriter {
    private var rules: CreditTransferRules
    private var text: XMLText
    private let sink: ([UInt8]) throws -> Void

    /// `sink` receives the bytes in order, in pieces of some tens of kilobytes. Throws `BankFileError`, or what `sink`
    /// throws.
    package init(_ header: CreditTransferHeader, sink: @escaping ([UInt8]) throws -> Void) throws {
        rules = try CreditTransferRules(header)
        self.sink = sink
        text = .document("pain.001.001.09")
        text.begin("CstmrCdtTrfInitn")
        text.newLine()
        text.begin("GrpHdr")
        text.leaf("MsgId", header.messageID)
        text.leaf("CreDtTm", ISODateTime.text(header.createdAt))
        text.leaf("NbOfTxs", String(header.count))
        text.leaf("CtrlSum", CNYAmount.text(fen: header.sum))
        text.leaf(in: "InitgPty", element: "Nm", header.debtorName)
        text.end()
        text.newLine()
        text.begin("PmtInf")
        text.leaf("PmtInfId", header.messageID)
        text.leaf("PmtMtd", "TRF")
        // Each payment is to be booked by itself, so that its entry names it.
        text.leaf("BtchBookg", "false")
        text.leaf("NbOfTxs", String(header.count))
        text.leaf("CtrlSum", CNYAmount.text(fen: header.sum))
        text.leaf(in: "ReqdExctnDt", element: "Dt", header.requestedExecutionDay.description)
        text.leaf(in: "Dbtr", element: "Nm", header.debtorName)
        text.begin("DbtrAcct")
        text.leaf(in: "Id", "Othr", element: "Id", header.debtorAccount)
        text.leaf("Ccy", "CNY")
        text.end()
        Self.agent("DbtrAgt", header.debtorAgent, &text)
        text.newLine()
    }

    package mutating func append(_ payment: CreditTransfer) throws {
        try rules.check(payment)
        text.begin("CdtTrfTxInf")
        text.begin("PmtId")
        text.leaf("InstrId", payment.instructionID)
        text.leaf("EndToEndId", payment.endToEndID)
        text.end()
        text.begin("Amt")
        text.leaf("InstdAmt", CNYAmount.text(fen: payment.amount), currency: true)
        text.end()
        Self.agent("CdtrAgt", payment.creditorAgent, &text)
        text.leaf(in: "Cdtr", element: "Nm", payment.creditorName)
        text.leaf(in: "CdtrAcct", "Id", "Othr", element: "Id", payment.creditorAccount)
        text.leaf(in: "RmtInf", element: "Ustrd", payment.remittance)
        text.end()
        text.newLine()
        if text.bytes.count > 65_536 { try sink(text.take()) }
    }

    /// Ends the file; without it the bytes are no file.
    package mutating func finish() throws {
        try rules.finish()
        text.endDocument()
        try sink(text.take())
    }

    private static func agent(_ element: String, _ number: String?, _ text: inout XMLText) {
        guard let number else { return }
        text.begin(element)
        text.begin("FinInstnId")
        text.begin("ClrSysMmbId")
        text.leaf(in: "ClrSysId", element: "Cd", "CNAPS")
        text.leaf("MmbId", number)
        for _ in 0..<3 { text.end() }
    }
}
