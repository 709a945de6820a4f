extension Checker {
    func resultType(
        _ symbol: BinaryOperator, _ left: Node, _ right: Node, at node: Node
    ) throws(CELError) -> Type {
        let (a, b) = (left.type, right.type)
        switch symbol {
        case .equal, .notEqual:
            guard a.agrees(with: b) else {
                if a == .null || b == .null {
                    let advice = "\(a == .null ? b : a) is never null; ask has(…) whether a field is set"
                    throw refused(node, advice)
                }
                throw refused(node, mismatch(symbol, a, b))
            }
            return .bool
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            guard a.isOrdered, b.isOrdered, a.agrees(with: b) || (a.isNumeric && b.isNumeric) else {
                throw refused(node, mismatch(symbol, a, b))
            }
            return .bool
        case .in:
            switch b {
            case .list(let element) where a.agrees(with: element): return .bool
            case .map(let key, _) where a.agrees(with: key): return .bool
            case .dyn: return .bool
            case .list(let element): throw refused(node, "'in' looks for \(a) in a list of \(element)")
            case .map(let key, _): throw refused(node, "'in' looks for \(a) among keys that are \(key)")
            default: throw refused(node, "'in' needs a list or a map on its right, not \(b)")
            }
        case .add, .subtract, .multiply, .divide, .remainder:
            let results = Signature.arithmetic(symbol, a, b)
            guard let first = results.first else { throw refused(node, mismatch(symbol, a, b)) }
            return results.allSatisfy { $0 == first } ? first : .dyn
        }
    }

    private func mismatch(_ symbol: BinaryOperator, _ a: Type, _ b: Type) -> String {
        guard a != b else { return "'\(symbol.rawValue)' is not defined for \(a)" }
        let advice: String
        if a.isNumeric, b.isNumeric, environment.allowsDouble || (a != .double && b != .double) {
            advice = "; convert one, as in \(a)(…)"
        } else {
            advice = "; both sides must fit together"
        }
        return "'\(symbol.rawValue)' is not defined for \(a) and \(b)\(advice)"
    }

    mutating func checkAggregate(_ node: Node) throws(CELError) -> Node {
        switch node.form {
        case .list(let elements):
            var checked: [Node] = []
            for element in elements { checked.append(try check(element)) }
            return try typed(node, .list(checked), .list(common(checked)))
        case .map(let entries):
            var checked: [Form.MapEntry] = []
            for entry in entries {
                let key = try check(entry.key)
                guard key.type.canBeKey else {
                    throw refused(key, "a key must be int, uint, bool or string, not \(key.type)")
                }
                checked.append(Form.MapEntry(key, try check(entry.value)))
            }
            return try typed(node, .map(checked), .map(common(checked.map(\.key)), common(checked.map(\.value))))
        case .record(let name, let fields): return try checkRecord(node, name, fields)
        default: return node
        }
    }

    /// The one type of all elements, `dyn` where they differ or there are none.
    private func common(_ nodes: [Node]) -> Type {
        guard var type = nodes.first?.type else { return .dyn }
        for node in nodes.dropFirst() { type = type.joined(with: node.type) ?? .dyn }
        return type
    }

    private mutating func checkRecord(
        _ node: Node, _ name: String, _ fields: [Form.RecordField]
    ) throws(CELError) -> Node {
        let root = name.hasPrefix(".") ? String(name.dropFirst()) : name
        guard let record = environment.records[root] else {
            throw undeclared(node.place, "the record", root, among: environment.records.keys)
        }
        var checked: [Form.RecordField] = []
        for field in fields {
            let value = try check(field.value)
            guard let type = record.fields[field.name] else {
                throw undeclared(value.place, "the field", field.name, among: record.fields.keys)
            }
            guard value.type.agrees(with: type) else {
                throw refused(value, "the field '\(field.name)' is \(type), not \(value.type)")
            }
            checked.append(Form.RecordField(field.name, value))
        }
        return try typed(node, .record(name, checked), .record(root))
    }

    mutating func checkCall(
        _ node: Node, _ name: String, _ receiver: Node?, _ arguments: [Node]
    ) throws(CELError) -> Node {
        // A host function may have a dotted name, which reads like a member call.
        if let receiver, let path = receiver.path {
            let dotted = (path + [name]).joined(separator: ".")
            let root = dotted.hasPrefix(".") ? String(dotted.dropFirst()) : dotted
            if environment.functions[root] != nil { return try checkCall(node, root, nil, arguments) }
        }
        let plain = receiver == nil && name.hasPrefix(".") ? String(name.dropFirst()) : name
        var checked: [Node] = []
        let receiver = try receiver.map { node throws(CELError) in try check(node) }
        for argument in arguments { checked.append(try check(argument)) }
        let operands = (receiver.map { [$0] } ?? []) + checked
        let hosted = environment.functions[plain, default: []].map {
            Signature($0.parameters, $0.result, isMember: $0.isMember)
        }
        let known = Signature.standard[plain, default: []] + hosted
        guard !known.isEmpty else {
            let names = Set(Signature.standard.keys).union(environment.functions.keys)
            throw undeclared(node.place, "the function", plain, among: names)
        }
        let fitting = known.filter { $0.accepts(operands.map(\.type), isMember: receiver != nil) }
        guard let first = fitting.first else {
            let given = checked.map(\.type.description).joined(separator: ", ")
            let called = (receiver.map { "\($0.type)." } ?? "") + "\(plain)(\(given))"
            let listed = known.prefix(6).map { $0.text(plain) }.joined(separator: "; ")
            throw source.error(.wrongType, "\(called) is not declared; there is \(listed)", at: node.place)
        }
        try checkPattern(plain, operands)
        let result = fitting.allSatisfy { $0.result == first.result } ? first.result : .dyn
        return try typed(node, .call(plain, receiver: receiver, checked), result)
    }

    private mutating func checkPattern(_ name: String, _ operands: [Node]) throws(CELError) {
        guard name == "matches", operands.count == 2, case .literal(.string(let text)) = operands[1].form else {
            return
        }
        do {
            patterns[text] = try Pattern(text)
        } catch {
            throw source.error(
                .badConversion, "this regular expression is broken: \(error.message)", at: operands[1].place)
        }
    }
}
