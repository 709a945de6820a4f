import BankFiles
import Contract
import FoundationEssentials
import WorkingDays

/// What a bank says in one line, whatever the file it stands in.
struct BankWord: Sendable {
    enum Saying: String, Sendable {
        /// Nothing may be concluded, or not yet.
        case pending
        /// The bank will pay; the payee has nothing yet.
        case accepted
        case refused
        /// The payee's account was credited, as a status or result says.
        case credited
        /// The money left our account, as the bank's books say.
        case booked
        /// The money came back (退汇).
        case returned
        /// Money came in.
        case received
    }

    var saying: Saying
    /// Our reference, or name of the batch and serial number.
    var reference: String?
    /// Our file, where the bank names it.
    var file: String?
    var bankReference: String?
    var amount: Fen?
    var day: Day?
    /// Our account, where the bank names it.
    var account: String?
    /// Whose the money is on the other side, as the bank says: where it went, or whence it came.
    var partyAccount: String?
    var partyName: String?
    /// What the sender wrote on it.
    var remittance = ""
    var code: String?
    var words = ""
    /// Amounts within the bank's entry contradict each other.
    var disagrees = false
    /// Set where one entry is for a whole file of ours.
    var batch: BankEntry.BatchBooking?
    /// The reference is no more than a place in our file: account and amount have to agree, too.
    var isByRow = false
    /// What keeps it from being read.
    var unread: BankEntry.Unread?

    /// “Seen before” is no failure: the first delivery of the same payment may have been paid.
    var isSeenBefore: Bool { code.map { ["AM05", "DU01", "DU02", "DU03", "DU04", "DU05"].contains($0) } ?? false }

    var detail: String? {
        let text = [code, words].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: " ")
        return text.isEmpty ? nil : String(text.prefix(300))
    }
}

/// A file that isn't whole, or not yet.
struct UnfinishedBankFile: Error {
    let refusal: Refusal
}

/// A file of the bank, taken apart into its lines.
struct BankMessage: Sendable {
    enum Kind: String, Sendable {
        case status
        /// What was booked, told at once (camt.054) or in the course of the day (camt.052).
        case advice
        /// What was booked, in the books' own order (camt.053).
        case statement
        case batchText

        /// Its lines are entries in the bank's books.
        var isBooks: Bool { self == .advice || self == .statement }
    }

    let kind: Kind
    let messageID: String
    var words: [BankWord]
    /// Set where the bank refused one of our files as a whole: holds for its payments that no line names.
    var refusedFile: BankWord?

    /// Takes a pain.002, camt.054, camt.053, camt.052 or 代发 result apart, told by its content. Refuses what is none of them, with the
    /// line at fault.
    init(_ content: Data, fileName: String) throws {
        if let why = Self.unreadable(content) { throw Refusal.invalid(why, field: "content") }
        let start = String(decoding: content.prefix(4_096), as: UTF8.self)
        do {
            if start.contains("CstmrPmtStsRpt") {
                self = try Self.status(StatusReport(reading: .bytes(content)))
            } else if start.contains("BkToCstmr") {
                self = try Self.entries(AccountReport(reading: .bytes(content)))
            } else if start.drop(while: { $0.isWhitespace || $0 == "\u{FEFF}" }).first == "<" {
                throw Refusal.invalid(
                    Phrase(
                        "The file is XML, but none of pain.002, camt.052, camt.053 and camt.054.",
                        "该文件是 XML，但不是 pain.002、camt.052、camt.053 或 camt.054。"), field: "content")
            } else {
                self = try Self.results(BatchTextResult.read(content, template: .common), fileName: fileName)
            }
        } catch let error as BankFileError {
            let refusal = Refusal.invalid(
                Phrase("The file can't be read: \(error)", "文件无法读取：\(error)"), field: "content")
            if Self.isUnfinished(content, error) { throw UnfinishedBankFile(refusal: refusal) }
            throw refusal
        }
    }

    /// Whether somebody may still be writing it: it breaks off, or its own count or sum is of more than it has.
    private static func isUnfinished(_ content: Data, _ error: BankFileError) -> Bool {
        switch error.code {
        case .count, .sum: return true
        case .malformed:
            let end = content.suffix(64).filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
            return !["</Document>", ":Document>"].contains { Data(end.suffix($0.utf8.count)) == Data($0.utf8) }
        default: return false
        }
    }

