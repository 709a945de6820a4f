import Contract
import FoundationEssentials

/// A reason that a person gives for an act, as the audit log keeps it for ever: it must not hold personal data.
enum PublicReason {
    /// The trimmed reason. Refuses one that is empty, longer than 500 characters, or holds a number as long as a phone or
    /// identity number, or one of the names given.
    static func checked(_ text: String, field: String = "reason", without names: [String] = []) throws -> String {
        let reason = text.trimmingWhitespace
        guard !reason.isEmpty, reason.count <= 500 else {
            throw Refusal.invalid("Say why, in at most 500 characters.", field: field)
        }
        var run = 0
        for character in reason where !character.isWhitespace && character != "-" {
            run = character.isNumber ? run + 1 : 0
            if run >= 9 { throw personal(field) }
        }
        if names.contains(where: { !$0.isEmpty && reason.contains($0) }) { throw personal(field) }
        return reason
    }

    private static func personal(_ field: String) -> Refusal {
        Refusal.invalid(
            "The reason stays in the audit log for ever: leave out names, identity, phone and account numbers.",
            field: field)
    }
}

extension StringProtocol {
    /// Without line breaks and other control characters.
    var isOneLine: Bool {
        unicodeScalars.allSatisfy {
            ![.control, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
        }
    }

    /// Whether it is the same to the byte, as PostgreSQL compares: `==` also holds where the same character is written by
    /// another code point, as U+F90A for 金, and what is plain here is then not in the database.
    func isSameText(as other: String) -> Bool {
        utf8.elementsEqual(other.utf8)
    }

    /// Without white space at both ends.
    var trimmingWhitespace: String {
        let start = drop { $0.isWhitespace }
        let count = start.reversed().prefix { $0.isWhitespace }.count
        return String(start.dropLast(count))
    }
}
