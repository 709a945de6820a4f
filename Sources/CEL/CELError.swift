/// Why an expression was refused at load time, or gave an error instead of a value; with the place in its source.
package struct CELError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: String, Sendable, Hashable, Codable {
        /// The text is not CEL.
        case syntax
        /// A name, field, function or record that the environment does not declare.
        case undeclared
        /// Operands or a result of the wrong type, found at load time.
        case wrongType
        /// Something the environment forbids, such as doubles where money is.
        case forbidden
        /// The source is too long, too deep, or the evaluation cost more than its budget.
        case limit
        /// A declared variable was given no value.
        case unbound
        /// A variable was given, or a host function returned, a value of another type than declared.
        case wrongBinding
        /// No operator or function for values of these types (at run time, on `dyn`).
        case noOverload
        case noSuchField, noSuchKey, outOfRange, overflow, divisionByZero
        /// A text or number that a conversion can't take.
        case badConversion
        /// A host function failed.
        case function
    }

    package let code: Code
    /// What is wrong and what to do about it, one sentence.
    package let message: String
    /// 1-based, within the source of the expression.
    package let line: Int
    /// 1-based, in Unicode scalars.
    package let column: Int
    /// The field, key or variable that has no value, where it is for want of one.
    package let subject: String?
    /// The line of the source, and under it a caret at the column.
    package let excerpt: String

    package init(
        _ code: Code, _ message: String, line: Int = 1, column: Int = 1, excerpt: String = "", subject: String? = nil
    ) {
        self.code = code
        self.message = message
        self.line = line
        self.column = column
        self.excerpt = excerpt
        self.subject = subject
    }

    package var description: String { "line \(line), column \(column): \(message)" }

    /// A spent budget ends the evaluation; it is not an error that `||` may absorb.
    var isFinal: Bool { code == .limit }
}

/// The source of an expression, from which errors cut their excerpt and the trace its texts.
struct SourceText: Sendable {
    let text: String
    let scalars: [Unicode.Scalar]

    init(_ text: String) {
        self.text = text
        scalars = Array(text.unicodeScalars)
    }

    func slice(_ place: Place) -> String {
        String(String.UnicodeScalarView(scalars[place.start..<place.end]))
    }

    func error(_ code: CELError.Code, _ message: String, at place: Place, about subject: String? = nil) -> CELError {
        CELError(
            code, message, line: place.line, column: place.column, excerpt: excerpt(place.line, place.column),
            subject: subject)
    }

    /// Without the excerpt, which takes longer than all the rest where the source is long.
    func bare(_ code: CELError.Code, _ message: String, at place: Place, about subject: String? = nil) -> CELError {
        CELError(code, message, line: place.line, column: place.column, excerpt: "", subject: subject)
    }

    func excerpted(_ error: CELError) -> CELError {
        guard error.excerpt.isEmpty else { return error }
        return CELError(
            error.code, error.message, line: error.line, column: error.column,
            excerpt: excerpt(error.line, error.column), subject: error.subject)
    }

    private func excerpt(_ line: Int, _ column: Int) -> String {
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r" || $0 == "\r\n" }
        guard line <= lines.count else { return "" }
        let row = lines[line - 1]
        // A wide character takes an ideographic space, so that the caret stands under its column.
        let indent = row.unicodeScalars.prefix(column - 1)
            .map { $0 == "\t" ? "\t" : $0.value >= 0x2E80 ? "\u{3000}" : " " }
        return "\(row)\n\(indent.joined())^"
    }
}

/// The declared word nearest to a misspelt one, for the advice in an error.
func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    let wanted = Array(word.lowercased().utf8)
    let limit = max(1, wanted.count / 3)
    return candidates.map { ($0, distance(wanted, Array($0.lowercased().utf8))) }
        .filter { $0.1 <= limit }
        .min { $0.1 != $1.1 ? $0.1 < $1.1 : $0.0 < $1.0 }?.0
}

private func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, y) in b.enumerated() {
            let above = row[j + 1]
            row[j + 1] = min(above + 1, row[j] + 1, diagonal + (x == y ? 0 : 1))
            diagonal = above
        }
    }
    return row[b.count]
}
