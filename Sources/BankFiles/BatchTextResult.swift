package import FoundationEssentials

/// One line of a bank's answer to a 代发 file.
package struct BatchTextResult: Equatable, Sendable {
    package enum Outcome: Equatable, Sendable, Codable {
        case credited
        case refused
        /// The bank's word is not one the template knows: nothing may be concluded.
        case unknown(String)
    }

    /// 序号 of the payment in the file, where the answer has it.
    package var serial: Int?
    package var reference: String?
    package var account: String?
    /// In fen.
    package var amount: Int64?
    package var outcome: Outcome
    /// 原因 in the bank's words.
    package var reason: String

    package init(
        serial: Int?, reference: String? = nil, account: String? = nil, amount: Int64? = nil, outcome: Outcome,
        reason: String = ""
    ) {
        self.serial = serial
        self.reference = reference
        self.account = account
        self.amount = amount
        self.outcome = outcome
        self.reason = reason
    }

    /// The reason's code, where the bank's words begin with one (`AC04 账户已销户`).
    package var reasonCode: ReasonCode? {
        let word = reason.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }
        return ReasonCode(rawValue: String(word)).meaning == nil ? nil : ReasonCode(rawValue: String(word))
    }

    /// Reads an answer file. Throws `BankFileError` with the line, also where two lines answer one payment. Payments
    /// without a line have no result, and none may be inferred.
    package static func read(_ data: Data, template: BatchTextTemplate) throws -> [BatchTextResult] {
        try template.check()
        var rows = try BatchTextLines(data, template: template).rows[...]
        if template.resultHasHeader { rows = rows.dropFirst() }
        var seen: Set<String> = []
        return try rows.map { row in
            try row.read(columns: template.resultColumns.count) { fields in
                let result = try result(fields, template)
                guard let key = result.reference ?? result.serial.map(String.init), seen.insert(key).inserted else {
                    throw BankFileError(.duplicate, "The answer names no payment, or one for the second time.")
                }
                return result
            }
        }
    }

    private static func result(_ fields: [String], _ template: BatchTextTemplate) throws -> BatchTextResult {
        var result = BatchTextResult(serial: nil, outcome: .unknown(""))
        for (column, field) in zip(template.resultColumns, fields) {
            switch column {
            case .serial: result.serial = try count(field)
            case .account: result.account = field
            case .amount: result.amount = try BankFiles.amount(field)
            case .reason: result.reason = field
            case .reference: result.reference = field.isEmpty ? nil : field
            case .name, .ignored: break
            case .result where template.creditedWords.contains(field): result.outcome = .credited
            case .result where template.refusedWords.contains(field): result.outcome = .refused
            case .result: result.outcome = .unknown(field)
            }
        }
        return result
    }

    /// The bytes of an answer file, as the simulated bank sends it.
    package static func bytes(_ results: [BatchTextResult], template: BatchTextTemplate) throws -> Data {
        try template.check()
        var data = Data()
        if template.resultHasHeader {
            data.append(contentsOf: (String(results.count) + template.lineEnding.text).utf8)
        }
        for result in results {
            let fields = template.resultColumns.map { column in
                switch column {
                case .serial: result.serial.map(String.init) ?? ""
                case .account: result.account ?? ""
                case .amount: result.amount.map(CNYAmount.text) ?? ""
                case .reason: result.reason
                case .reference: result.reference ?? ""
                case .name, .ignored: ""
                case .result:
                    switch result.outcome {
                    case .credited: template.creditedWords.first ?? ""
                    case .refused: template.refusedWords.first ?? ""
                    case .unknown(let word): word
                    }
                }
            }
            let line = fields.joined(separator: template.delimiter) + template.lineEnding.text
            data.append(contentsOf: try template.encoding.encode(line))
        }
        return data
    }
}
