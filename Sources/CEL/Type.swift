/// The type of a CEL expression, as the checker knows it before any value exists.
package indirect enum Type: Sendable, Hashable, CustomStringConvertible {
    case null, bool, int, uint, double, string, bytes, timestamp, duration, date
    case list(Type)
    case map(Type, Type)
    /// A declared record, by its name.
    case record(String)
    /// The type of a type: what `type(x)` and the bare name `int` have.
    case type
    /// Known only at run time; every operation on it is checked there.
    case dyn

    package var description: String {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .timestamp: "timestamp"
        case .duration: "duration"
        case .date: "date"
        case .list(let element): "list(\(element))"
        case .map(let key, let value): "map(\(key), \(value))"
        case .record(let name): name
        case .type: "type"
        case .dyn: "dyn"
        }
    }

    /// The types that a rule can name as values, under the names of the CEL specification.
    static let denotations: [String: Type] = [
        "null_type": .null, "bool": .bool, "int": .int, "uint": .uint, "double": .double, "string": .string,
        "bytes": .bytes, "list": .list(.dyn), "map": .map(.dyn, .dyn), "type": .type,
        "google.protobuf.Timestamp": .timestamp, "google.protobuf.Duration": .duration,
        "date": .date,
    ]

    var isNumeric: Bool { self == .int || self == .uint || self == .double }

    var isOrdered: Bool {
        switch self {
        case .bool, .int, .uint, .double, .string, .bytes, .timestamp, .duration, .date, .dyn: true
        default: false
        }
    }

    var canBeKey: Bool {
        switch self {
        case .bool, .int, .uint, .string, .dyn: true
        default: false
        }
    }

    var mentionsDouble: Bool {
        switch self {
        case .double: true
        case .list(let element): element.mentionsDouble
        case .map(let key, let value): key.mentionsDouble || value.mentionsDouble
        default: false
        }
    }

    /// Whether a value of either type may be the other at run time: equal, or unknown where they differ.
    func agrees(with other: Type) -> Bool {
        switch (self, other) {
        case (.dyn, _), (_, .dyn): true
        case (.list(let a), .list(let b)): a.agrees(with: b)
        case (.map(let a, let b), .map(let c, let d)): a.agrees(with: c) && b.agrees(with: d)
        default: self == other
        }
    }

    /// The type of a place that holds one or the other; nil where they have nothing in common.
    func joined(with other: Type) -> Type? {
        switch (self, other) {
        case (.dyn, _), (_, .dyn): return .dyn
        case (.list(let a), .list(let b)): return a.joinedElement(with: b).map { .list($0) }
        case (.map(let a, let b), .map(let c, let d)):
            guard let key = a.joinedElement(with: c), let value = b.joinedElement(with: d) else { return nil }
            return .map(key, value)
        default: return self == other ? self : nil
        }
    }

    /// Inside a container `dyn` also stands for "empty literal", which takes the type of its neighbour.
    private func joinedElement(with other: Type) -> Type? {
        if self == .dyn { return other }
        return other == .dyn ? self : joined(with: other)
    }
}

/// A declared record: a named structure with typed fields, such as the household of a case.
///
/// A field that has no value is unset: `has(m.income)` is false, and reading it is an error, never a silent zero.
package struct RecordType: Sendable, Hashable {
    package let name: String
    package let fields: [String: Type]

    package init(_ name: String, _ fields: [String: Type]) {
        self.name = name
        self.fields = fields
    }
}
