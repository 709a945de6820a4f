import WorkingDays

extension Value: CustomStringConvertible {
    /// The value in CEL syntax; map keys and record fields in order, so that equal values have equal text.
    package var description: String { text(limit: .max) }

    /// The value in CEL syntax, cut after about `limit` characters with an ellipsis.
    func text(limit: Int) -> String {
        var writer = ValueWriter(limit: limit)
        writer.write(self)
        return writer.text
    }
}

/// Writes a value in CEL syntax and stops at its limit, since shared structure can be far larger in text than in memory.
private struct ValueWriter {
    let limit: Int
    var text = ""
    private var length = 0
    private var isFull = false

    /// One more than fits, so that a cut is seen as one.
    private var room: Int { limit == .max ? .max : limit - length + 1 }

    init(limit: Int) {
        self.limit = limit
    }

    mutating func write(_ value: Value) {
        if isFull { return }
        switch value {
        case .null: put("null")
        case .bool(let x): put(x ? "true" : "false")
        case .int(let x): put(String(x))
        case .uint(let x): put("\(x)u")
        case .double(let x): put(x.isFinite ? "\(x)" : "double(\"\(x)\")")
        case .string(let x): put(Self.quoted(room < .max ? String(x.prefix(room)) : x))
        case .bytes(let x): put(Self.quoted(Array(x.prefix(room))))
        case .timestamp(let x): put("timestamp(\"\(x)\")")
        case .duration(let x): put("duration(\"\(DurationText.format(x))\")")
        // As people write it: traces are read by them.
        case .date(let x): put(x.description)
        case .list(let elements): write(elements, open: "[", close: "]") { $0.write($1) }
        case .map(let entries):
            write(entries.sorted { Value.keyPrecedes($0.key, $1.key) }, open: "{", close: "}") {
                $0.write($1.key)
                $0.put(": ")
                $0.write($1.value)
            }
        case .record(let name, let fields):
            write(fields.sorted { $0.key < $1.key }, open: "\(name){", close: "}") {
                $0.put("\($1.key): ")
                $0.write($1.value)
            }
        case .type(let type):
            put(Type.denotations.first { $0.value == type }?.key ?? type.description)
        }
    }

    private mutating func write<Item>(
        _ items: [Item], open: String, close: String, item: (inout ValueWriter, Item) -> Void
    ) {
        put(open)
        for (index, each) in items.enumerated() {
            if isFull { return }
            if index > 0 { put(", ") }
            item(&self, each)
        }
        put(close)
    }

    private mutating func put(_ part: String) {
        if isFull { return }
        if part.count > limit - length {
            text += part.prefix(limit - length) + "…"
            isFull = true
        } else {
            text += part
            length += part.count
        }
    }

    static func quoted(_ string: String) -> String {
        var text = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: text += "\\x" + hex(UInt8(scalar.value))
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }

    private static func quoted(_ bytes: [UInt8]) -> String {
        var text = "b\""
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += "\\" + String(UnicodeScalar(byte))
            case 0x20..<0x7F: text.unicodeScalars.append(UnicodeScalar(byte))
            default: text += "\\x" + hex(byte)
            }
        }
        return text + "\""
    }

    private static func hex(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }
}
