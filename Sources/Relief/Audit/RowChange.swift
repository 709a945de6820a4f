package import Contract
package import FoundationEssentials

/// A row that a command changed, as its leaf tells it: which fields, from what to what.
package struct RowChange: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable {
        case insert, update, delete
    }

    /// What a field was and became. An absent value is NULL: a field that was emptied has `old` alone.
    ///
    /// Of a personal field there are commitments instead (hex HMAC-SHA256, see `Commitment`), and nothing but its name once
    /// the person is erased.
    package struct Field: Codable, Sendable, Equatable {
        package var old: JSONValue?
        package var new: JSONValue?
        package var oldMAC: String?
        package var newMAC: String?
    }

    /// With its schema: `relief.case_file`.
    package var table: String
    package var row: String
    package var op: Kind
    /// Whose key the commitments are made with; nil: nobody's, the daemon's own.
    package var person: UUID?
    /// By name; what a form asks for as `facts.cost`.
    package var fields: [String: Field]
}

/// A row as the database noted it (`audit.change`), before it is decided what of it may stand in a leaf.
struct NotedRow: Decodable {
    let table: String
    let row: String
    var op: RowChange.Kind
    var old: [String: JSONValue]
    var new: [String: JSONValue]
    /// What leads to whom it is about.
    let keys: [String: JSONValue]

    private static let form = "facts"

    /// The rows of a command in the order in which they were first changed; of a row that was changed more than once what it
    /// was at first and became at last.
    static func reading(_ lines: String) throws -> [NotedRow] {
        var (rows, places) = ([NotedRow](), [String: Int]())
        for line in lines.split(separator: "\n") {
            let next = try JSON.decode(NotedRow.self, from: Data(line.utf8))
            let name = "\(next.table) \(next.row)"
            if let place = places[name] {
                rows[place].follow(next)
            } else {
                places[name] = rows.count
                rows.append(next)
            }
        }
        return rows
    }

    private mutating func follow(_ next: NotedRow) {
        for (field, value) in next.old where old[field] == nil && new[field] == nil { old[field] = value }
        for field in Set(next.old.keys).union(next.new.keys) { new[field] = next.new[field] }
        for (field, value) in new where old[field] == value {
            (old[field], new[field]) = (nil, nil)
        }
        op = next.op == .delete ? .delete : op
    }

    /// Old and new value by field; of a form each answer that changed.
    var fields: [String: (old: JSONValue?, new: JSONValue?)] {
        var fields: [String: (old: JSONValue?, new: JSONValue?)] = [:]
        for name in Set(old.keys).union(new.keys) {
            let (before, after) = (old[name], new[name])
            guard name == Self.form, let answers = Self.answers(before), let others = Self.answers(after) else {
                fields[name] = (before, after)
                continue
            }
            for question in Set(answers.keys).union(others.keys) where answers[question] != others[question] {
                fields["\(name).\(question)"] = (answers[question], others[question])
            }
        }
        return fields
    }

    /// The answers of a form, unless it was too long to be told.
    private static func answers(_ value: JSONValue?) -> [String: JSONValue]? {
        guard let value else { return [:] }
        guard case .object(let fields) = value else { return nil }
        return fields.keys.elementsEqual(["sha256"]) ? nil : fields
    }
}
