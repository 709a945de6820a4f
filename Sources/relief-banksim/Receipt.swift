import BankFiles
import Foundation
import WorkingDays

/// What the bank makes of one payment file: its answers, and the changed books.
struct Receipt {
    var bank: Bank
    let name: String
    let path: String
    private(set) var answers: [Outgoing] = []
    private var statuses: [TransactionStatus] = []
    private var results: [BatchTextResult] = []
    private var bookings: [BankEntry] = []
    private var returns: [BankEntry] = []
    private var isTwice = false

    init(bank: Bank, name: String, path: String) {
        self.bank = bank
        self.name = name
        self.path = path
    }

    private var isText: Bool { name.hasSuffix(".txt") }
    private var batch: String { String(name.dropLast(4)) }

    /// Answers the file; a line about it for people.
    mutating func answer() throws -> String {
        let messageID: String
        let account: String
        let payments: [CreditTransfer]
        do {
            if isText {
                let data = try Data(contentsOf: URL(fileURLWithPath: path))
                payments = try BatchTextFile.read(data, batch: batch, template: bank.template)
                (messageID, account) = (batch, bank.account)
            } else {
                let file = try CreditTransferFile(reading: .file(path: path))
                payments = file.payments
                (messageID, account) = (file.header.messageID, file.header.debtorAccount)
            }
        } catch let error as BankFileError {
            return refuse(statedMessageID(), error.reason, error.description)
        }
        guard bank.state.messages.insert(messageID).inserted else {
            return refuse(messageID, "DU01", "message \(messageID) was received before")
        }
        for (index, payment) in payments.enumerated() {
            try take(payment, serial: index + 1, messageID: messageID, account: account)
        }
        try answerAll(messageID, count: payments.count)
        let rejected = statuses.count { $0.status == "RJCT" } + results.count { $0.outcome == .refused }
        return "\(payments.count) payments, \(bookings.count) booked, \(returns.count) returned, \(rejected) refused"
    }

    private mutating func refuse(_ messageID: String, _ reason: ReasonCode, _ words: String) -> String {
        let header = StatusReportHeader(
            messageID: "", createdAt: nil, originalMessageID: messageID, groupStatus: "RJCT",
            groupReasons: [StatusReason(code: reason, text: String(words.prefix(105)))])
        answers = [bank.report(header, [])]
        return "refused, \(reason): \(words)"
    }

    /// The MsgId of a file that can't be read as a whole, or else the file's name.
    private func statedMessageID() -> String {
        guard let file = FileHandle(forReadingAtPath: path), let start = try? file.read(upToCount: 4_096) else {
            return String(batch.prefix(35))
        }
        let found = String(decoding: start, as: UTF8.self).firstMatch(of: /<MsgId>\s*([!-~]{1,35}?)\s*<\/MsgId>/)
        return found.map { String($0.1) } ?? String(batch.prefix(35))
    }

    private mutating func take(_ payment: CreditTransfer, serial: Int, messageID: String, account: String) throws {
        let reference = payment.endToEndID
        guard bank.state.payments[reference] == nil else { return record(payment, serial, nil, refusal: "DU04") }
        let behaviour = bank.rules.behaviour(for: payment, seed: bank.seed)
        let bankReference = bank.nextReference()
        var known = BankState.Payment(
            transfer: payment, messageID: messageID, debtorAccount: account, bankReference: bankReference,
            stage: .waiting, bookedAmount: payment.amount, isText: isText)
        switch behaviour {
        case .reject: known.stage = .rejected
        case .silent: known.stage = .silent
        case .wrongAmount: known.bookedAmount += payment.amount > 1 ? -1 : 1
        default: break
        }
        bank.state.payments[reference] = known
        switch behaviour {
        case .reject(let reason): record(payment, serial, nil, refusal: reason)
        case .silent: break
        case .late(let days):
            record(payment, serial, bankReference, isPending: true)
            bank.state.pending.append(.init(day: bank.today.adding(days: days), reference: reference))
        case .giveBack(let reason, let days):
            record(payment, serial, bankReference)
            bookings.append(bank.book(reference))
            if days == 0 {
                returns.append(bank.giveBack(reference, reason))
            } else {
                let day = bank.today.adding(days: days)
                bank.state.pending.append(.init(day: day, reference: reference, returnReason: reason))
            }
        case .book, .twice, .partial, .wrongAmount:
            if behaviour != .partial { record(payment, serial, bankReference) }
            bookings.append(bank.book(reference))
            isTwice = isTwice || behaviour == .twice
        }
    }

    private mutating func record(
        _ payment: CreditTransfer, _ serial: Int, _ bankReference: String?, refusal: ReasonCode? = nil,
        isPending: Bool = false
    ) {
        let words = refusal.flatMap(\.meaning)?.chinese ?? ""
        if isText {
            let outcome: BatchTextResult.Outcome =
                refusal != nil ? .refused : isPending ? .unknown("处理中") : .credited
            let reason = refusal.map { "\($0) \(words)" } ?? ""
            results.append(
                BatchTextResult(
                    serial: serial, reference: payment.endToEndID, account: payment.creditorAccount,
                    amount: payment.amount, outcome: outcome, reason: reason))
        } else {
            statuses.append(
                TransactionStatus(
                    endToEndID: payment.endToEndID, instructionID: payment.instructionID,
                    status: refusal != nil ? "RJCT" : isPending ? "PDNG" : "ACSP",
                    reasons: refusal.map { [StatusReason(code: $0, text: words)] } ?? [],
                    bankReference: bankReference))
        }
    }

    private mutating func answerAll(_ messageID: String, count: Int) throws {
        if isText {
            let number = bank.padded(bank.state.next())
            let data = try BatchTextResult.bytes(results, template: bank.template)
            answers.append(Outgoing(name: "\(number)-\(batch).result.txt", data: data))
        } else {
            let refused = statuses.count { $0.status == "RJCT" }
            let header = StatusReportHeader(
                messageID: "", createdAt: nil, originalMessageID: messageID,
                groupStatus: refused == count ? "RJCT" : refused > 0 ? "PART" : "ACSP")
            answers.append(bank.report(header, statuses))
        }
        if !bookings.isEmpty { answers.append(bank.advice(bookings)) }
        if !returns.isEmpty { answers.append(bank.advice(returns)) }
        guard isTwice else { return }
        for answer in answers {
            let number = bank.padded(bank.state.next())
            answers.append(Outgoing(name: number + answer.name.drop { $0 != "-" }, data: answer.data))
        }
    }

    /// The answer to one payment that was kept silent: pain.002, or the line of a 代发 result.
    static func lateAnswer(_ payment: BankState.Payment, reason: ReasonCode?, bank: inout Bank) throws -> Outgoing {
        var receipt = Receipt(bank: bank, name: payment.messageID + (payment.isText ? ".txt" : ".xml"), path: "")
        let serial = Int(payment.transfer.endToEndID.split(separator: "-").last ?? "") ?? 0
        receipt.record(payment.transfer, serial, reason == nil ? payment.bankReference : nil, refusal: reason)
        try receipt.answerAll(payment.messageID, count: 2)
        bank.state = receipt.bank.state
        return receipt.answers[0]
    }
}

extension Bank {
    /// A pain.002, named and dated.
    mutating func report(_ header: StatusReportHeader, _ statuses: [TransactionStatus]) -> Outgoing {
        let number = padded(state.next())
        var header = header
        header.messageID = "SIM\(seed)-\(number)"
        header.createdAt = time()
        return Outgoing(
            name: "\(number)-pain.002.xml", data: StatusReport(header: header, transactions: statuses).bytes())
    }
}
