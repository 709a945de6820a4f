extension Day {
    /// Reads a day as people and sheets write it: `2026-08-03`, `2026/8/3`, `2026.8.3`, `20260803`, `2026年8月3日`, in
    /// full-width characters too. nil for all else: a year of two digits, two kinds of separators, a time of day.
    package init?(written text: some StringProtocol) {
        let text = Self.narrowed(text)
        guard text.utf8.count != 8 || Int(digits: text) == nil else {
            self.init(packed: text)
            return
        }
        let isChinese = text.hasSuffix("日")
        let found = isChinese ? Self.parts(text.dropLast(), between: "年", "月") : Self.separated(text)
        guard let found, found[0].utf8.count == 4, (1...2).contains(found[1].utf8.count),
            (1...2).contains(found[2].utf8.count), let year = Int(digits: found[0]), let month = Int(digits: found[1]),
            let day = Int(digits: found[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// Reads a cell of a column of dates: what is written as above, also with the midnight that spreadsheets add
    /// (`2026/8/3 0:00:00`), or a spreadsheet's serial number of five digits (1927 to 2173).
    package init?(cell text: some StringProtocol) {
        let text = Self.narrowed(text)
        if text.utf8.count == 5, let serial = Int(digits: text) {
            self.init(serial: serial)
            return
        }
        let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 1 || Self.midnights.contains(String(parts[1])) else { return nil }
        self.init(written: parts[0])
    }

    private static let midnights: Set = ["0:00", "00:00", "0:00:00", "00:00:00"]

    /// The day of a spreadsheet's serial number (the 1900 date system: 1 is 1900-01-01). nil outside the years 1900 to
    /// 9999, and for 60, the 29 February 1900 that these programs know and the calendar doesn't.
    package init?(serial: Int) {
        guard (1...2_958_465).contains(serial), serial != 60 else { return nil }
        // 25,569 is 1970-01-01; before the day that never was, the numbers are one too small.
        self.init(number: serial - (serial < 60 ? 25_568 : 25_569))
    }

    private init?(packed text: String) {
        let digits = Array(text)
        guard let year = Int(digits: String(digits[0..<4])), let month = Int(digits: String(digits[4..<6])),
            let day = Int(digits: String(digits[6..<8]))
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    private static func separated(_ text: String) -> [Substring]? {
        for separator: Character in ["-", "/", "."] {
            if let found = parts(text[...], between: separator, separator) { return found }
        }
        return nil
    }

    /// The three texts around two separators; nil where they don't stand there, or one stands once more.
    private static func parts(_ text: Substring, between one: Character, _ other: Character) -> [Substring]? {
        guard let first = text.firstIndex(of: one) else { return nil }
        let rest = text[text.index(after: first)...]
        guard let second = rest.firstIndex(of: other) else { return nil }
        return [text[..<first], rest[..<second], rest[rest.index(after: second)...]]
    }

    /// Full-width forms (２０２６／８／３) as the ASCII that they stand for.
    private static func narrowed(_ text: some StringProtocol) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map(\.narrowed)))
    }
}
