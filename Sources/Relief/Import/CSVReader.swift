import Contract

/// Walks over the bytes of a table once.
struct CSVReader {
    /// The values of a line, or of several where a quoted value goes over them.
    struct Record {
        let line: Int
        let values: [String]

        /// A line of nothing, or of separators alone as spreadsheets leave them, is no row.
        var isBlank: Bool { values.allSatisfy(\.trimmingWhitespace.isEmpty) }
    }

    private let bytes: [UInt8]
    private let separator: UInt8
    private var place = 0
    private var line = 1

    init(bytes: [UInt8], separator: UInt8) {
        self.bytes = bytes
        self.separator = separator
    }

    /// The next line, blank or not; nil at the end.
    mutating func next(field: String) throws -> Record? {
        guard place < bytes.count else { return nil }
        let start = line
        var values = [try value(field: field)]
        while place < bytes.count, bytes[place] == separator {
            place += 1
            values.append(try value(field: field))
        }
        if place < bytes.count, bytes[place] == UInt8(ascii: "\r") { place += 1 }
        if place < bytes.count, bytes[place] == UInt8(ascii: "\n") { place += 1 }
        line += 1
        return Record(line: start, values: values)
    }

    private func endsValue(_ byte: UInt8) -> Bool {
        byte == separator || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n")
    }

    private mutating func value(field: String) throws -> String {
        guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else {
            let start = place
            while place < bytes.count, !endsValue(bytes[place]) { place += 1 }
            return String(decoding: bytes[start..<place], as: UTF8.self)
        }
        place += 1
        return try quoted(field: field)
    }

    private mutating func quoted(field: String) throws -> String {
        let start = line
        var content: [UInt8] = []
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            if byte == UInt8(ascii: "\"") {
                guard place < bytes.count, bytes[place] == byte else {
                    if place < bytes.count, !endsValue(bytes[place]) { throw strayText(field) }
                    return String(decoding: content, as: UTF8.self)
                }
                place += 1
            }
            if byte == UInt8(ascii: "\n") { line += 1 }
            content.append(byte)
        }
        throw Refusal.invalid(
            Phrase("A quote opened on line \(start) is never closed.", "第 \(start) 行的双引号没有结束。"), field: field)
    }

    private func strayText(_ field: String) -> Refusal {
        .invalid(
            Phrase(
                "Line \(line) has text after a closing quote: double the quotes inside a value.",
                "第 \(line) 行的双引号后还有文字：值内的双引号请写两个。"), field: field)
    }
}
