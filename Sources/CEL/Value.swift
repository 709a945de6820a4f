package import WorkingDays

/// A CEL value: what a rule reads and what it gives.
///
/// `==` is structural, for tests and dictionaries: `.int(1)` is not `.uint(1)`. CEL's own `==` is ``equals(_:_:)``.
package enum Value: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    case timestamp(Timestamp)
    case duration(Duration)
    /// A civil day, which has no time and no zone. Not of the CEL specification: its timestamps are instants.
    case date(Day)
    case list([Value])
    case map([Value: Value])
    /// A record by the name of its type, with the fields that are set.
    case record(String, [String: Value])
    case type(Type)

    /// The coarse run-time type: containers are of `dyn`.
    package var type: Type {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        case .timestamp: .timestamp
        case .duration: .duration
        case .date: .date
        case .list: .list(.dyn)
        case .map: .map(.dyn, .dyn)
        case .record(let name, _): .record(name)
        case .type: .type
        }
    }

    var isNumeric: Bool { type.isNumeric }
}

extension Value: Hashable {
    package static func == (a: Value, b: Value) -> Bool {
        switch (a, b) {
        case (.null, .null): true
        case (.bool(let x), .bool(let y)): x == y
        case (.int(let x), .int(let y)): x == y
        case (.uint(let x), .uint(let y)): x == y
        case (.double(let x), .double(let y)): x == y || (x.isNaN && y.isNaN)
        // By code points: Swift's own == would treat composed and decomposed forms as one.
        case (.string(let x), .string(let y)): x.utf8.elementsEqual(y.utf8)
        case (.bytes(let x), .bytes(let y)): x == y
        case (.timestamp(let x), .timestamp(let y)): x == y
        case (.duration(let x), .duration(let y)): x == y
        case (.date(let x), .date(let y)): x == y
        case (.list(let x), .list(let y)): x == y
        case (.map(let x), .map(let y)): x == y
        case (.record(let x, let f), .record(let y, let g)): x == y && f == g
        case (.type(let x), .type(let y)): x == y
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(type)
        switch self {
        case .null: break
        case .bool(let x): hasher.combine(x)
        case .int(let x): hasher.combine(x)
        case .uint(let x): hasher.combine(x)
        case .double(let x): hasher.combine(x.isNaN ? .nan : x.bitPattern == (-0.0).bitPattern ? 0 : x)
        case .string(var x):
            // By its bytes, as == compares: Swift's own hash brings the text into its composed form first.
            x.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
            hasher.combine(UInt8(0xFF))
        case .bytes(let x): hasher.combine(x)
        case .timestamp(let x): hasher.combine(x)
        case .duration(let x): hasher.combine(x)
        case .date(let x): hasher.combine(x)
        case .list(let x): hasher.combine(x)
        case .map(let x): hasher.combine(x)
        case .record(_, let fields): hasher.combine(fields)
        case .type(let x): hasher.combine(x)
        }
    }
}

extension Value {
    /// What is wrong with this value in a place declared as `type`, as a sentence that begins with `path`; nil if it fits.
    func mismatch(_ type: Type, at path: @autoclosure () -> String, in environment: Environment) -> String? {
        switch (self, type) {
        case (.list(let elements), .list(let element)):
            for (index, value) in elements.enumerated() {
                if let found = value.mismatch(element, at: "\(path())[\(index)]", in: environment) { return found }
            }
            return nil
        case (.map(let entries), .map(let key, let value)):
            for entry in entries {
                if let found = entry.key.mismatch(key, at: "a key of \(path())", in: environment)
                    ?? entry.value.mismatch(value, at: "\(path())[\(entry.key.text(limit: 60))]", in: environment)
                {
                    return found
                }
            }
            return nil
        case (.record(let name, let fields), .record(let expected)) where name == expected:
            return mismatch(ofFields: fields, name, at: path(), in: environment)
        case (_, .dyn): return mismatchInDyn(at: path(), in: environment)
        default: return self.type == type ? nil : "\(path()) is \(self.type), not \(type)"
        }
    }

    private func mismatch(
        ofFields fields: [String: Value], _ name: String, at path: @autoclosure () -> String,
        in environment: Environment
    ) -> String? {
        guard let record = environment.records[name] else { return "\(path()) is of the undeclared record \(name)" }
        for (field, value) in fields where value != .null {
            guard let type = record.fields[field] else { return "\(path()).\(field) is not a field of \(name)" }
            if let found = value.mismatch(type, at: "\(path()).\(field)", in: environment) { return found }
        }
        return nil
    }

    private func mismatchInDyn(at path: @autoclosure () -> String, in environment: Environment) -> String? {
        switch self {
        case .double where !environment.allowsDouble: "\(path()) is a double, which this environment forbids"
        case .list: mismatch(.list(.dyn), at: path(), in: environment)
        case .map: mismatch(.map(.dyn, .dyn), at: path(), in: environment)
        case .record(let name, _): mismatch(.record(name), at: path(), in: environment)
        default: nil
        }
    }
}
