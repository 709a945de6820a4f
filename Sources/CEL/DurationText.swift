/// The text of a duration: read as `1h30m`, `-1.5s`, `20ms`; written in seconds.
enum DurationText {
    /// The range that the CEL specification allows: about 10,000 years either way.
    static let range = Duration.seconds(-315_576_000_000)...Duration.seconds(315_576_000_000)

    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("ns", 1), ("us", 1_000), ("µs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000),
        ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]

    /// nil for text that is no duration, or one out of range.
    static func parse(_ text: String) -> Duration? {
        var reader = DigitReader(text)
        let isNegative = reader.accept("-")
        if !isNegative { _ = reader.accept("+") }
        if text.hasSuffix("0"), reader.accept("0"), reader.isAtEnd { return .zero }
        var total = Duration.zero
        repeat {
            guard let part = part(&reader) else { return nil }
            total += part
            if !range.contains(total) { return nil }
        } while !reader.isAtEnd
        return isNegative ? .zero - total : total
    }

    private static func part(_ reader: inout DigitReader) -> Duration? {
        let whole = reader.digits()
        var billionths: Int64 = 0
        if reader.accept(".") {
            guard let fraction = reader.fraction() else { return nil }
            billionths = fraction
        } else if whole.isEmpty {
            return nil
        }
        guard whole.count <= 18, let unit = units.first(where: { reader.accept($0.name) }) else { return nil }
        let count = whole.reduce(0) { $0 * 10 + $1 }
        // Whole units and the fraction apart: together they would not fit in 64 bits of nanoseconds.
        let (perSecond, belowSecond) = unit.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        let fraction = Duration.nanoseconds(billionths * perSecond + billionths * belowSecond / 1_000_000_000)
        guard perSecond > 0 else {
            let scale = 1_000_000_000 / unit.nanoseconds
            return .seconds(count / scale) + .nanoseconds(count % scale * unit.nanoseconds) + fraction
        }
        let (seconds, overflow) = count.multipliedReportingOverflow(by: perSecond)
        return overflow ? nil : .seconds(seconds) + fraction
    }

    static func format(_ duration: Duration) -> String {
        let (seconds, atto) = duration.components
        let sign = seconds < 0 || atto < 0 ? "-" : ""
        return "\(sign)\(abs(seconds))\(DigitReader.fractionText(abs(atto / 1_000_000_000)))s"
    }
}
