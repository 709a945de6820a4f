import Contract
import FoundationEssentials

/// A table read from the file that a spreadsheet saved: values parted by commas (RFC 4180), tabs or semicolons, in any of
/// the encodings of `ImportedText`; quotes, doubled quotes, line breaks inside quotes, CRLF or LF.
///
/// The first of its first ten lines that names the required columns is its header; what stands above is a title, and said.
struct CSV: Sendable {
    /// One row: the line it begins on, counted from 1 in the file, and its values by column.
    struct Row: Sendable {
        let line: Int
        /// What is wrong with the row as a whole: it has fewer or more values than there are columns. Nothing of it is
        /// taken in, because nobody knows which value belongs to which column.
        let fault: (problem: Phrase, advice: Phrase)?
        fileprivate let values: [String: String]

        /// The trimmed value; nil where the column is missing or the value empty.
        subscript(column: String) -> String? {
            guard let value = values[column], !value.isEmpty else { return nil }
            return value
        }
    }

    /// The columns found, by their first names.
    let columns: [String]
    let rows: [Row]
    /// What a person should know of the file: its encoding, lines taken for a title, an end that may be cut.
    let notes: [Phrase]

    /// Reads a file. `columns` gives each column's names, the first of which the rows are read by: `["姓名", "name"]`; the
    /// header has all of `required`, and one of `choice` where that isn't empty.
    ///
    /// Refuses what is no text, a column that is unknown, doubled or missing, and a quote that is never closed; the line is
    /// named.
    init(
        _ content: Data, columns known: [[String]], required: Set<String>, oneOf choice: Set<String> = [],
        field: String = "csv"
    ) throws {
        let file = try ImportedText(content, field: field)
        let bytes = Array(file.text.utf8)
        let wanted = CSVHeader.Wanted(known: known, required: required, choice: choice)
        let header = try CSVHeader.find(in: bytes, wanted, field: field)
        var reader = CSVReader(bytes: bytes, separator: header.separator)
        var (above, rows): ([CSVReader.Record], [Row]) = ([], [])
        // What is too long is counted to its end, and not kept.
        var count = 0
        while let record = try reader.next(field: field) {
            if record.isBlank { continue }
            if record.line < header.line { above.append(record) }
            guard record.line > header.line else { continue }
            count += 1
            if count <= RowImport.mostRows { rows.append(Row(record, header)) }
        }
        try RowImport.refuseTooMany(count)
        try header.refuseNamelessValues(field: field)
        columns = header.names.compactMap(\.self)
        self.rows = rows
        let isOpen = !rows.isEmpty && bytes.last != UInt8(ascii: "\n") && bytes.last != UInt8(ascii: "\r")
        notes = [file.note].compactMap(\.self) + above.map(CSVHeader.note) + (isOpen ? [Self.openEnd] : [])
    }

    private static let openEnd = Phrase(
        "The last line has no line end: where the file was cut, its last value is not whole.",
        "最后一行没有换行符：文件若被截断，最后一个值不完整，请核对。")
}

extension CSV.Row {
    fileprivate init(_ record: CSVReader.Record, _ header: CSVHeader) {
        line = record.line
        let values = record.values.map { $0.trimmingWhitespace.withoutGuard }
        let last = values.lastIndex { !$0.isEmpty } ?? 0
        fault =
            values.count < header.names.count
            ? Self.short(values.count, of: header.names.count)
            : last >= header.names.count ? Self.long(last + 1, of: header.names.count) : nil
        var found: [String: String] = [:]
        for (name, value) in zip(header.names, values) {
            guard let name else { continue }
            found[name] = value
        }
        self.values = found
    }

    private static func short(_ count: Int, of columns: Int) -> (Phrase, Phrase) {
        (
            Phrase("The row has \(count) of \(columns) values.", "该行只有 \(count) 个值，应有 \(columns) 个。"),
            Phrase(
                "The file may be cut here: take it from its source again; empty values keep their separators.",
                "文件可能在此被截断：请重新导出；空值也要保留分隔符。")
        )
    }

    private static func long(_ count: Int, of columns: Int) -> (Phrase, Phrase) {
        (
            Phrase(
                "The row has \(count) values, but there are \(columns) columns.", "该行有 \(count) 个值，但只有 \(columns) 列。"),
            Phrase("Put quotes around values that hold a separator.", "含分隔符的值请加英文双引号。")
        )
    }
}
