/// Reads tokens into a syntax tree by the grammar of the CEL specification.
struct Parser {
    let source: SourceText
    let limits: Limits
    private let tokens: [Token]
    private var position = 0
    private var depth = 0

    /// Parses a whole source, or says where it stops being CEL.
    static func parse(_ source: SourceText, limits: Limits) throws(CELError) -> Node {
        guard source.text.utf8.count <= limits.sourceBytes else {
            throw CELError(
                .limit, "the expression has more than \(limits.sourceBytes) bytes; split it into smaller rules")
        }
        var lexer = Lexer(source)
        var parser = Parser(source: source, limits: limits, tokens: try lexer.tokens())
        let node = try parser.expression()
        guard parser.current.kind == .end else { throw parser.unexpected("an operator or the end") }
        return node
    }

    private init(source: SourceText, limits: Limits, tokens: [Token]) {
        self.source = source
        self.limits = limits
        self.tokens = tokens
    }

    var current: Token { tokens[position] }

    private var following: Token { tokens[min(position + 1, tokens.count - 1)] }

    @discardableResult
    mutating func advance() -> Token {
        defer { if position < tokens.count - 1 { position += 1 } }
        return tokens[position]
    }

    func sees(_ symbol: String) -> Bool { current.kind == .symbol(symbol) }

    mutating func accept(_ symbol: String) -> Token? { sees(symbol) ? advance() : nil }

    mutating func expect(_ symbol: String, _ purpose: String) throws(CELError) {
        guard accept(symbol) != nil else { throw unexpected("'\(symbol)' \(purpose)") }
    }

    func make(_ form: Form, from start: Int, at anchor: Place) throws(CELError) -> Node {
        let end = position > 0 ? tokens[position - 1].place.end : anchor.end
        let node = Node(form, at: Place(start: start, end: end, line: anchor.line, column: anchor.column))
        if node.height > limits.depth { throw tooDeep(anchor) }
        return node
    }

    private func tooDeep(_ place: Place) -> CELError {
        source.error(.limit, "more than \(limits.depth) levels deep; split it into smaller rules", at: place)
    }

    func unexpected(_ wanted: String) -> CELError {
        let found: String
        switch current.kind {
        case .identifier("and"), .identifier("AND"):
            found = "'\(source.slice(current.place))' is no operator; write '&&'"
        case .identifier("or"), .identifier("OR"): found = "'\(source.slice(current.place))' is no operator; write '||'"
        case .identifier("not"): found = "'not' is no operator; write '!'"
        case .end: found = "the expression ends where \(wanted) should be"
        default: found = "found '\(source.slice(current.place))' where \(wanted) should be"
        }
        return source.error(.syntax, found, at: current.place)
    }

    mutating func expression() throws(CELError) -> Node {
        depth += 1
        defer { depth -= 1 }
        if depth > limits.depth { throw tooDeep(current.place) }
        let start = current.place.start
        let condition = try binary(above: 0)
        guard let question = accept("?") else { return condition }
        let then = try binary(above: 0)
        try expect(":", "between the branches of '?'")
        let otherwise = try expression()
        return try make(.conditional(condition, then: then, otherwise: otherwise), from: start, at: question.place)
    }

    private enum Infix: Equatable {
        case or, and, other(BinaryOperator)

        var level: Int {
            switch self {
            case .or: 1
            case .and: 2
            case .other(let symbol): symbol.level
            }
        }
    }

    private var infix: Infix? {
        switch current.kind {
        case .symbol("||"): .or
        case .symbol("&&"): .and
        case .symbol(let text): BinaryOperator(rawValue: text).map { .other($0) }
        case .identifier("in"): .other(.in)
        default: nil
        }
    }

    private mutating func binary(above level: Int) throws(CELError) -> Node {
        let start = current.place.start
        var left = try unary()
        var chain: Infix?
        while let infix, infix.level > level {
            let anchor = advance().place
            let right = try binary(above: infix.level)
            switch (infix, left.form) {
            case (.or, .or(let operands)) where chain == .or:
                left = try make(.or(operands + [right]), from: start, at: left.place)
            case (.and, .and(let operands)) where chain == .and:
                left = try make(.and(operands + [right]), from: start, at: left.place)
            case (.or, _): left = try make(.or([left, right]), from: start, at: anchor)
            case (.and, _): left = try make(.and([left, right]), from: start, at: anchor)
            case (.other(let symbol), _): left = try make(.binary(symbol, left, right), from: start, at: anchor)
            }
            chain = infix
        }
        return left
    }

