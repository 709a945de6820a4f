/// A statement with its binds: every `\(value)` of the literal becomes a bind, raw text has to say `unescaped:`.
package struct SQL: Sendable {
    /// What the server reads: the literal with `$1`, `$2`… in place of the values.
    package let text: String
    package let parameters: [Parameter]
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
    package init(unescaped text: String) {
        self.init(pieces: [text], parameters: [])
    }

    /// The two statements as one text, the binds of the second numbered after those of the first.
    package static func + (first: SQL, second: SQL) -> SQL {
        var interpolation = StringInterpolation(literalCapacity: 0, interpolationCount: 0)
        interpolation.appendInterpolation(first)
        interpolation.appendInterpolation(second)
        return SQL(stringInterpolation: interpolation)
    }

    package static func += (first: inout SQL, second: SQL) {
        first = first + second
    }

    /// An SQL name in double quotes, for the few statements that take no binds (`LISTEN`, `CREATE DATABASE`).
    package static func quoted(identifier: String) -> String {
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
    package init(stringLiteral value: String) {
        self.init(pieces: [value], parameters: [])
    }

    package init(stringInterpolation interpolation: StringInterpolation) {
        self.init(pieces: interpolation.pieces, parameters: interpolation.parameters)
    }

    /// Collects the pieces and binds of a literal.
    package struct StringInterpolation: StringInterpolationProtocol {
        var pieces = [""]
        var parameters: [Parameter] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            pieces.reserveCapacity(interpolationCount + 1)
            parameters.reserveCapacity(interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) {
            pieces[pieces.count - 1] += literal
        }

        package mutating func appendInterpolation(_ value: some ParameterEncodable) {
            parameters.append(value.parameter)
            pieces.append("")
        }

        /// nil is NULL of the value's type; said apart, since the compiler warns of optionals it thinks are being printed.
        package mutating func appendInterpolation<Value: ParameterEncodable>(_ value: Value?) {
            parameters.append(value.parameter)
            pieces.append("")
        }

        package mutating func appendInterpolation(_ fragment: SQL) {
            pieces[pieces.count - 1] += fragment.pieces[0]
            pieces += fragment.pieces.dropFirst()
            parameters += fragment.parameters
        }

        package mutating func appendInterpolation(fragment: SQL) {
            appendInterpolation(fragment)
        }

        package mutating func appendInterpolation(unescaped text: String) {
            appendLiteral(text)
        }

        package mutating func appendInterpolation(identifier name: String) {
            appendLiteral(SQL.quoted(identifier: name))
        }
    }
}
