import Contract

/// A table read from comma-separated text (RFC 4180): quotes, doubled quotes, line breaks inside quotes, CRLF or LF, a byte
/// order mark. The first line names the columns.
struct CSV: Sendable {
    /// One row: the line it begins on, counted from 1 with the header, and its values by column.
    struct Row: Sendable {
        let line: Int
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

    /// Reads a text. `columns` gives each column's names, the first of which the rows are read by: `["姓名", "name"]`.
    ///
    /// Refuses a column that is unknown, doubled or missing where `required`, text that is no UTF-8, a quote that is never
    /// closed, and a row with more values than columns; in all of them the line is named.
    init(_ text: String, columns known: [[String]], required: Set<String>, field: String = "csv") throws {
        if text.unicodeScalars.contains("\u{FFFD}") || text.unicodeScalars.contains("\u{0}") {
            throw Refusal.invalid(
                "The file is not UTF-8: save it as “CSV UTF-8” (in Excel: 另存为, CSV UTF-8) and send it again.",
                field: field)
        }
        var records = try Self.records(text, field: field)
        guard !records.isEmpty else { throw Refusal.invalid("The file is empty.", field: field) }
        let header = records.removeFirst()
        let names = try Self.names(header.values, known: known, required: required, field: field)
        rows = try records.map { record in
            guard record.values.count <= names.count else {
                throw Refusal.invalid(
                    "Line \(record.line) has \(record.values.count) values, but there are \(names.count) columns: put "
                        + "quotes around values that hold a comma.", field: field)
            }
            return Row(
                line: record.line,
                values: Dictionary(
                    uniqueKeysWithValues: zip(names, record.values.map { $0.trimmingWhitespace.withoutGuard })))
        }
        columns = names
    }

    private static func names(
        _ header: [String], known: [[String]], required: Set<String>, field: String
    ) throws -> [String] {
        var names: [String] = []
        for title in header.map(\.trimmingWhitespace) {
            let name = known.first { $0.contains { $0.lowercased() == title.lowercased() } }?.first
            guard let name else {
                let all = known.compactMap(\.first).joined(separator: ", ")
                throw Refusal.invalid("The column “\(title.prefix(40))” is unknown; known are \(all).", field: field)
            }
            guard !names.contains(name) else {
                throw Refusal.invalid("The column \(name) stands twice in the first line.", field: field)
            }
            names.append(name)
        }
        let missing = required.subtracting(names).sorted()
        guard missing.isEmpty else {
            throw Refusal.invalid(
                "The first line lacks the column \(missing.joined(separator: ", ")).", field: field, details: missing)
        }
        return names
    }

    private static func records(_ text: String, field: String) throws -> [(line: Int, values: [String])] {
        var reader = Reader(bytes: Array(text.utf8))
        var records: [(line: Int, values: [String])] = []
        while let record = try reader.next(field: field) {
            // A line of nothing, or of commas alone as spreadsheets leave them, is no row.
            if record.values.contains(where: { !$0.trimmingWhitespace.isEmpty }) { records.append(record) }
        }
        return records
    }

    /// Walks over the bytes once.
    private struct Reader {
        let bytes: [UInt8]
        var place = 0
        var line = 1

        init(bytes: [UInt8]) {
            self.bytes = bytes
            if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
        }

        mutating func next(field: String) throws -> (line: Int, values: [String])? {
            guard place < bytes.count else { return nil }
            let start = line
            var values: [String] = []
            while true {
                values.append(try value(field: field))
                guard place < bytes.count, bytes[place] == UInt8(ascii: ",") else { break }
                place += 1
            }
            if place < bytes.count, bytes[place] == UInt8(ascii: "\r") { place += 1 }
            if place < bytes.count, bytes[place] == UInt8(ascii: "\n") { place += 1 }
            line += 1
            return (start, values)
        }

        private mutating func value(field: String) throws -> String {
            guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else {
                let start = place
                while place < bytes.count, !",\r\n".utf8.contains(bytes[place]) { place += 1 }
                return String(decoding: bytes[start..<place], as: UTF8.self)
            }
            let start = line
            var content: [UInt8] = []
            place += 1
            while place < bytes.count {
                let byte = bytes[place]
                place += 1
                if byte == UInt8(ascii: "\"") {
                    guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else {
                        if place < bytes.count, !",\r\n".utf8.contains(bytes[place]) {
                            throw Refusal.invalid(
                                "Line \(line) has text after a closing quote: double the quotes inside a value.",
                                field: field)
                        }
                        return String(decoding: content, as: UTF8.self)
                    }
                    place += 1
                }
                if byte == UInt8(ascii: "\n") { line += 1 }
                content.append(byte)
            }
            throw Refusal.invalid("A quote opened on line \(start) is never closed.", field: field)
        }
    }
}
