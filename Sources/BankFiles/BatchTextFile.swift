package import FoundationEssentials
import WorkingDays

/// A 代发 text file: payments by a bank's template, one a line.
package enum BatchTextFile {
    /// The file's bytes: the same for the same content. Throws `BankFileError` that names the payment, also for a name
    /// the bank's encoding can't hold.
    package static func bytes(_ payments: [CreditTransfer], template: BatchTextTemplate) throws -> Data {
        try template.check()
        guard !payments.isEmpty else { throw BankFileError(.count, "The file has no payments.") }
        guard payments.count <= template.maximumRows else {
            throw BankFileError(
                .count, "The bank takes \(template.maximumRows) payments a file, not \(payments.count).")
        }
        var sum: Int64 = 0
        var references: Set<String> = []
        var data = Data()
        var lines = Data()
        for (index, payment) in payments.enumerated() {
            try CreditTransferRules.naming(payment, number: index + 1) {
                guard references.insert(payment.endToEndID).inserted else {
                    throw BankFileError(.duplicate, "The EndToEndId occurs twice in the file.")
                }
                guard payment.amount > 0 else { throw BankFileError(.zeroAmount, "The amount is not more than zero.") }
                sum = try CreditTransferRules.adding(payment.amount, to: sum)
                lines.append(contentsOf: try line(payment, serial: index + 1, template))
            }
        }
        if !template.header.isEmpty {
            let fields = template.header.map { $0 == .count ? String(payments.count) : CNYAmount.text(fen: sum) }
            let header = fields.joined(separator: template.delimiter) + template.lineEnding.text
            data.append(contentsOf: header.utf8)
        }
        data.append(lines)
        return data
    }

    /// Whether a file of the template can carry the payment: throws `BankFileError` that says why not.
    package static func check(_ payment: CreditTransfer, template: BatchTextTemplate) throws {
        _ = try line(payment, serial: 1, template)
    }

    private static func line(_ payment: CreditTransfer, serial: Int, _ template: BatchTextTemplate) throws -> [UInt8] {
        let fields = try template.columns.map { column in
            let (value, isRequired) =
                switch column {
                case .serial: (String(serial), true)
                case .name: (payment.creditorName, true)
                case .account: (payment.creditorAccount, true)
                case .amount: (CNYAmount.text(fen: payment.amount), true)
                case .agent: (payment.creditorAgent ?? "", false)
                case .remark: (payment.remittance, false)
                case .reference: (payment.endToEndID, true)
                }
            guard !value.isEmpty || !isRequired else {
                throw BankFileError(.missing, "The \(column.rawValue) is missing.")
            }
            guard !value.contains(template.delimiter), !value.unicodeScalars.contains(where: { $0.value < 32 }) else {
                throw BankFileError(.invalid, "The \(column.rawValue) contains a delimiter or a line break.")
            }
            if column == .name || column == .account, value.contains(where: \.isWhitespace) {
                throw BankFileError(.invalid, "The \(column.rawValue) contains a space.")
            }
            return value
        }
        return try template.encoding.encode(fields.joined(separator: template.delimiter) + template.lineEnding.text)
    }

    /// Reads such a file back, as a bank does: count, sum, serial numbers and amounts must hold. `batch` names the file
    /// and makes the references where the template carries none. Throws `BankFileError` with the line.
    package static func read(_ data: Data, batch: String, template: BatchTextTemplate) throws -> [CreditTransfer] {
        try template.check()
        let lines = try BatchTextLines(data, template: template)
        var rows = lines.rows[...]
        let first = template.header.isEmpty ? nil : rows.popFirst()
        if !template.header.isEmpty, first?.fields.count != template.header.count {
            throw BankFileError(.malformed, "The first line does not state \(template.header.count) fields.", line: 1)
        }
        var payments: [CreditTransfer] = []
        var sum: Int64 = 0
        for row in rows {
            let payment = try row.read(columns: template.columns.count) {
                try Self.payment($0, batch: batch, serial: payments.count + 1, template)
            }
            sum = try CreditTransferRules.adding(payment.amount, to: sum)
            payments.append(payment)
        }
        guard !payments.isEmpty else { throw BankFileError(.count, "The file has no payments.") }
        guard payments.count <= template.maximumRows else {
            throw BankFileError(.count, "The file has more than \(template.maximumRows) payments.")
        }
        for (field, text) in zip(template.header, first?.fields ?? []) {
            switch field {
            case .count where try count(text) != payments.count:
                throw BankFileError(.count, "The file states \(text) payments and has \(payments.count).", line: 1)
            case .sum where try amount(text) != sum:
                throw BankFileError(
                    .sum, "The file states a sum of \(text) and has \(CNYAmount.text(fen: sum)).", line: 1)
            default: break
            }
        }
        return payments
    }

    private static func payment(
        _ fields: [String], batch: String, serial: Int, _ template: BatchTextTemplate
    ) throws -> CreditTransfer {
        var payment = CreditTransfer(
            endToEndID: BatchTextTemplate.reference(batch: batch, serial: serial), amount: 0, creditorName: "",
            creditorAccount: "")
        for (column, field) in zip(template.columns, fields) {
            switch column {
            case .serial where Int(digits: field) != serial:
                throw BankFileError(.malformed, "The serial number is \(field), not \(serial).")
            case .serial: break
            case .name: payment.creditorName = field
            case .account: payment.creditorAccount = field
            case .amount: payment.amount = try amount(field)
            case .agent: payment.creditorAgent = field.isEmpty ? nil : field
            case .remark: payment.remittance = field
            case .reference: payment.endToEndID = field
            }
        }
        guard !payment.creditorName.isEmpty else { throw BankFileError(.missing, "The name is missing.") }
        guard !payment.creditorAccount.isEmpty else { throw BankFileError(.missing, "The account is missing.") }
        guard payment.amount > 0 else { throw BankFileError(.zeroAmount, "The amount is not more than zero.") }
        return payment
    }
}

