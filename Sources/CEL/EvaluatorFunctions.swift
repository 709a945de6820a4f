extension Evaluator {
    /// `arguments` begin with the receiver of a member call.
    mutating func call(
        _ name: String, isMember: Bool, _ arguments: [Value], _ node: Node
    ) throws(CELError) -> Value {
        if let overloads = environment.functions[name],
            let function = overloads.first(where: { $0.accepts(arguments, isMember: isMember) })
        {
            return try callHost(function, arguments, node)
        }
        for argument in arguments { try spend(argument.textSteps, at: node) }
        guard let first = arguments.first else { throw noOverload(name, arguments, node) }
        if Cost.conversions.contains(name) { try spend(Cost.conversion, at: node) }
        if arguments.count == 1, let value = try convert(name, first, node) { return value }
        if let function = DateFunction(rawValue: name), let value = try date(function, arguments, node) { return value }
        if let field = TimestampField(rawValue: name) { return .int(try part(field, arguments, node)) }
        if name == "size", arguments.count == 1 { return .int(try size(first, node)) }
        guard arguments.count == 2, case .string(let text) = first, case .string(let other) = arguments[1] else {
            throw noOverload(name, arguments, node)
        }
        switch name {
        case "contains": return .bool(try holds(text, other, node))
        case "startsWith": return .bool(text.utf8.starts(with: other.utf8))
        case "endsWith": return .bool(text.utf8.reversed().starts(with: other.utf8.reversed()))
        case "matches": return .bool(try matches(text, other, node))
        default: throw noOverload(name, arguments, node)
        }
    }

    func noOverload(_ name: String, _ arguments: [Value], _ node: Node) -> CELError {
        let types = arguments.map(\.type.description).joined(separator: ", ")
        return fault(.noOverload, "\(name)() is not defined for (\(types))", node)
    }

    private mutating func callHost(
        _ function: Function, _ arguments: [Value], _ node: Node
    ) throws(CELError) -> Value {
        try spend(function.cost, at: node)
        var arguments = arguments
        if let name = function.reads { arguments.append(try lent(name, to: function, node)) }
        let value: Value
        do {
            value = try function.body(arguments)
        } catch {
            throw fault(.function, "\(function.name)(): \(error)", node)
        }
        if let problem = value.mismatch(function.result, at: "the result of \(function.name)()", in: environment) {
            throw fault(.wrongBinding, problem, node)
        }
        return value
    }

    private func size(_ value: Value, _ node: Node) throws(CELError) -> Int64 {
        switch value {
        case .string(let text): Int64(text.unicodeScalars.count)
        case .bytes(let bytes): Int64(bytes.count)
        case .list(let elements): Int64(elements.count)
        case .map(let entries): Int64(entries.count)
        default: throw noOverload("size", [value], node)
        }
    }

    private mutating func holds(_ text: String, _ part: String, _ node: Node) throws(CELError) -> Bool {
        let (haystack, needle) = (Array(text.utf8), Array(part.utf8))
        guard let head = needle.first else { return true }
        guard haystack.count >= needle.count else { return false }
        for start in 0...(haystack.count - needle.count) where haystack[start] == head {
            try spend(1 + needle.count / 16, at: node)
            if haystack[start..<(start + needle.count)].elementsEqual(needle) { return true }
        }
        return false
    }

    private mutating func matches(_ text: String, _ pattern: String, _ node: Node) throws(CELError) -> Bool {
        let compiled: Pattern
        if let known = patterns[pattern] {
            compiled = known
        } else {
            try spend(pattern.utf8.count, at: node)
            do {
                compiled = try Pattern(pattern)
            } catch {
                try spend(error.effort / 4, at: node)
                throw fault(.badConversion, "this regular expression is broken: \(error.message)", node)
            }
            // A short text may be a large program, "(a{900}){2}", or much work for a small one.
            try spend(compiled.effort / 4, at: node)
            patterns[pattern] = compiled
        }
        var matcher = Matcher(compiled, text)
        while matcher.isGoingOn {
            matcher.step()
            try spend(matcher.takeWork(), at: node)
        }
        return matcher.found
    }

    private mutating func part(_ field: TimestampField, _ arguments: [Value], _ node: Node) throws(CELError) -> Int64 {
        switch (arguments[0], arguments.count) {
        case (.duration(let duration), 1):
            guard let part = field.part(of: duration) else { throw noOverload(field.rawValue, arguments, node) }
            return part
        case (.timestamp(let instant), 1): return field.part(of: instant, secondsFromUTC: 0)
        case (.timestamp(let instant), 2):
            guard case .string(let zone) = arguments[1] else { throw noOverload(field.rawValue, arguments, node) }
            try spend(Cost.zone, at: node)
            guard let offset = TimestampField.secondsFromUTC(zone, at: instant) else {
                throw fault(.badConversion, "there is no time zone \"\(zone)\"; write Asia/Shanghai or +08:00", node)
            }
            return field.part(of: instant, secondsFromUTC: offset)
        default: throw noOverload(field.rawValue, arguments, node)
        }
    }
}

extension Function {
    func accepts(_ arguments: [Value], isMember: Bool) -> Bool {
        self.isMember == isMember && arguments.count == parameters.count
            && zip(arguments, parameters).allSatisfy { $0.type.agrees(with: $1) && $0 != .null || $1 == .dyn }
    }
}
