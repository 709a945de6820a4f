import Contract
import FoundationEssentials
import Output
import Terminal
import WorkingDays

/// A reply with a form of its own for people.
protocol Presented {
    func presentation() throws -> String
}

/// Shows any reply by its schema: single values as a list of names, lists as tables, amounts in yuan.
struct Presenter {
    private let book: SchemaBook
    private let schema: JSONSchema

    init<Reply: Codable>(_ type: Reply.Type) throws {
        (schema, book) = try JSONSchema.of(type)
    }

    func text(_ reply: some Encodable) throws -> String {
        let value = try JSON.decode(JSONValue.self, from: JSON.encode(reply))
        guard let (item, rows) = page(value) else { return lines(value, schema).joined(separator: "\n") }
        tellOfMore(value, item)
        return rows.isEmpty ? "(none)" : table(rows, item, columns: Self.columns[item]).text
    }

    func csv(_ reply: some Encodable) throws -> String {
        let value = try JSON.decode(JSONValue.self, from: JSON.encode(reply))
        guard let (item, rows) = page(value) else {
            throw Refusal.invalid(
                Phrase(
                    "--csv is for lists; use --json.",
                    "--csv 只用于列表；请用 --json。"), field: "csv")
        }
        tellOfMore(value, item)
        return table(rows, item, columns: nil, isFile: true).csv
    }

    private func tellOfMore(_ value: JSONValue, _ item: String) {
        guard case .string(let next)? = value["next"] else { return }
        Standard.error("There is more: \(item == "AuditEntry" ? "--before" : "--cursor") \(next)")
    }

    private func page(_ value: JSONValue) -> (item: String, rows: [JSONValue])? {
        guard case .reference(let name) = schema, name.hasPrefix("PageOf"), case .array(let rows)? = value["items"],
            case .array(.reference(let item))? = book.components[name]?.first?.schema
        else { return nil }
        return (item, rows)
    }

    /// Columns of wide types, for people; CSV has all.
    private static let columns: [String: Set<String>] = [
        "PersonView": ["number", "name", "idNumber", "phone", "organisation", "household", "diedOn"],
        "PayeeAccountView": ["id", "owner", "holder", "number", "state", "usableFrom", "warnings"],
        "HouseholdView": ["number", "organisation", "head", "address"],
        "NoticeView": ["number", "programme", "organisation", "startsOn", "endsOn", "state"],
        "FundView": ["code", "name", "source", "year", "received", "spent", "held", "available"],
        "RunView": ["number", "fund", "state", "executeOn", "payments", "total", "preparedBy"],
        "ProgrammeView": ["programme", "version", "title", "kind", "state", "releasedAt"],
        "JobView": ["id", "kind", "state", "subject", "dueAt"],
        "BankLineView": ["line", "class", "importedAt", "run", "payment", "bankReference", "amount", "detail"],
        "BankMatchView": ["match", "becomes", "run", "payment", "payments", "amount", "payee", "reason", "proposedBy"],
        "AuditEntry": ["index", "seq", "at", "command", "actorName", "subjects"],
    ]
}

extension Presenter {
    private func lines(_ value: JSONValue, _ schema: JSONSchema) -> [String] {
        switch schema {
        case .reference(let name): fields(value, book.components[name] ?? [])
        default: [Self.cell(value, schema)]
        }
    }

    private func fields(_ value: JSONValue, _ properties: [SchemaProperty]) -> [String] {
        let present = properties.filter { value[$0.name] ?? .null != .null }
        let single = present.filter { isSingle($0.schema) }
        let width = single.map { Table.width(Self.title($0.name)) }.max() ?? 0
        var lines = single.map { property in
            let text = Self.cell(value[property.name] ?? .null, property.schema)
            return Table.pad(Self.title(property.name), width) + "  "
                + text.split(separator: "\n", omittingEmptySubsequences: false)
                .joined(separator: "\n" + String(repeating: " ", count: width + 2))
        }
        for property in present where !isSingle(property.schema) {
            let inner = block(value[property.name] ?? .null, property.schema)
            guard !inner.isEmpty else { continue }
            lines += ["", Self.title(property.name) + ":"] + inner.map { $0.isEmpty ? "" : "  " + $0 }
        }
        return lines
    }

