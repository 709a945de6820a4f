package import FoundationEssentials

extension StatusReport {
    /// The bytes of a pain.002.001.12 with one block for the payments listed: the same for the same content.
    package func bytes() -> Data {
        var text = XMLText.document("pain.002.001.12")
        text.begin("CstmrPmtStsRpt")
        text.newLine()
        text.begin("GrpHdr")
        text.leaf("MsgId", header.messageID)
        text.leaf("CreDtTm", ISODateTime.text(header.createdAt ?? Date(timeIntervalSince1970: 0)))
        text.end()
        text.newLine()
        text.begin("OrgnlGrpInfAndSts")
        text.leaf("OrgnlMsgId", header.originalMessageID)
        text.leaf("OrgnlMsgNmId", "pain.001.001.09")
        text.leaf("GrpSts", header.groupStatus?.rawValue)
        for reason in header.groupReasons { Self.write(reason, &text) }
        text.end()
        text.newLine()
        let block = header.blocks.first ?? BlockStatus(blockID: header.originalMessageID)
        if !transactions.isEmpty || !header.blocks.isEmpty {
            text.begin("OrgnlPmtInfAndSts")
            text.leaf("OrgnlPmtInfId", block.blockID)
            text.leaf("PmtInfSts", block.status?.rawValue)
            for reason in block.reasons { Self.write(reason, &text) }
            text.newLine()
            for transaction in transactions { Self.write(transaction, &text) }
            text.end()
        }
        text.endDocument()
        return Data(text.bytes)
    }

    private static func write(_ transaction: TransactionStatus, _ text: inout XMLText) {
        text.begin("TxInfAndSts")
        text.leaf("OrgnlInstrId", transaction.instructionID)
        text.leaf("OrgnlEndToEndId", transaction.endToEndID)
        text.leaf("TxSts", transaction.status?.rawValue)
        for reason in transaction.reasons { write(reason, &text) }
        text.leaf("AcctSvcrRef", transaction.bankReference)
        text.end()
        text.newLine()
    }

    /// Codes of the external set have up to four letters; anything else a bank says stands as its own word.
    private static func write(_ reason: StatusReason, _ text: inout XMLText) {
        text.begin("StsRsnInf")
        if let code = reason.code?.rawValue {
            text.leaf(in: "Rsn", element: code.utf8.count <= 4 ? "Cd" : "Prtry", code)
        }
        text.leaf("AddtlInf", reason.text)
        text.end()
    }
}
