package import FoundationEssentials
import WorkingDays

/// An instant of CEL, to the nanosecond, from year 1 to year 9999.
package struct Timestamp: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Since 1970-01-01T00:00:00Z.
    package let seconds: Int64
    /// 0 to 999,999,999, counted forwards also before 1970.
    package let nanoseconds: Int64

    private static let range: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// nil outside the years 1 to 9999.
    package init?(seconds: Int64, nanoseconds: Int64 = 0) {
        guard Self.range.contains(seconds), (0..<1_000_000_000).contains(nanoseconds) else { return nil }
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// The instant to the microsecond, which is as fine as PostgreSQL keeps it; nil outside the years 1 to 9999.
    package init?(_ date: Date) {
        let microseconds = (date.timeIntervalSince1970 * 1_000_000).rounded()
        guard abs(microseconds) < 1e18 else { return nil }
        let (seconds, rest) = Self.floored(Int64(microseconds), 1_000_000)
        self.init(seconds: seconds, nanoseconds: rest * 1_000)
    }

    package var date: Date {
        Date(timeIntervalSince1970: Double(seconds) + Double(nanoseconds) / 1_000_000_000)
    }

    package static func < (a: Timestamp, b: Timestamp) -> Bool {
        (a.seconds, a.nanoseconds) < (b.seconds, b.nanoseconds)
    }

    /// nil on leaving the years 1 to 9999.
    func adding(_ duration: Duration) -> Timestamp? {
        let (whole, atto) = duration.components
        let (carry, rest) = Self.floored(nanoseconds + atto / 1_000_000_000, 1_000_000_000)
        return Timestamp(seconds: seconds + whole + carry, nanoseconds: rest)
    }

    func since(_ other: Timestamp) -> Duration {
        .seconds(seconds - other.seconds) + .nanoseconds(nanoseconds - other.nanoseconds)
    }

    static func floored(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

extension Timestamp {
    /// Reads RFC 3339: `2026-11-22T09:30:00Z`, with a fraction or an offset (`+08:00`); nil for anything else.
    package init?(_ text: String) {
        var reader = DigitReader(text)
        guard let year = reader.number(4), reader.accept("-"), let month = reader.number(2), reader.accept("-"),
            let day = reader.number(2), reader.accept("T") || reader.accept("t"), let hour = reader.number(2),
            reader.accept(":"), let minute = reader.number(2), reader.accept(":"), let second = reader.number(2),
            hour < 24, minute < 60, second < 60,
            let civil = Day(year: Int(year), month: Int(month), day: Int(day))
        else { return nil }
        var nanoseconds: Int64 = 0
        if reader.accept(".") {
            guard let fraction = reader.fraction() else { return nil }
            nanoseconds = fraction
        }
        var offset: Int64 = 0
        if !reader.accept("Z"), !reader.accept("z") {
            let isWest = reader.accept("-")
            guard isWest || reader.accept("+"), let hours = reader.number(2), reader.accept(":"),
                let minutes = reader.number(2), hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * (isWest ? -60 : 60)
        }
        guard reader.isAtEnd else { return nil }
        let seconds = Int64(civil.number) * 86_400 + hour * 3_600 + minute * 60 + second - offset
        self.init(seconds: seconds, nanoseconds: nanoseconds)
    }

    /// RFC 3339 in UTC, with as many digits of fraction as there are.
    package var description: String {
        let (days, time) = Self.floored(seconds, 86_400)
        let parts = [(time / 3_600), (time / 60 % 60), (time % 60)].map { DigitReader.padded($0, 2) }
        return Day(number: Int(days)).description + "T" + parts.joined(separator: ":")
            + DigitReader.fractionText(nanoseconds) + "Z"
    }
}

/// Reads the fixed-width numbers of dates, times and durations.
struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = text[...].utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func accept(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func accept(_ word: String) -> Bool {
        guard rest.starts(with: word.utf8) else { return false }
        rest.removeFirst(word.utf8.count)
        return true
    }

    mutating func digits() -> [Int64] {
        let found = rest.prefix { (48...57).contains($0) }
        rest.removeFirst(found.count)
        return found.map { Int64($0) - 48 }
    }

    mutating func number(_ width: Int) -> Int64? {
        let found = rest.prefix(width)
        guard found.count == width, found.allSatisfy({ (48...57).contains($0) }) else { return nil }
        rest.removeFirst(width)
        return found.reduce(0) { $0 * 10 + Int64($1) - 48 }
    }

    /// The digits after a decimal point, in billionths; finer digits are dropped.
    mutating func fraction() -> Int64? {
        let found = digits()
        guard !found.isEmpty else { return nil }
        return (0..<9).reduce(0) { $0 * 10 + ($1 < found.count ? found[$1] : 0) }
    }

    static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    static func fractionText(_ nanoseconds: Int64) -> String {
        guard nanoseconds != 0 else { return "" }
        var digits = padded(nanoseconds, 9)
        while digits.hasSuffix("0") { digits.removeLast() }
        return "." + digits
    }
}
