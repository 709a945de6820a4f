import WorkingDays

/// What must hold in a payment file beyond its XML schema, checked payment by payment: used to write and to read.
///
/// The schema lets pass a wrong count or sum, a zero amount, a repeated EndToEndId and a missing creditor.
struct CreditTransferRules {
    private let header: CreditTransferHeader
    private var count = 0
    private var sum: Int64 = 0
    private var references: Set<String> = []
    private var instructions: Set<String> = []

    init(_ header: CreditTransferHeader) throws {
        try Self.identifier(header.messageID, "message identification")
        try Self.text(header.debtorName, "name of the debtor", required: true)
        try Self.account(header.debtorAccount, "account of the debtor")
        try Self.agent(header.debtorAgent, "bank of the debtor")
        guard header.count > 0 else { throw BankFileError(.count, "The file has no payments.") }
        self.header = header
    }

    mutating func check(_ payment: CreditTransfer) throws {
        count += 1
        try Self.naming(payment, number: count) {
            try Self.checkAlone(payment)
            guard references.insert(payment.endToEndID).inserted else {
                throw BankFileError(.duplicate, "The EndToEndId occurs twice in the file.")
            }
            if let instruction = payment.instructionID, !instructions.insert(instruction).inserted {
                throw BankFileError(
                    .duplicate, "The instruction identification \(instruction) occurs twice in the file.")
            }
            sum = try Self.adding(payment.amount, to: sum)
        }
    }

    /// What must hold in a payment, whatever else is in its file.
    static func checkAlone(_ payment: CreditTransfer) throws {
        try identifier(payment.endToEndID, "EndToEndId")
        guard payment.endToEndID != "NOTPROVIDED" else { throw BankFileError(.missing, "The EndToEndId is missing.") }
        if let instruction = payment.instructionID { try identifier(instruction, "instruction identification") }
        guard payment.amount > 0 else { throw BankFileError(.zeroAmount, "The amount is not more than zero.") }
        try text(payment.creditorName, "name of the creditor", required: true)
        try account(payment.creditorAccount, "account of the creditor")
        if let agent = payment.creditorAgent { try Self.agent(agent, "bank of the creditor") }
        try text(payment.remittance, "remittance text", required: false)
    }

    /// Puts the payment's reference on what `body` throws, or its number in the list where it has none.
    static func naming<Value>(_ payment: CreditTransfer, number: Int, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch var error as BankFileError {
            error.payment = payment.endToEndID.isEmpty ? "#\(number)" : payment.endToEndID
            throw error
        }
    }

    func finish() throws {
        guard count == header.count else {
            throw BankFileError(.count, "The file states \(header.count) payments and has \(count).")
        }
        guard sum == header.sum else {
            throw BankFileError(
                .sum,
                "The file states a sum of \(CNYAmount.text(fen: header.sum)) and its payments make "
                    + "\(CNYAmount.text(fen: sum)).")
        }
    }

    static func adding(_ amount: Int64, to sum: Int64) throws -> Int64 {
        let (total, overflow) = sum.addingReportingOverflow(amount)
        guard !overflow, total <= CNYAmount.maximum, amount <= CNYAmount.maximum else {
            throw BankFileError(.amount, "The amount is greater than bank files have room for.")
        }
        return total
    }

    private static func identifier(_ value: String, _ what: String) throws {
        guard !value.isEmpty else { throw BankFileError(.missing, "The \(what) is missing.") }
        guard value.utf8.count <= 35, value.utf8.allSatisfy({ (33...126).contains($0) }) else {
            throw BankFileError(.invalid, "The \(what) “\(value)” is not 1 to 35 ASCII characters without spaces.")
        }
    }

    private static func account(_ value: String, _ what: String) throws {
        guard !value.isEmpty else { throw BankFileError(.missing, "The \(what) is missing.") }
        guard value.utf8.count <= 34, value.utf8.allSatisfy({ (33...126).contains($0) }) else {
            throw BankFileError(.invalid, "The \(what) is not 1 to 34 ASCII characters without spaces.")
        }
    }

    private static func agent(_ value: String, _ what: String) throws {
        guard value.utf8.count == 12, value.isDigits else {
            throw BankFileError(.invalid, "The \(what), “\(value)”, is no 12-digit CNAPS number.")
        }
    }

    private static func text(_ value: String, _ what: String, required: Bool) throws {
        if required, value.isEmpty { throw BankFileError(.missing, "The \(what) is missing.") }
        guard value.unicodeScalars.count <= 140 else {
            throw BankFileError(.invalid, "The \(what) is longer than 140 characters.")
        }
        let first = value.unicodeScalars.first, last = value.unicodeScalars.last
        if first?.properties.isWhitespace == true || last?.properties.isWhitespace == true {
            throw BankFileError(.invalid, "The \(what) begins or ends with a space.")
        }
        let isClean = value.unicodeScalars.allSatisfy {
            $0.value >= 32 && !(127...159).contains($0.value) && $0.value != 0xFFFE && $0.value != 0xFFFF
        }
        guard isClean else { throw BankFileError(.invalid, "The \(what) contains a control character.") }
    }
}
