/// How one bank wants its 代发 text file and how it answers: there is no national format, so a template describes it.
package struct BatchTextTemplate: Equatable, Sendable, Codable {
    /// A field of a payment's line.
    package enum Column: String, Sendable, Codable, CaseIterable {
        /// 序号, from 1.
        case serial
        /// 户名
        case name
        /// 账号
        case account
        /// 金额 in yuan with two decimals
        case amount
        /// 联行号
        case agent
        /// 备注
        case remark
        /// Our EndToEndId.
        case reference
    }

    /// A field of a result's line.
    package enum ResultColumn: String, Sendable, Codable, CaseIterable {
        case serial, account, amount
        /// 结果
        case result
        /// 原因
        case reason
        case reference
        case name
        case ignored
    }

    /// A field of the first line.
    package enum HeaderField: String, Sendable, Codable, CaseIterable {
        /// Number of payments.
        case count
        /// Their sum in yuan with two decimals.
        case sum
    }

    package enum LineEnding: String, Sendable, Codable, CaseIterable {
        case crlf, lf

        var text: String { self == .crlf ? "\r\n" : "\n" }
    }

    package var name: String
    package var encoding: TextEncoding
    /// One or more ASCII characters, as `|` or `|!`.
    package var delimiter: String
    package var lineEnding: LineEnding
    /// Fields of the first line; empty where the file has none.
    package var header: [HeaderField]
    package var columns: [Column]
    package var resultColumns: [ResultColumn]
    /// Whether the result file has a first line of its own.
    package var resultHasHeader: Bool
    /// Words that say a payment was credited, and that it was refused; any other word leaves it unknown.
    package var creditedWords: [String]
    package var refusedWords: [String]
    package var maximumRows: Int

    package init(
        name: String, encoding: TextEncoding, delimiter: String, lineEnding: LineEnding, header: [HeaderField],
        columns: [Column], resultColumns: [ResultColumn], resultHasHeader: Bool = false, creditedWords: [String],
        refusedWords: [String], maximumRows: Int
    ) {
        self.name = name
        self.encoding = encoding
        self.delimiter = delimiter
        self.lineEnding = lineEnding
        self.header = header
        self.columns = columns
        self.resultColumns = resultColumns
        self.resultHasHeader = resultHasHeader
        self.creditedWords = creditedWords
        self.refusedWords = refusedWords
        self.maximumRows = maximumRows
    }

    /// `序号|户名|账号|金额|备注` under a line `笔数|总金额`, in GBK: what most banks' own templates come down to.
    package static let common = BatchTextTemplate(
        name: "common", encoding: .gbk, delimiter: "|", lineEnding: .crlf, header: [.count, .sum],
        columns: [.serial, .name, .account, .amount, .remark],
        resultColumns: [.serial, .account, .amount, .result, .reason], creditedWords: ["成功"], refusedWords: ["失败"],
        maximumRows: 5_000)

    /// What is wrong with the template itself, as a bank's description may be typed wrongly.
    package func check() throws {
        guard !delimiter.isEmpty, delimiter.utf8.allSatisfy({ (33...126).contains($0) || $0 == 9 }),
            !delimiter.contains(where: { $0.isLetter || $0.isNumber || $0 == "." })
        else {
            throw BankFileError(.invalid, "The delimiter of template \(name) is empty or could occur in a number.")
        }
        guard Set(columns).count == columns.count, Set(columns).isSuperset(of: [.name, .account, .amount]) else {
            throw BankFileError(.invalid, "Template \(name) lacks name, account or amount, or repeats a column.")
        }
        guard resultColumns.contains(.result), resultColumns.contains(.serial) || resultColumns.contains(.reference)
        else {
            throw BankFileError(.invalid, "Results of template \(name) name no payment or no result.")
        }
        guard maximumRows > 0 else { throw BankFileError(.invalid, "Template \(name) allows no rows.") }
    }

    /// The reference of a line where the file carries none of ours: name of the batch and serial number.
    package static func reference(batch: String, serial: Int) -> String { "\(batch)-\(serial)" }
}
