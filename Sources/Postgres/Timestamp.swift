import FoundationEssentials

/// An instant in whole microseconds since 1970 UTC, as `timestamptz` keeps it.
struct Timestamp: Equatable {
    let microseconds: Int64

    init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// A `Date` counts seconds from 2001 in a `Double`, exact to better than a microsecond for some centuries. One that is
    /// further away than 285,000 years comes as near as that.
    init(_ date: Date) {
        let microseconds = (date.timeIntervalSinceReferenceDate * 1e6).rounded()
        self.microseconds = Int64(min(max(microseconds, -9e18), 9e18)) + Self.reference
    }

    var date: Date { Date(timeIntervalSinceReferenceDate: Double(microseconds - Self.reference) / 1e6) }

    private static let reference: Int64 = 978_307_200_000_000
    private static let day: Int64 = 86_400_000_000

    var text: String {
        let days = microseconds >= 0 ? microseconds / Self.day : (microseconds - Self.day + 1) / Self.day
        let time = microseconds - days * Self.day
        let (year, month, dayOfMonth) = Self.civil(days)
        var text: [UInt8] = []
        text.reserveCapacity(32)
        Self.append(year > 0 ? year : 1 - year, width: 4, to: &text)
        for (separator, value) in [
            ("-", month), ("-", dayOfMonth), (" ", time / 3_600_000_000), (":", time / 60_000_000 % 60),
            (":", time / 1_000_000 % 60),
        ] as [(Unicode.Scalar, Int64)] {
            text.append(UInt8(ascii: separator))
            Self.append(value, width: 2, to: &text)
        }
        text.append(UInt8(ascii: "."))
        Self.append(time % 1_000_000, width: 6, to: &text)
        return String(decoding: text, as: UTF8.self) + (year > 0 ? "+00" : "+00 BC")
    }

    /// Reads `2026-11-22 17:22:36.123456+08:30`; nil for anything else, also for `infinity` and for a missing zone.
    init?(text: some Collection<UInt8>) {
        var reader = DigitReader(rest: Array(text)[...])
        guard let year = reader.number(4...6), reader.skip("-"), let month = reader.number(2...2), reader.skip("-"),
            let day = reader.number(2...2), reader.skip(" "), let hour = reader.number(2...2), reader.skip(":"),
            let minute = reader.number(2...2), reader.skip(":"), let second = reader.number(2...2)
        else { return nil }
        var fraction: Int64 = 0
        if reader.skip(".") {
            let digits = reader.rest.count
            guard let value = reader.number(1...6) else { return nil }
            fraction = (0..<(6 - digits + reader.rest.count)).reduce(value) { value, _ in value * 10 }
        }
        guard let sign: Int64 = reader.skip("+") ? 1 : reader.skip("-") ? -1 : nil, var zone = reader.number(2...2)
        else { return nil }
        zone *= 3600
        if reader.skip(":") {
            guard let minutes = reader.number(2...2) else { return nil }
            zone += minutes * 60
        }
        if reader.skip(":") {
            guard let seconds = reader.number(2...2) else { return nil }
            zone += seconds
        }
        let isBC = reader.skip(" ") && reader.skip("B") && reader.skip("C")
        guard reader.rest.isEmpty else { return nil }
        let days = Self.days(isBC ? 1 - year : year, month, day)
        microseconds = (days * 86_400 + hour * 3600 + minute * 60 + second - sign * zone) * 1_000_000 + fraction
    }

    private static func append(_ value: Int64, width: Int, to text: inout [UInt8]) {
        let digits = String(value).utf8
        for _ in digits.count..<max(width, digits.count) { text.append(UInt8(ascii: "0")) }
        text += digits
    }

    /// Days since 1970 of a date of the proleptic Gregorian calendar; years run from March so that leap days end them.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(_ days: Int64) -> (Int64, Int64, Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }
}

/// Reads digits and separators from the front of a text.
private struct DigitReader {
    var rest: ArraySlice<UInt8>

    mutating func number(_ width: ClosedRange<Int>) -> Int64? {
        let digits = rest.prefix(width.upperBound).prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        guard digits.count >= width.lowerBound else { return nil }
        rest = rest[digits.endIndex...]
        return digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    }

    mutating func skip(_ byte: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: byte) else { return false }
        rest.removeFirst()
        return true
    }
}
