extension Parser {
    /// Expressions up to the closing symbol; a comma may follow the last.
    mutating func list(until close: String) throws(CELError) -> [Node] {
        var elements: [Node] = []
        while !sees(close) {
            elements.append(try expression())
            if accept(",") == nil { break }
        }
        try expect(close, "or ','")
        return elements
    }

    mutating func map(from open: Place) throws(CELError) -> Node {
        var entries: [Form.MapEntry] = []
        while !sees("}") {
            let key = try expression()
            try expect(":", "between key and value")
            entries.append(Form.MapEntry(key, try expression()))
            if accept(",") == nil { break }
        }
        try expect("}", "or ','")
        return try make(.map(entries), from: open.start, at: open)
    }

    mutating func record(_ name: String, from start: Int, at anchor: Place) throws(CELError) -> Node {
        advance()
        var fields: [Form.RecordField] = []
        while !sees("}") {
            let field: String
            switch current.kind {
            case .identifier(let name), .quotedField(let name): field = name
            default: throw unexpected("a field name")
            }
            guard !fields.contains(where: { $0.name == field }) else {
                throw source.error(.syntax, "the field '\(field)' is given twice", at: current.place)
            }
            advance()
            try expect(":", "after the field name")
            fields.append(Form.RecordField(field, try expression()))
            if accept(",") == nil { break }
        }
        try expect("}", "or ','")
        return try make(.record(name, fields), from: start, at: anchor)
    }

    /// A call, or the macro that it is.
    func call(
        _ name: String, on receiver: Node?, _ arguments: [Node], from start: Int, at place: Place
    ) throws(CELError) -> Node {
        if receiver == nil, name == "has" {
            guard arguments.count == 1, case .select(let operand, let field) = arguments[0].form else {
                throw source.error(.syntax, "has() takes one field, as in has(person.income)", at: place)
            }
            return try make(.has(operand, field: field), from: start, at: place)
        }
        guard let receiver, let macro = Macro(rawValue: name) else {
            return try make(.call(name, receiver: receiver, arguments), from: start, at: place)
        }
        guard arguments.count == 2 || (macro == .map && arguments.count == 3) else {
            throw source.error(.syntax, "\(name)() is written \(macro.usage)", at: place)
        }
        guard case .name(let variable) = arguments[0].form, !variable.hasPrefix(".") else {
            throw source.error(
                .syntax, "\(name)() begins with a plain variable name: \(macro.usage)", at: arguments[0].place)
        }
        return try make(
            .macro(macro, range: receiver, variable: variable, Array(arguments.dropFirst())), from: start, at: place)
    }
}
