/// The working days of a place: Monday to Friday, changed by the State Council's yearly holiday notice, which closes
/// weekdays and turns some weekends into working days (调休).
public struct WorkingCalendar: Sendable, Equatable {
    public var holidays: Set<Day>
    public var extraWorkingDays: Set<Day>

    public init(holidays: Set<Day> = [], extraWorkingDays: Set<Day> = []) {
        self.holidays = holidays
        self.extraWorkingDays = extraWorkingDays
    }

    /// Whether the year's holiday notice is in it. No year is without holidays: one without a special day isn't known yet, and
    /// is counted as Monday to Friday, for want of better.
    public func knows(_ year: Int) -> Bool {
        holidays.contains { $0.year == year } || extraWorkingDays.contains { $0.year == year }
    }

    /// The years from one day to another whose holidays nobody has entered.
    public func unknownYears(from first: Day, through last: Day) -> [Int] {
        first <= last ? (first.year...last.year).filter { !knows($0) } : []
    }

    public func isWorking(_ day: Day) -> Bool {
        if extraWorkingDays.contains(day) { return true }
        return day.weekday <= 5 && !holidays.contains(day)
    }

    /// The day on which the `count`-th working day after `start` falls; `start` itself isn't counted. 0 gives the first
    /// working day from `start` on.
    public func day(workingDays count: Int, after start: Day) -> Day {
        var (day, left) = (start, count)
        while left > 0 {
            day = day.adding(days: 1)
            if isWorking(day) { left -= 1 }
        }
        while !isWorking(day) { day = day.adding(days: 1) }
        return day
    }

    /// How many working days lie after `start` up to and including `end`.
    public func workingDays(after start: Day, through end: Day) -> Int {
        guard start < end else { return 0 }
        return ((start.number + 1)...end.number).count { isWorking(Day(number: $0)) }
    }
}

extension WorkingCalendar: Codable {
    private enum CodingKeys: CodingKey { case holidays, extraWorkingDays }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            holidays: Set(try container.decode([Day].self, forKey: .holidays)),
            extraWorkingDays: Set(try container.decode([Day].self, forKey: .extraWorkingDays)))
    }

    /// In order, so that equal calendars are equal bytes.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(holidays.sorted(), forKey: .holidays)
        try container.encode(extraWorkingDays.sorted(), forKey: .extraWorkingDays)
    }
}
