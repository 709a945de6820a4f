import WorkingDays

extension Evaluator {
    /// The conversion functions; nil if `name` is none of them.
    func convert(_ name: String, _ value: Value, _ node: Node) throws(CELError) -> Value? {
        switch name {
        case "dyn": return value
        case "type": return .type(value.type)
        case "int": return .int(try int(value, node))
        case "uint": return .uint(try uint(value, node))
        case "double": return .double(try double(value, node))
        case "string": return .string(try string(value, node))
        case "bool", "bytes", "timestamp", "duration", "date": return try parse(name, value, node)
        default: return nil
        }
    }

    private func failed(_ value: Value, _ type: Type, _ node: Node) -> CELError {
        fault(.badConversion, "\(value.text(limit: 60)) can't be read as \(type)", node)
    }

    private func tooLarge(_ value: Value, _ type: Type, _ node: Node) -> CELError {
        fault(.overflow, "\(value) does not fit in \(type)", node)
    }

    private func int(_ value: Value, _ node: Node) throws(CELError) -> Int64 {
        switch value {
        case .int(let x): return x
        case .uint(let x):
            guard let converted = Int64(exactly: x) else { throw tooLarge(value, .int, node) }
            return converted
        case .double(let x):
            guard let converted = Int64(exactly: x.rounded(.towardZero)) else { throw tooLarge(value, .int, node) }
            return converted
        case .string(let x):
            guard let converted = Int64(decimal: x) else { throw failed(value, .int, node) }
            return converted
        case .timestamp(let x): return x.seconds
        default: throw noOverload("int", [value], node)
        }
    }

    private func uint(_ value: Value, _ node: Node) throws(CELError) -> UInt64 {
        switch value {
        case .uint(let x): return x
        case .int(let x):
            guard let converted = UInt64(exactly: x) else { throw tooLarge(value, .uint, node) }
            return converted
        case .double(let x):
            guard x >= 0, let converted = UInt64(exactly: x.rounded(.towardZero)) else {
                throw tooLarge(value, .uint, node)
            }
            return converted
        case .string(let x):
            guard let converted = UInt64(digits: x) else { throw failed(value, .uint, node) }
            return converted
        default: throw noOverload("uint", [value], node)
        }
    }

    private func double(_ value: Value, _ node: Node) throws(CELError) -> Double {
        guard environment.allowsDouble else { throw fault(.forbidden, "doubles are forbidden here", node) }
        switch value {
        case .double(let x): return x
        case .int(let x): return Double(x)
        case .uint(let x): return Double(x)
        case .string(let x):
            guard let converted = Double(x) else { throw failed(value, .double, node) }
            return converted
        default: throw noOverload("double", [value], node)
        }
    }

    private func string(_ value: Value, _ node: Node) throws(CELError) -> String {
        switch value {
        case .string(let x): return x
        case .bool, .int, .double: return value.description
        case .uint(let x): return String(x)
        case .timestamp(let x): return x.description
        case .duration(let x): return DurationText.format(x)
        case .date(let x): return x.description
        case .bytes(let x):
            guard let text = String(validating: x, as: UTF8.self) else {
                throw fault(.badConversion, "the bytes are not UTF-8", node)
            }
            return text
        default: throw noOverload("string", [value], node)
        }
    }

    private func parse(_ name: String, _ value: Value, _ node: Node) throws(CELError) -> Value {
        switch (name, value) {
        case ("bool", .bool), ("bytes", .bytes), ("timestamp", .timestamp), ("duration", .duration), ("date", .date):
            return value
        case ("bytes", .string(let text)): return .bytes(Array(text.utf8))
        case ("bool", .string(let text)):
            if ["true", "True", "TRUE", "t", "1"].contains(text) { return .bool(true) }
            if ["false", "False", "FALSE", "f", "0"].contains(text) { return .bool(false) }
            throw failed(value, .bool, node)
        case ("timestamp", .string(let text)):
            guard let instant = Timestamp(text) else {
                throw fault(
                    .badConversion,
                    "\(value.text(limit: 60)) is no timestamp; write it as 2026-11-22T00:00:00+08:00", node)
            }
            return .timestamp(instant)
        case ("timestamp", .int(let seconds)):
            guard let instant = Timestamp(seconds: seconds) else { throw tooLarge(value, .timestamp, node) }
            return .timestamp(instant)
        case ("duration", .string(let text)):
            guard let duration = DurationText.parse(text) else {
                throw fault(.badConversion, "\(value.text(limit: 60)) is no duration; write it as 36h or 90s", node)
            }
            return .duration(duration)
        case ("date", .string(let text)):
            guard let day = Day(text) else {
                throw fault(.badConversion, "\(value.text(limit: 60)) is no date; write it as 2026-11-22", node)
            }
            return .date(day)
        default: throw noOverload(name, [value], node)
        }
    }
}
