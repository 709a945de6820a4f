/// Sentences that people write or copy: reasons, findings, notes, addresses.
package enum FreeText {
    /// The text without what can't be seen: marks of direction would show it otherwise than it reads, and a word with a
    /// joiner inside would pass for another. U+0000 stays: it is no slip of a keyboard, and the database refuses it.
    package static func visible(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isDropped) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.filter { !isDropped($0) }))
    }

    /// The same without blanks at the ends, a line end as one character, a tab as a blank.
    package static func cleaned(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in visible(text).replacing("\r\n", with: "\n").unicodeScalars {
            switch scalar {
            case "\t": scalars.append(" ")
            case "\r", "\u{85}", "\u{2028}", "\u{2029}": scalars.append("\n")
            default: scalars.append(scalar)
            }
        }
        return String(scalars).trimmingWhitespace
    }

    private static func isDropped(_ scalar: Unicode.Scalar) -> Bool { scalar != "\u{0}" && scalar.isInvisible }
}

extension StringProtocol {
    /// Characters as the database counts them. `count` counts what a reader sees as one, which may be a letter under a
    /// thousand accents: no bound is measured by it.
    package var length: Int { unicodeScalars.count }

    /// Without white space at both ends.
    package var trimmingWhitespace: String {
        let start = drop { $0.isWhitespace }
        let count = start.reversed().prefix { $0.isWhitespace }.count
        return String(start.dropLast(count))
    }
}