    /// What a file is that no bank sends so, and no reader takes.
    private static func unreadable(_ content: Data) -> Phrase? {
        if let form = FileForm(content) { return form.refusal }
        if content.starts(with: [0xFF, 0xFE]) || content.starts(with: [0xFE, 0xFF]) {
            return Phrase(
                "The file is UTF-16: take it from the bank again as it is, or save it as UTF-8.",
                "文件是 UTF-16 编码：请重新从银行下载原文件，或另存为 UTF-8。")
        }
        let text = content.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        guard text.startIndex > content.startIndex, text.starts(with: Data("<?xml".utf8)) else { return nil }
        return Phrase(
            "There are blank lines or blanks above the XML declaration, which must come first: the file was edited; take it from the bank again.",
            "XML 声明之前有空行或空格：文件被改动过，请重新从银行下载原文件。")
    }

    private init(kind: Kind, messageID: String, words: [BankWord]) {
        (self.kind, self.messageID, self.words) = (kind, messageID, words)
    }

    private static func status(_ report: StatusReport) -> BankMessage {
        let file = report.header.originalMessageID
        let words = report.transactions.map { transaction in
            BankWord(
                saying: saying(transaction.status), reference: transaction.endToEndID ?? transaction.instructionID,
                file: file, bankReference: transaction.bankReference,
                code: transaction.reasons.lazy.compactMap(\.code).first?.rawValue,
                words: transaction.reasons.map(\.text).joined(separator: " "))
        }
        var message = BankMessage(kind: .status, messageID: report.header.messageID, words: words)
        let block = report.header.blocks.first { $0.status == "RJCT" }
        if report.header.isWholeFileRefused || block != nil {
            let reasons = report.header.groupReasons + (block?.reasons ?? [])
            message.refusedFile = BankWord(
                saying: .refused, file: file, code: reasons.lazy.compactMap(\.code).first?.rawValue,
                words: reasons.map(\.text).joined(separator: " "))
        }
        return message
    }

    private static func saying(_ status: PaymentStatus?) -> BankWord.Saying {
        guard let status else { return .pending }
        return switch status.standing {
        case .underway: ["RCVD", "PDNG", "PATC", "BLCK"].contains(status.rawValue) ? .pending : .accepted
        case .credited: .credited
        case .refused: .refused
        case .unknown: .pending
        }
    }

    private static func entries(_ report: AccountReport) -> BankMessage {
        let words = report.entries.map { entry in
            let saying: BankWord.Saying =
                !entry.isBooked
                ? .pending : entry.isReturn ? .returned : entry.direction == .debit ? .booked : .received
            return BankWord(
                saying: saying, reference: entry.endToEndID, file: entry.originalMessageID,
                bankReference: entry.bankReference, amount: entry.unread == nil ? Fen(entry.amount) : nil,
                day: entry.bookingDay ?? entry.valueDay,
                account: entry.account.isEmpty ? nil : entry.account,
                partyAccount: entry.counterpartyAccount, partyName: entry.counterpartyName,
                remittance: entry.remittance, code: entry.returnReason?.rawValue,
                words: entry.returnText, disagrees: entry.detailsDisagree && entry.batch == nil, batch: entry.batch,
                unread: entry.unread)
        }
        return BankMessage(
            kind: report.header.isStatement ? .statement : .advice, messageID: report.header.messageID, words: words)
    }

    /// A result names its batch by the file's name: `00000012-XN-R2026-004.result.txt`.
    private static func results(_ results: [BatchTextResult], fileName: String) -> BankMessage {
        var batch = fileName[...]
        for suffix in [".txt", ".result"] where batch.hasSuffix(suffix) { batch = batch.dropLast(suffix.count) }
        if let dash = batch.firstIndex(of: "-"), batch[..<dash].allSatisfy(\.isNumber) {
            batch = batch[batch.index(after: dash)...]
        }
        let words = results.map { result in
            let saying: BankWord.Saying =
                switch result.outcome {
                case .credited: .credited
                case .refused: .refused
                case .unknown: .pending
                }
            return BankWord(
                saying: saying,
                reference: result.reference
                    ?? result.serial.map { BatchTextTemplate.reference(batch: String(batch), serial: $0) },
                file: String(batch), amount: result.amount.map(Fen.init), partyAccount: result.account,
                code: result.reasonCode?.rawValue, words: result.reason, isByRow: result.reference == nil)
        }
        return BankMessage(kind: .batchText, messageID: String(batch), words: words)
    }
}