    private func block(_ value: JSONValue, _ schema: JSONSchema) -> [String] {
        switch (schema, value) {
        case (.array(.reference("Phrase")), .array(let sentences)): return sentences.map(Self.phrase)
        case (.array(.reference(let item)), .array(let rows)):
            guard !rows.isEmpty else { return [] }
            return table(rows, item, columns: nil).text.split(separator: "\n").map(String.init)
        case (.array(let element), .array(let values)): return values.map { Self.cell($0, element) }
        case (.dictionary(let element), .object(let values)):
            let width = values.keys.map(Table.width).max() ?? 0
            return values.sorted { $0.key < $1.key }.map {
                Table.pad($0.key, width) + "  " + Self.cell($0.value, element)
            }
        default: return lines(value, schema)
        }
    }

    private func table(
        _ rows: [JSONValue], _ item: String, columns: Set<String>?, isFile: Bool = false
    ) -> Table {
        let properties = (book.components[item] ?? []).filter { property in
            guard
                columns?.contains(property.name)
                    ?? (isSingle(property.schema)
                        || [.array(.string(nil)), .array(.reference("Phrase"))].contains(property.schema))
            else { return false }
            return isFile || rows.contains { $0[property.name] ?? .null != .null }
        }
        return Table(
            columns: properties.map { property in
                if case .integer = property.schema { return .init(title: Self.title(property.name), isRight: true) }
                return .init(title: Self.title(property.name))
            },
            rows: rows.map { row in
                properties.map {
                    let value = row[$0.name] ?? .null
                    return (isFile ? Self.value(value, $0.schema) : Self.cell(value, $0.schema)).printableLine
                }
            })
    }

    private func isSingle(_ schema: JSONSchema) -> Bool {
        switch schema {
        case .boolean, .integer, .string, .choice, .any, .reference("Phrase"): true
        case .array, .dictionary, .reference: false
        }
    }

    /// `startsOn` → `starts on`.
    private static func title(_ name: String) -> String {
        name.reduce(into: "") { $0 += $1.isUppercase ? " " + $1.lowercased() : String($1) }
    }

    private static func cell(_ value: JSONValue, _ schema: JSONSchema) -> String {
        switch (schema, value) {
        case (_, .null): ""
        case (.integer(.fen), .int(let fen)): Fen(fen).description
        case (.reference("Phrase"), .object): phrase(value)
        case (.string(.dateTime), .string(let text)): Timestamp.date(text).map(time) ?? text
        case (_, .string(let text)): text.legible
        case (_, .int(let number)): String(number)
        case (_, .bool(let flag)): flag ? "yes" : "no"
        case (.array(let element), .array(let values)):
            // A cell shows the first few; `--json` has them all.
            values.prefix(4).map { cell($0, element) }.joined(separator: ", ")
                + (values.count > 4 ? " … \(values.count) in all" : "")
        case (_, .array), (_, .object):
            (try? JSON.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        }
    }

    /// A cell of a file, where nothing may be missing and amounts are for programs: `6430.00`.
    private static func value(_ value: JSONValue, _ schema: JSONSchema) -> String {
        switch (schema, value) {
        case (.integer(.fen), .int): cell(value, schema).replacing(",", with: "")
        case (.array(let element), .array(let values)):
            values.map { Self.value($0, element) }.joined(separator: ", ")
        default: cell(value, schema)
        }
    }

    /// A sentence in the terminal's language.
    private static func phrase(_ value: JSONValue) -> String {
        guard case .string(let text)? = value[Language.ofTerminal.rawValue] else { return "" }
        return text.legible
    }

    /// To the minute, in China's time.
    static func time(_ date: Date) -> String { String(local(date).prefix(16)).replacing("T", with: " ") }

    /// The day, in China's time.
    static func day(_ date: Date) -> String { String(local(date).prefix(10)) }

    /// Hour, minute and second, in China's time.
    static func clock(_ date: Date) -> String { String(local(date).dropFirst(11).prefix(8)) }

    private static func local(_ date: Date) -> String { Timestamp.text(date.addingTimeInterval(28_800)) }
}
