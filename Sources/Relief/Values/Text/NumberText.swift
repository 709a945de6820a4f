import Contract
import WorkingDays

/// Numbers of people and accounts as they come in: identity, phone, account, branch, credit code.
enum NumberText {
    /// Without blanks of any width, dashes and what can't be seen, full-width digits and letters as plain ones, and without
    /// the apostrophe that tells a spreadsheet to leave a number alone. What else stands in it stays, for its rule to refuse.
    static func cleaned(_ text: some StringProtocol) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where !isIgnored(scalar) {
            scalars.append(scalar.narrowed)
        }
        while let first = scalars.first, apostrophes.contains(first) { scalars.removeFirst() }
        return String(scalars)
    }

    /// Whether a spreadsheet wrote it as a rounded number: `6.22588E+18`.
    static func isScientific(_ cleaned: String) -> Bool {
        cleaned.uppercased().wholeMatch(of: /[0-9](\.[0-9]*)?E\+?[0-9]{1,2}/) != nil
    }

    /// Whether it looks cut by a spreadsheet, which keeps fifteen digits of a number and writes zeros for the others. A
    /// single zero proves nothing: every tenth number ends so.
    static func isRounded(_ digits: String) -> Bool {
        let rest = digits.utf8.dropFirst(15)
        return rest.count >= 2 && rest.allSatisfy { $0 == UInt8(ascii: "0") }
    }

    /// What is said of a number that a spreadsheet made unreadable.
    static func rounded(_ what: Phrase) -> Phrase {
        Phrase(
            "A spreadsheet kept only fifteen digits of the \(what.en), the others are lost; make its column text and enter it again.",
            "\(what.zh)被电子表格当作数值，只剩前十五位；请把该列设为“文本”后重新录入。")
    }

    private static let apostrophes: Set<Unicode.Scalar> = ["'", "\u{2018}", "\u{2019}", "`"]

    private static func isIgnored(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || scalar.isInvisible || scalar.properties.isVariationSelector
            || scalar.properties.generalCategory == .dashPunctuation || scalar == "\u{2212}"
    }
}
