extension Evaluator {
    func select(_ field: String, from operand: Value, _ node: Node) throws(CELError) -> Value {
        switch operand {
        case .record(let name, let fields):
            if let value = fields[field], value != .null { return value }
            let isDeclared = environment.records[name]?.fields[field] != nil
            let advice = isDeclared ? "is not set; ask has(….\(field)) first" : "is not a field of \(name)"
            throw fault(.noSuchField, "'\(field)' \(advice)", node, about: field)
        case .map(let entries):
            if let value = entries[.string(field)] { return value }
            throw fault(.noSuchKey, "the map has no key \"\(field)\"; ask has(….\(field)) first", node)
        default: throw fault(.noOverload, "\(operand.type) has no fields", node)
        }
    }

    func has(_ field: String, in operand: Value, _ node: Node) throws(CELError) -> Bool {
        switch operand {
        case .record(let name, let fields):
            guard environment.records[name]?.fields[field] != nil else {
                throw fault(.noSuchField, "'\(field)' is not a field of \(name)", node)
            }
            return fields[field] ?? .null != .null
        case .map(let entries): return entries[.string(field)] != nil
        default: throw fault(.noOverload, "\(operand.type) has no fields", node)
        }
    }

    mutating func element(_ operand: Value, _ index: Value, _ node: Node) throws(CELError) -> Value {
        switch operand {
        case .list(let elements):
            guard let position = position(index) else {
                throw fault(.noOverload, "a list is indexed by an int, not \(index.text(limit: 40))", node)
            }
            guard elements.indices.contains(position) else {
                throw fault(.outOfRange, "there is no element \(position) in a list of \(elements.count)", node)
            }
            return elements[position]
        case .map(let entries):
            try spend(Cost.key + index.textSteps, at: node)
            if let value = Value.lookup(index, in: entries) { return value }
            throw fault(.noSuchKey, "the map has no key \(index.text(limit: 40))", node)
        default: throw fault(.noOverload, "\(operand.type) can't be indexed", node)
        }
    }

    private func position(_ index: Value) -> Int? {
        switch index {
        case .int(let value): Int(exactly: value)
        case .uint(let value): Int(exactly: value) ?? .max
        case .double(let value): Int(exactly: value)
        default: nil
        }
    }

    func negate(_ operand: Value, _ node: Node) throws(CELError) -> Value {
        switch operand {
        case .int(let value):
            guard value != .min else { throw fault(.overflow, "-(\(value)) does not fit in an int", node) }
            return .int(-value)
        case .double(let value): return .double(-value)
        default: throw fault(.noOverload, "'-' needs an int or a double, not \(operand.type)", node)
        }
    }

    mutating func apply(_ symbol: BinaryOperator, _ a: Value, _ b: Value, _ node: Node) throws(CELError) -> Value {
        switch symbol {
        case .equal: return .bool(try equals(a, b, at: node))
        case .notEqual: return .bool(try !equals(a, b, at: node))
        case .less, .lessOrEqual, .greater, .greaterOrEqual: return .bool(try compare(symbol, a, b, node))
        case .in: return .bool(try contains(a, in: b, node))
        case .add, .subtract, .multiply, .divide, .remainder: return try arithmetic(symbol, a, b, node)
        }
    }

    private mutating func compare(
        _ symbol: BinaryOperator, _ a: Value, _ b: Value, _ node: Node
    ) throws(CELError) -> Bool {
        guard a.type.isOrdered, a.type == b.type || (a.isNumeric && b.isNumeric) else {
            throw fault(.noOverload, "'\(symbol.rawValue)' is not defined for \(a.type) and \(b.type)", node)
        }
        try spend(min(a.textSteps, b.textSteps), at: node)
        guard let order = Value.order(a, b) else { return false }
        return switch symbol {
        case .less: order == .less
        case .lessOrEqual: order != .greater
        case .greater: order == .greater
        default: order != .less
        }
    }

