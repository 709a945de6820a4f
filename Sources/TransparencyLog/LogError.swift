/// What is wrong with a log, a note or a proof, and where.
package struct LogError: Error, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// Bytes or text that do not have the form they must have.
        case malformed
        /// A key or signature type that this program does not know.
        case unsupported
        /// A known key's signature that does not fit the text.
        case forged
        /// No signature of a known key, or too few witnesses.
        case unsigned
        /// A hash that is not what the tree, the root or the proof says.
        case inconsistent
        /// An index or size outside the tree.
        case outOfRange
    }

    package let code: Code
    package let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { "\(code.rawValue): \(message)" }
}
