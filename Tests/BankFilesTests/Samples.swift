import FoundationEssentials
import WorkingDays

@testable import BankFiles

/// Values that the tests of this room share.
enum Samples {
    static let day = Day(year: 2026, month: 9, day: 1)!
    static let instant = Date(timeIntervalSince1970: 1_788_220_800)

    static let header = CreditTransferHeader(
        messageID: "RUN-2026-0001", createdAt: instant, debtorName: "西宁市总工会困难职工帮扶中心",
        debtorAccount: "105001234567", debtorAgent: "105851000011", requestedExecutionDay: day, count: 0, sum: 0)

    static func payment(_ number: Int, amount: Int64? = nil, name: String? = nil) -> CreditTransfer {
        CreditTransfer(
            endToEndID: "P\(number)", instructionID: "I\(number)", amount: amount ?? Int64(number) * 100 + 5,
            creditorName: name ?? "张三<&>\(number)", creditorAccount: "62258814142\(10_000 + number)",
            creditorAgent: number.isMultiple(of: 2) ? nil : "102100099996", remittance: "金秋助学 \(number)")
    }

    static func file(_ count: Int) throws -> CreditTransferFile {
        try CreditTransferFile(header: header, payments: (1...count).map { payment($0) })
    }

    static func text(_ file: CreditTransferFile) throws -> String {
        String(decoding: try file.bytes(), as: UTF8.self)
    }

    static func source(_ text: String) -> BankFileSource { .bytes(Data(text.utf8)) }

    static let statusReport = StatusReport(
        header: StatusReportHeader(
            messageID: "BANK-1", createdAt: instant, originalMessageID: "RUN-2026-0001", groupStatus: "PART"),
        transactions: [
            TransactionStatus(endToEndID: "P1", status: "ACSP", bankReference: "B1"),
            TransactionStatus(
                endToEndID: "P2", status: "RJCT", reasons: [StatusReason(code: "AC04", text: "账户已销户")]),
        ])

    static let entry = BankEntry(
        account: "105001234567", amount: 105, direction: .debit, bookingDay: day, valueDay: day, bankReference: "B1",
        endToEndID: "P1", originalMessageID: "RUN-2026-0001", counterpartyName: "张三",
        counterpartyAccount: "6225881414207430", messageID: "BANK-2", statementID: "BANK-2")

    static func report(_ entries: [BankEntry]) -> AccountReport {
        AccountReport(
            header: AccountReportHeader(messageID: "BANK-2", createdAt: instant, isStatement: false), entries: entries)
    }
}