    private mutating func unary() throws(CELError) -> Node {
        var signs: [Token] = []
        if sees("!") {
            while let sign = accept("!") { signs.append(sign) }
        } else {
            while sees("-"), !following.isNumber { signs.append(advance()) }
        }
        guard signs.count <= limits.depth else { throw tooDeep(signs[0].place) }
        var node = try member()
        for sign in signs.reversed() {
            let form: Form = sign.kind == .symbol("!") ? .not(node) : .negate(node)
            node = try make(form, from: sign.place.start, at: sign.place)
        }
        return node
    }

    private mutating func member() throws(CELError) -> Node {
        let start = current.place.start
        var node = try primary()
        while true {
            if accept(".") != nil {
                let field = current
                let name = try selector()
                if accept("(") != nil {
                    let arguments = try list(until: ")")
                    node = try call(name, on: node, arguments, from: start, at: field.place)
                } else {
                    node = try make(.select(node, field: name), from: start, at: field.place)
                }
            } else if let bracket = accept("[") {
                let index = try expression()
                try expect("]", "after the index")
                node = try make(.index(node, index), from: start, at: bracket.place)
            } else if sees("{"), let path = node.path {
                node = try record(path.joined(separator: "."), from: start, at: node.place)
            } else {
                return node
            }
        }
    }

    private mutating func selector() throws(CELError) -> String {
        switch current.kind {
        case .identifier(let name) where Lexer.isSelector(name):
            advance()
            return name
        case .quotedField(let name):
            advance()
            return name
        default: throw unexpected("a field or function name after '.'")
        }
    }

    private mutating func primary() throws(CELError) -> Node {
        let token = advance()
        let place = token.place
        switch token.kind {
        case .symbol("-") where current.isNumber:
            let number = advance()
            return try make(.literal(try literal(number, isNegative: true)), from: place.start, at: place)
        case .int, .uint, .double, .string, .bytes:
            return try make(.literal(try literal(token, isNegative: false)), from: place.start, at: place)
        case .identifier("true"): return try make(.literal(.bool(true)), from: place.start, at: place)
        case .identifier("false"): return try make(.literal(.bool(false)), from: place.start, at: place)
        case .identifier("null"): return try make(.literal(.null), from: place.start, at: place)
        case .identifier(let name) where name != "in": return try named(name, from: place.start, at: place)
        case .symbol("."):
            guard case .identifier(let name) = current.kind else { throw unexpected("a name after '.'") }
            let anchor = advance().place
            return try named("." + name, from: place.start, at: anchor)
        case .symbol("("):
            let inner = try expression()
            try expect(")", "to close the parenthesis")
            return inner
        case .symbol("["): return try make(.list(try list(until: "]")), from: place.start, at: place)
        case .symbol("{"): return try map(from: place)
        default:
            position -= token.kind == .end ? 0 : 1
            throw unexpected("a value")
        }
    }

    private mutating func named(_ name: String, from start: Int, at place: Place) throws(CELError) -> Node {
        guard !Lexer.reserved.contains(name) else {
            throw source.error(.syntax, "'\(name)' is a reserved word; choose another name", at: place)
        }
        guard accept("(") != nil else { return try make(.name(name), from: start, at: place) }
        let arguments = try list(until: ")")
        return try call(name, on: nil, arguments, from: start, at: place)
    }

    private func literal(_ token: Token, isNegative: Bool) throws(CELError) -> Value {
        switch token.kind {
        case .int(let magnitude):
            let limit = UInt64(Int64.max) + (isNegative ? 1 : 0)
            guard magnitude <= limit else {
                throw source.error(.syntax, "the number \(magnitude) is too large for an int", at: token.place)
            }
            return .int(isNegative ? Int64(truncatingIfNeeded: 0 &- magnitude) : Int64(magnitude))
        case .uint(let value):
            guard !isNegative else { throw source.error(.syntax, "a uint can't be negative", at: token.place) }
            return .uint(value)
        case .double(let value): return .double(isNegative ? -value : value)
        case .string(let value): return .string(value)
        case .bytes(let value): return .bytes(value)
        default: throw unexpected("a literal")
        }
    }
}

extension Token {
    var isNumber: Bool {
        switch kind {
        case .int, .uint, .double: true
        default: false
        }
    }
}
