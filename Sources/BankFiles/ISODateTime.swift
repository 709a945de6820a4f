import FoundationEssentials
import WorkingDays

/// Date and time as ISO 20022 messages write them; times without zone are China's (UTC+8), as banks there mean them.
enum ISODateTime {
    private static let china = 28_800

    /// `2026-11-22T09:30:00+08:00`, whole seconds.
    static func text(_ instant: Date) -> String {
        let day = Day(instant, secondsFromUTC: china)
        let seconds = Int(instant.timeIntervalSince(day.start(secondsFromUTC: china)).rounded(.down))
        let parts = [seconds / 3_600, seconds / 60 % 60, seconds % 60]
        return "\(day)T" + parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":") + "+08:00"
    }

    /// The civil day in China: of an instant the day that it then is there, of a date that day, whatever zone stands behind it
    /// (XML allows `2026-11-22Z`). nil for anything else.
    static func day(_ text: String) -> Day? {
        if text.utf8.count > 10, text.utf8.dropFirst(10).first == UInt8(ascii: "T") {
            return instant(text).map { Day($0, secondsFromUTC: china) }
        }
        let zone = String(text.dropFirst(10))
        guard zone.isEmpty || instant("2000-01-01T00:00:00" + zone) != nil else { return nil }
        return Day(String(text.prefix(10)))
    }

    /// nil for anything that is no date and time; fractions of a second are dropped.
    static func instant(_ text: String) -> Date? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 19, bytes[10] == UInt8(ascii: "T"), let day = Day(String(text.prefix(10))) else {
            return nil
        }
        func number(_ from: Int) -> Int? {
            guard bytes.count >= from + 2 else { return nil }
            let (tens, ones) = (Int(bytes[from]) - 48, Int(bytes[from + 1]) - 48)
            return (0...9).contains(tens) && (0...9).contains(ones) ? tens * 10 + ones : nil
        }
        guard let hour = number(11), let minute = number(14), let second = number(17),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            hour < 24 || (hour, minute, second) == (24, 0, 0), minute < 60, second < 61
        else { return nil }
        var end = 19
        if end < bytes.count, bytes[end] == UInt8(ascii: ".") {
            end += 1
            while end < bytes.count, (48...57).contains(bytes[end]) { end += 1 }
        }
        var offset = china
        switch bytes[end...].first {
        case nil: break
        case UInt8(ascii: "Z") where end + 1 == bytes.count: offset = 0
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard end + 6 == bytes.count, bytes[end + 3] == UInt8(ascii: ":"), let hours = number(end + 1),
                let minutes = number(end + 4)
            else { return nil }
            offset = (hours * 3_600 + minutes * 60) * (bytes[end] == UInt8(ascii: "-") ? -1 : 1)
        default: return nil
        }
        return day.start(secondsFromUTC: offset).addingTimeInterval(Double(hour * 3_600 + minute * 60 + second))
    }
}
