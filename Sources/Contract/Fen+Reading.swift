import WorkingDays

extension Fen {
    /// Reads yuan as people write them: `6430`, `6,430.00`, `-12.5`, `￥99`, `80000元整`, `8万`, `1.25 万元`, full-width
    /// digits too. nil for anything else, as for parts of a fen, a comma in the wrong place, an exponent, or more than fits.
    package init?(yuan text: String) {
        guard let amount = WrittenAmount(text) else { return nil }
        self.init(amount.fen)
    }
}

/// An amount taken apart: sign, currency mark, digits, and the units 万, 亿 and 元 behind them.
private struct WrittenAmount {
    let fen: Int64

    init?(_ text: String) {
        guard !text.hasBlankWithinDigits else { return nil }
        var rest = text.plainNumber[...]
        let isNegative = rest.first == "-"
        if isNegative { rest.removeFirst() }
        if let mark = ["¥", "RMB", "CNY", "人民币"].first(where: { rest.hasPrefix($0) }) { rest.removeFirst(mark.count) }
        let unit = ["元整", "圆整", "元正", "圆正", "元", "圆", "yuan"].first { rest.hasSuffix($0) }
        if let unit { rest.removeLast(unit.count) }
        let scale: (fen: Int64, places: Int) =
            switch rest.last {
            case "万": (1_000_000, 6)
            case "亿": (10_000_000_000, 10)
            default: (100, 2)
            }
        if scale.places > 2 { rest.removeLast() }
        let parts = rest.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first.flatMap(Self.whole) else { return nil }
        var part: Int64 = 0
        if parts.count == 2 {
            let places = parts[1].utf8.count
            guard (1...scale.places).contains(places), let digits = Int64(digits: parts[1]) else { return nil }
            part = (places..<scale.places).reduce(digits) { value, _ in value * 10 }
        }
        let (product, isTooLarge) = whole.multipliedReportingOverflow(by: scale.fen)
        let (sum, overflows) = product.addingReportingOverflow(part)
        guard !isTooLarge, !overflows else { return nil }
        fen = isNegative ? -sum : sum
    }

    /// Digits, or groups of three with commas between them.
    private static func whole(_ text: Substring) -> Int64? {
        let groups = text.split(separator: ",", omittingEmptySubsequences: false)
        guard groups.count > 1 else { return Int64(digits: text) }
        guard (1...3).contains(groups[0].utf8.count), groups.dropFirst().allSatisfy({ $0.utf8.count == 3 }) else {
            return nil
        }
        return Int64(digits: groups.joined())
    }
}

extension StringProtocol {
    /// A written number without blanks, and with plain signs and digits for full-width ones.
    var plainNumber: String {
        let scalars = unicodeScalars.filter { !$0.properties.isWhitespace }.map { $0 == "￥" ? "¥" : $0.narrowed }
        return String(String.UnicodeScalarView(scalars))
    }

    /// Whether a blank stands between two digits: that is two numbers, as of a cell with two lines.
    var hasBlankWithinDigits: Bool {
        let words = split(whereSeparator: \.isWhitespace)
        return zip(words, words.dropFirst()).contains {
            $0.last?.isDecimalDigit == true && $1.first?.isDecimalDigit == true
        }
    }
}

extension Character {
    /// A digit of any script; 万 is a number, too, and none.
    fileprivate var isDecimalDigit: Bool { unicodeScalars.first?.properties.generalCategory == .decimalNumber }
}