/// The lines of a delimited text file, empty ones left out.
struct BatchTextLines {
    struct Row {
        let number: Int
        let fields: [String]

        /// Reads the fields; errors get the line.
        func read<Value>(columns: Int, _ body: ([String]) throws -> Value) throws -> Value {
            guard fields.count == columns else {
                throw BankFileError(.malformed, "The line has \(fields.count) fields, not \(columns).", line: number)
            }
            do {
                return try body(fields)
            } catch let error as BankFileError {
                throw error.at(line: number)
            }
        }
    }

    let rows: [Row]

    init(_ data: Data, template: BatchTextTemplate) throws {
        guard data.count <= 64 << 20 else { throw BankFileError(.tooLarge, "The file has more than 64 MiB.") }
        // No byte of a GB character is a line end (a delimiter may be one), so lines are split before decoding.
        let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        rows = try lines.enumerated().compactMap { index, bytes in
            var bytes = Array(bytes)
            if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
            guard !bytes.isEmpty else { return nil }
            do {
                let text = try template.encoding.decode(bytes)
                return Row(number: index + 1, fields: Self.fields(text, by: template.delimiter))
            } catch let error as BankFileError {
                throw error.at(line: index + 1)
            }
        }
    }

    private static func fields(_ text: String, by delimiter: String) -> [String] {
        let (text, delimiter) = (Array(text.utf8), Array(delimiter.utf8))
        var fields: [String] = []
        var start = 0
        var place = 0
        while place <= text.count - delimiter.count {
            if text[place..<place + delimiter.count].elementsEqual(delimiter) {
                fields.append(String(decoding: text[start..<place], as: UTF8.self))
                place += delimiter.count
                start = place
            } else {
                place += 1
            }
        }
        fields.append(String(decoding: text[start...], as: UTF8.self))
        return fields.map { field in
            let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\u{3000}" }
            return String(String(field.drop(while: isSpace).reversed().drop(while: isSpace)).reversed())
        }
    }
}