    private mutating func contains(_ value: Value, in container: Value, _ node: Node) throws(CELError) -> Bool {
        switch container {
        case .list(let elements):
            for element in elements {
                try spend(1, at: node)
                if try equals(value, element, at: node) { return true }
            }
            return false
        case .map(let entries):
            try spend(Cost.key + value.textSteps, at: node)
            return Value.lookup(value, in: entries) != nil
        default: throw fault(.noOverload, "'in' needs a list or a map on its right, not \(container.type)", node)
        }
    }

    private mutating func arithmetic(
        _ symbol: BinaryOperator, _ a: Value, _ b: Value, _ node: Node
    ) throws(CELError) -> Value {
        switch (a, b) {
        case (.int(let x), .int(let y)): return .int(try integer(symbol, x, y, node))
        case (.uint(let x), .uint(let y)): return .uint(try integer(symbol, x, y, node))
        case (.double(let x), .double(let y)) where symbol != .remainder:
            switch symbol {
            case .add: return .double(x + y)
            case .subtract: return .double(x - y)
            case .multiply: return .double(x * y)
            default: return .double(x / y)
            }
        default: break
        }
        switch (symbol, a, b) {
        case (.add, .string(let x), .string(let y)):
            try spend((x.utf8.count + y.utf8.count) / 16, at: node)
            return .string(x + y)
        case (.add, .bytes(let x), .bytes(let y)):
            try spend((x.count + y.count) / 16, at: node)
            return .bytes(x + y)
        case (.add, .list(let x), .list(let y)):
            try spend(x.count + y.count, at: node)
            return .list(x + y)
        case (.add, .timestamp(let x), .duration(let y)), (.add, .duration(let y), .timestamp(let x)):
            return .timestamp(try inRange(x.adding(y), node))
        case (.subtract, .timestamp(let x), .duration(let y)):
            return .timestamp(try inRange(x.adding(.zero - y), node))
        case (.subtract, .timestamp(let x), .timestamp(let y)): return .duration(try inRange(x.since(y), node))
        case (.add, .duration(let x), .duration(let y)): return .duration(try inRange(x + y, node))
        case (.subtract, .duration(let x), .duration(let y)): return .duration(try inRange(x - y, node))
        default: throw fault(.noOverload, "'\(symbol.rawValue)' is not defined for \(a.type) and \(b.type)", node)
        }
    }

    private func integer<Integer: FixedWidthInteger>(
        _ symbol: BinaryOperator, _ x: Integer, _ y: Integer, _ node: Node
    ) throws(CELError) -> Integer {
        if y == 0, symbol == .divide || symbol == .remainder {
            throw fault(.divisionByZero, "\(x) \(symbol.rawValue) 0: division by zero", node)
        }
        let (result, overflow) =
            switch symbol {
            case .add: x.addingReportingOverflow(y)
            case .subtract: x.subtractingReportingOverflow(y)
            case .multiply: x.multipliedReportingOverflow(by: y)
            case .divide: x.dividedReportingOverflow(by: y)
            default: x.remainderReportingOverflow(dividingBy: y)
            }
        guard !overflow else {
            let type = Integer.isSigned ? "an int" : "a uint"
            throw fault(.overflow, "\(x) \(symbol.rawValue) \(y) does not fit in \(type)", node)
        }
        return result
    }

    private func inRange(_ timestamp: Timestamp?, _ node: Node) throws(CELError) -> Timestamp {
        guard let timestamp else { throw fault(.overflow, "the instant is outside the years 1 to 9999", node) }
        return timestamp
    }

    private func inRange(_ duration: Duration, _ node: Node) throws(CELError) -> Duration {
        guard DurationText.range.contains(duration) else {
            throw fault(.overflow, "the duration is longer than 10,000 years", node)
        }
        return duration
    }
}

extension Value {
    /// Steps for reading all of a text; zero for what has a fixed size.
    var textSteps: Int {
        switch self {
        case .string(let text): text.utf8.count / 16
        case .bytes(let bytes): bytes.count / 16
        default: 0
        }
    }
}
