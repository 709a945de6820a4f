import Contract

/// The line of a table that names its columns.
struct CSVHeader {
    /// What columns a file may and must have.
    struct Wanted {
        let known: [[String]]
        let required: Set<String>
        /// One of these must be there, where it isn't empty.
        let choice: Set<String>

        fileprivate var example: String { (required.sorted() + choice.sorted().prefix(1)).joined(separator: "、") }

        fileprivate func name(of title: String) -> String? {
            known.first { $0.contains { Self.plain($0) == Self.plain(title) } }?.first
        }

        /// As titles are compared: without blanks, full width, case and what can't be seen.
        static func plain(_ title: String) -> String { NumberText.cleaned(title).lowercased() }
    }

    let line: Int
    let separator: UInt8
    /// By place; nil where the title is blank.
    let names: [String?]
    private let bytes: [UInt8]

    /// How far down a header is looked for: titles, dates and who made the table stand above it.
    private static let reach = 10
    private static let separators: [UInt8] = [UInt8(ascii: ","), UInt8(ascii: "\t"), UInt8(ascii: ";")]

    /// Finds the header, and with it what parts the values. Refuses a file without one, and says of the line that is most
    /// like one what it lacks.
    static func find(in bytes: [UInt8], _ wanted: Wanted, field: String) throws -> CSVHeader {
        var best: (known: Int, record: CSVReader.Record, separator: UInt8)?
        for separator in separators {
            for record in firstRecords(of: bytes, separator) {
                let names = Set(record.values.compactMap(wanted.name))
                if wanted.required.isSubset(of: names), wanted.choice.isEmpty || !names.isDisjoint(with: wanted.choice)
                {
                    return try CSVHeader(record, separator, bytes, wanted, field: field)
                }
                if names.count > best?.known ?? 0 { best = (names.count, record, separator) }
            }
        }
        guard let best else { throw none(bytes, wanted, field) }
        _ = try CSVHeader(best.record, best.separator, bytes, wanted, field: field)
        throw lacking(best.record, wanted, field)
    }

    private init(
        _ record: CSVReader.Record, _ separator: UInt8, _ bytes: [UInt8], _ wanted: Wanted, field: String
    ) throws {
        var names: [String?] = []
        for title in record.values.map(\.trimmingWhitespace) {
            let name = wanted.name(of: title)
            guard name != nil || title.isEmpty else { throw Self.unknown(title, wanted, field) }
            guard name == nil || !names.contains(name) else {
                throw Refusal.invalid(
                    Phrase(
                        "The column \(name ?? "") stands twice on line \(record.line).",
                        "第 \(record.line) 行有两个“\(name ?? "")”列。"), field: field)
            }
            names.append(name)
        }
        while names.last == .some(nil) { names.removeLast() }
        (line, self.separator, self.names, self.bytes) = (record.line, separator, names, bytes)
    }

    /// A column without a title has no values either: else something that the file says would be dropped.
    func refuseNamelessValues(field: String) throws {
        guard names.contains(nil) else { return }
        var reader = CSVReader(bytes: bytes, separator: separator)
        while let record = try reader.next(field: field) {
            let nameless = zip(names, record.values).enumerated().first {
                $0.element.0 == nil && !$0.element.1.trimmingWhitespace.isEmpty
            }
            guard record.line > line, let nameless else { continue }
            throw Refusal.invalid(
                Phrase(
                    "Column \(nameless.offset + 1) has no title, but line \(record.line) has a value in it.",
                    "第 \(nameless.offset + 1) 列没有表头，但第 \(record.line) 行在该列有值。"), field: field)
        }
    }

    /// What is said of a line above the header.
    static func note(_ record: CSVReader.Record) -> Phrase {
        let text = record.values.map(\.trimmingWhitespace).filter { !$0.isEmpty }.joined(separator: " ").prefix(40)
        return Phrase(
            "Line \(record.line) stands above the columns and was taken for a title: “\(text)”.",
            "第 \(record.line) 行在表头之上，按标题处理，未导入：“\(text)”。")
    }

    private static func firstRecords(of bytes: [UInt8], _ separator: UInt8) -> [CSVReader.Record] {
        var reader = CSVReader(bytes: bytes, separator: separator)
        var records: [CSVReader.Record] = []
        // What can't be read with this separator is said when the whole file is.
        while records.count < reach, let record = try? reader.next(field: "") {
            if !record.isBlank { records.append(record) }
        }
        return records
    }

    private static func unknown(_ title: String, _ wanted: Wanted, _ field: String) -> Refusal {
        let all = wanted.known.compactMap(\.first)
        return .invalid(
            Phrase(
                "The column “\(title.prefix(40))” is unknown; known are \(all.joined(separator: ", ")).",
                "不认识“\(title.prefix(40))”列；可用的列有：\(all.joined(separator: "、"))。"), field: field)
    }

    private static func lacking(_ record: CSVReader.Record, _ wanted: Wanted, _ field: String) -> Refusal {
        let names = Set(record.values.compactMap(wanted.name))
        let missing = wanted.required.subtracting(names).sorted()
        let lacks = missing.isEmpty ? wanted.choice.sorted() : missing
        return .invalid(
            Phrase(
                "Line \(record.line) lacks the column \(lacks.joined(separator: missing.isEmpty ? " or " : ", ")).",
                "第 \(record.line) 行缺少“\(lacks.joined(separator: missing.isEmpty ? "”或“" : "”“"))”列。"), field: field,
            details: lacks.map { Phrase($0, $0) })
    }

    private static func none(_ bytes: [UInt8], _ wanted: Wanted, _ field: String) -> Refusal {
        guard bytes.contains(where: { $0 > 32 }) else {
            return .invalid(Phrase("The file is empty.", "文件是空的。"), field: field)
        }
        return .invalid(
            Phrase(
                "None of the first \(reach) lines names the columns: the file lacks \(wanted.example).",
                "前 \(reach) 行没有表头：文件缺少\(wanted.example)列。"), field: field)
    }
}
