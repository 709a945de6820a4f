extension StringProtocol {
    /// Whether it is the digits 0 to 9 alone, and at least one.
    package var isDigits: Bool { !isEmpty && utf8.allSatisfy { (48...57).contains($0) } }
}

extension FixedWidthInteger {
    /// Reads what is written in the digits 0 to 9 alone. nil for everything else, a sign, blanks and the digits of other
    /// scripts included, and for a number that doesn't fit. `Int(…)` takes a plus: text of people and files is read by this.
    package init?(digits text: some StringProtocol) {
        guard text.isDigits else { return nil }
        self.init(String(text))
    }
}

extension FixedWidthInteger where Self: SignedInteger {
    /// The same, with a minus before it or without.
    package init?(decimal text: some StringProtocol) {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard Self(digits: digits) != nil || Self(String(text)) == .min else { return nil }
        self.init(String(text))
    }
}

extension Unicode.Scalar {
    /// The character of ASCII that a full-width one stands for (U+FF01 to U+FF5E); any other as it is.
    package var narrowed: Unicode.Scalar {
        (0xFF01...0xFF5E).contains(value) ? Unicode.Scalar(UInt8(value - 0xFEE0)) : self
    }
}
