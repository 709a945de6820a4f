/// A word of the source with its place.
struct Token: Sendable {
    enum Kind: Sendable, Hashable {
        case identifier(String)
        /// A field name in backticks, which may hold dots, dashes and spaces.
        case quotedField(String)
        case int(UInt64), uint(UInt64), double(Double)
        case string(String), bytes([UInt8])
        case symbol(String)
        case end
    }

    let kind: Kind
    let place: Place
}

/// Cuts a source into tokens; strings come out with their escapes resolved.
struct Lexer {
    let source: SourceText
    var offset = 0
    private var line = 1
    private var lineStart = 0

    init(_ source: SourceText) {
        self.source = source
    }

    static let reserved: Set<String> = [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    ]
    private static let keywords: Set<String> = ["true", "false", "null", "in"]
    private static let symbols = [
        "&&", "||", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", ",", ".", "(", ")", "[",
        "]", "{", "}",
    ].map { (text: $0, scalars: Array($0.unicodeScalars)) }

    /// Whether `name` can follow a dot without backticks.
    static func isSelector(_ name: String) -> Bool {
        guard let first = name.unicodeScalars.first, isLetter(first), !keywords.contains(name) else { return false }
        return name.unicodeScalars.allSatisfy { isLetter($0) || isDigit($0) }
    }

    mutating func tokens() throws(CELError) -> [Token] {
        var tokens: [Token] = []
        repeat { tokens.append(try next()) } while tokens[tokens.count - 1].kind != .end
        return tokens
    }

    var current: Unicode.Scalar? { peek(0) }

    func peek(_ ahead: Int) -> Unicode.Scalar? {
        offset + ahead < source.scalars.count ? source.scalars[offset + ahead] : nil
    }

    func place(from start: Int) -> Place {
        Place(start: start, end: offset, line: line, column: start - lineStart + 1)
    }

    func failure(_ message: String, at start: Int) -> CELError {
        source.error(.syntax, message, at: place(from: start))
    }

    private mutating func next() throws(CELError) -> Token {
        skipBlank()
        let start = offset
        let at = place(from: start)
        guard let first = current else { return Token(kind: .end, place: at) }
        let kind: Token.Kind
        if let string = try stringLiteral() {
            kind = string
        } else if Self.isLetter(first) {
            kind = .identifier(word())
        } else if Self.isDigit(first) || (first == "." && peek(1).map(Self.isDigit) == true) {
            kind = try number()
        } else if first == "`" {
            kind = .quotedField(try quotedField())
        } else if let symbol = Self.symbols.first(where: { matches($0.scalars) }) {
            offset += symbol.scalars.count
            kind = .symbol(symbol.text)
        } else {
            throw failure(Self.advice(on: first), at: start)
        }
        return Token(kind: kind, place: Place(start: start, end: offset, line: at.line, column: at.column))
    }

    private func matches(_ scalars: [Unicode.Scalar]) -> Bool {
        scalars.indices.allSatisfy { peek($0) == scalars[$0] }
    }

    private mutating func skipBlank() {
        while let scalar = current {
            if scalar == "/", peek(1) == "/" {
                while let next = current, next != "\n", next != "\r" { offset += 1 }
            } else if scalar == "\n" || scalar == "\r" || scalar == "\t" || scalar == " " || scalar == "\u{0C}" {
                passNewline(scalar)
                offset += 1
            } else {
                return
            }
        }
    }

    /// Counts a line when the scalar at `offset` ends one; CR LF is one line.
    mutating func passNewline(_ scalar: Unicode.Scalar) {
        guard scalar == "\n" || (scalar == "\r" && peek(1) != "\n") else { return }
        line += 1
        lineStart = offset + 1
    }

    private mutating func word() -> String {
        take { Self.isLetter($0) || Self.isDigit($0) }
    }

    mutating func take(while accepted: (Unicode.Scalar) -> Bool) -> String {
        let start = offset
        while let scalar = current, accepted(scalar) { offset += 1 }
        return String(String.UnicodeScalarView(source.scalars[start..<offset]))
    }

    private mutating func quotedField() throws(CELError) -> String {
        let start = offset
        offset += 1
        let name = take { Self.isLetter($0) || Self.isDigit($0) || $0 == "." || $0 == "-" || $0 == "/" || $0 == " " }
        guard current == "`", !name.isEmpty else {
            throw failure("a field name in backticks holds letters, digits, '.', '-', '/' and spaces", at: start)
        }
        offset += 1
        return name
    }

    private mutating func number() throws(CELError) -> Token.Kind {
        let start = offset
        if current == "0", peek(1) == "x" || peek(1) == "X", peek(2).map(\.properties.isASCIIHexDigit) == true {
            offset += 2
            return try integer(take(while: \.properties.isASCIIHexDigit), radix: 16, from: start)
        }
        var text = take(while: Self.isDigit)
        var isDouble = false
        if current == ".", peek(1).map(Self.isDigit) == true {
            offset += 1
            text += "." + take(while: Self.isDigit)
            isDouble = true
        }
        if current == "e" || current == "E" {
            let sign = peek(1) == "+" || peek(1) == "-"
            if peek(sign ? 2 : 1).map(Self.isDigit) == true {
                offset += 1
                text += "e" + take { $0 == "+" || $0 == "-" } + take(while: Self.isDigit)
                isDouble = true
            }
        }
        guard isDouble else { return try integer(text, radix: 10, from: start) }
        guard let value = Double(text.hasPrefix(".") ? "0" + text : text), value.isFinite else {
            throw failure("the number \(text) is too large for a double", at: start)
        }
        try refuseTail(from: start)
        return .double(value)
    }

    private mutating func integer(_ digits: String, radix: Int, from start: Int) throws(CELError) -> Token.Kind {
        guard let value = UInt64(digits, radix: radix) else {
            throw failure("the number \(digits) does not fit in 64 bits", at: start)
        }
        let isUnsigned = current == "u" || current == "U"
        if isUnsigned { offset += 1 }
        try refuseTail(from: start)
        return isUnsigned ? .uint(value) : .int(value)
    }

    private func refuseTail(from start: Int) throws(CELError) {
        guard let scalar = current, Self.isLetter(scalar) || Self.isDigit(scalar) else { return }
        throw failure("'\(scalar)' can't follow a number; put a space or an operator between them", at: start)
    }

    static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }

    static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static let fullWidth: [Unicode.Scalar: String] = [
        "，": ",", "（": "(", "）": ")", "：": ":", "？": "?", "！": "!", "“": "\"", "”": "\"", "‘": "'", "’": "'",
        "【": "[", "】": "]", "、": ",", "。": ".", "《": "<", "》": ">", "≤": "<=", "≥": ">=", "≠": "!=", "×": "*", "÷": "/",
        "＜": "<", "＞": ">", "＝": "==", "＋": "+", "－": "-", "；": ",", "\u{3000}": " ", "\u{A0}": " ",
    ]

    private static func advice(on scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "=": return "'=' is no operator; write '==' to compare"
        case "&": return "'&' is no operator; write '&&'"
        case "|": return "'|' is no operator; write '||'"
        case ";": return "an expression has no ';'; join conditions with '&&' or '||'"
        default: break
        }
        if let plain = fullWidth[scalar] {
            return "'\(scalar)' is a full-width character; write '\(plain)'"
        }
        if scalar.value > 127 {
            return "'\(scalar)' can't stand outside a string; names are written with a-z, 0-9 and '_'"
        }
        let shown = scalar.value < 0x20 ? "U+" + String(scalar.value, radix: 16) : String(scalar)
        return "'\(shown)' has no meaning here"
    }
}
