public import FoundationEssentials

/// A civil day of the proleptic Gregorian calendar, without time or zone: what a notice, a deadline or a business date is.
///
/// Codable and textual form: `2026-11-22` (ISO 8601).
public struct Day: Hashable, Sendable, Comparable, LosslessStringConvertible {
    /// Days since 1970-01-01.
    public let number: Int

    public init(number: Int) {
        self.number = number
    }

    /// nil where no such day exists (2026-02-30).
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
        // Days from civil, with March as the first month so that the leap day ends the year (Hinnant's algorithm).
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        self.init(number: era * 146_097 + dayOfEra - 719_468)
        guard components == (year, month, day) else { return nil }
    }

    /// Reads `2026-11-22`, the form of files and interfaces; nil for anything else. What people write, `Day(written:)` reads.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 4, parts[1].utf8.count == 2, parts[2].utf8.count == 2,
            let year = Int(digits: parts[0]), let month = Int(digits: parts[1]), let day = Int(digits: parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// The civil day at an instant in a zone that is `offset` seconds east of UTC (China: 28,800, no summer time).
    public init(_ instant: Date, secondsFromUTC offset: Int = 28_800) {
        self.init(number: Int(((instant.timeIntervalSince1970 + Double(offset)) / 86_400).rounded(.down)))
    }

    /// The instant at which the day begins in a zone that is `offset` seconds east of UTC.
    public func start(secondsFromUTC offset: Int = 28_800) -> Date {
        Date(timeIntervalSince1970: Double(number * 86_400 - offset))
    }

    public var components: (year: Int, month: Int, day: Int) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    public var year: Int { components.year }
    public var month: Int { components.month }
    public var day: Int { components.day }

    /// 1 = Monday … 7 = Sunday (ISO 8601).
    public var weekday: Int { ((number + 3) % 7 + 7) % 7 + 1 }

    public var description: String {
        let (year, month, day) = components
        func padded(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    public func adding(days: Int) -> Day { Day(number: number + days) }

    /// The same day of a later month, or that month's last day where it is shorter (31 January + 1 month = 28 February).
    public func adding(months: Int) -> Day {
        let (year, month, day) = components
        let count = year * 12 + (month - 1) + months
        var last = day
        while last > 28 {
            if let found = Day(year: count / 12, month: count % 12 + 1, day: last) { return found }
            last -= 1
        }
        return Day(year: count / 12, month: count % 12 + 1, day: last) ?? self
    }

    public static func < (left: Day, right: Day) -> Bool { left.number < right.number }
}

extension Day: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let day = Day(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "“\(text)” is no day; write it as 2026-11-22.")
        }
        self = day
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
