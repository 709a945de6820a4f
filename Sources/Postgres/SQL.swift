/// A statement with its binds: every `\(value)` of the literal becomes a bind, raw text has to say `unescaped:`.
public struct SQL: Sendable {
    /// What the server reads: the literal with `$1`, `$2`… in place of the values.
    public let text: String
    public let parameters: [Parameter]
    /// The text between the binds, one piece more than binds, so that statements can be nested and renumbered.
    let pieces: [String]

    init(pieces: [String], parameters: [Parameter]) {
        var text = pieces[0]
        for (index, piece) in pieces.dropFirst().enumerated() {
            text += "$\(index + 1)"
            text += piece
        }
        self.text = text
        self.pieces = pieces
        self.parameters = parameters
    }

    /// A statement without binds whose text is not a literal, as a migration's.
    public init(unescaped text: String) {
        self.init(pieces: [text], parameters: [])
    }

    /// The two statements as one text, the binds of the second numbered after those of the first.
    public static func + (first: SQL, second: SQL) -> SQL {
        var interpolation = StringInterpolation(literalCapacity: 0, interpolationCount: 0)
        interpolation.appendInterpolation(first)
        interpolation.appendInterpolation(second)
        return SQL(stringInterpolation: interpolation)
    }

    public static func += (first: inout SQL, second: SQL) {
        first = first + second
    }

    /// An SQL name in double quotes, for the few statements that take no binds (`LISTEN`, `CREATE DATABASE`).
    public static func quoted(identifier: String) -> String {
        "\"" + identifier.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    /// True for the statements worth a plan of their own on the server; all others are sent as they stand.
    var isPreparable: Bool {
        let start = text.utf8.drop { $0 <= UInt8(ascii: " ") || $0 == UInt8(ascii: "(") }
        // A letter's case is one bit.
        let word = start.lazy.map { $0 | 0x20 }.prefix { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") }
        return Self.preparable.contains { word.elementsEqual($0.utf8) }
    }

    private static let preparable = [
        "select", "insert", "update", "delete", "with", "merge", "values", "table",
    ]
}

extension SQL: ExpressibleByStringInterpolation {
    public init(stringLiteral value: String) {
        self.init(pieces: [value], parameters: [])
    }

    public init(stringInterpolation interpolation: StringInterpolation) {
        self.init(pieces: interpolation.pieces, parameters: interpolation.parameters)
    }

    /// Collects the pieces and binds of a literal.
    public struct StringInterpolation: StringInterpolationProtocol {
        var pieces = [""]
        var parameters: [Parameter] = []

        public init(literalCapacity: Int, interpolationCount: Int) {
            pieces.reserveCapacity(interpolationCount + 1)
            parameters.reserveCapacity(interpolationCount)
        }

        public mutating func appendLiteral(_ literal: String) {
            pieces[pieces.count - 1] += literal
        }

        public mutating func appendInterpolation(_ value: some ParameterEncodable) {
            parameters.append(value.parameter)
            pieces.append("")
        }

        /// nil is NULL of the value's type; said apart, since the compiler warns of optionals it thinks are being printed.
        public mutating func appendInterpolation<Value: ParameterEncodable>(_ value: Value?) {
            parameters.append(value.parameter)
            pieces.append("")
        }

        public mutating func appendInterpolation(_ fragment: SQL) {
            pieces[pieces.count - 1] += fragment.pieces[0]
            pieces += fragment.pieces.dropFirst()
            parameters += fragment.parameters
        }

        public mutating func appendInterpolation(fragment: SQL) {
            appendInterpolation(fragment)
        }

        public mutating func appendInterpolation(unescaped text: String) {
            appendLiteral(text)
        }

        public mutating func appendInterpolation(identifier name: String) {
            appendLiteral(SQL.quoted(identifier: name))
        }
    }
}
