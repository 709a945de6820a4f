import Foundation
import WorkingDays

extension TimestampField {
    /// The part of an instant in a zone that is `offset` seconds east of UTC.
    func part(of instant: Timestamp, secondsFromUTC offset: Int64) -> Int64 {
        let (days, time) = Timestamp.floored(instant.seconds + offset, 86_400)
        let date = Day(number: Int(days))
        return switch self {
        case .fullYear: Int64(date.year)
        case .month: Int64(date.month - 1)
        case .date: Int64(date.day)
        case .dayOfMonth: Int64(date.day - 1)
        // 1970-01-01 was a Thursday, and Sunday is 0.
        case .dayOfWeek: Timestamp.floored(days + 4, 7).remainder
        case .dayOfYear: Int64(date.number - (Day(year: date.year, month: 1, day: 1) ?? date).number)
        case .hours: time / 3_600
        case .minutes: time / 60 % 60
        case .seconds: time % 60
        case .milliseconds: instant.nanoseconds / 1_000_000
        }
    }

    /// Whole hours, minutes or seconds of a duration, or its milliseconds below the second; nil for parts of a date.
    func part(of duration: Duration) -> Int64? {
        let (seconds, atto) = duration.components
        return switch self {
        case .hours: seconds / 3_600
        case .minutes: seconds / 60
        case .seconds: seconds
        case .milliseconds: atto / 1_000_000_000_000_000
        default: nil
        }
    }

    /// The offset of a zone, named (`Asia/Shanghai`) or fixed (`+08:00`), at an instant; nil if there is no such zone.
    static func secondsFromUTC(_ zone: String, at instant: Timestamp) -> Int64? {
        if zone == "UTC" || zone == "Z" { return 0 }
        var reader = DigitReader(zone)
        let isWest = reader.accept("-")
        if !isWest { _ = reader.accept("+") }
        if let hours = reader.number(2), reader.accept(":"), let minutes = reader.number(2), reader.isAtEnd {
            return hours < 24 && minutes < 60 ? (hours * 60 + minutes) * (isWest ? -60 : 60) : nil
        }
        return TimeZone(identifier: zone).map { Int64($0.secondsFromGMT(for: instant.date)) }
    }
}
