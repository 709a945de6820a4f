import CEL
import WorkingDays

// What a pack's expressions can say of days: civil ones, never instants.

extension Environment {
    /// `today`, and how many working days lie between two days.
    mutating func declareDays() {
        declare("today", .date)
        declare(function: .workingDaysBetween)
    }
}

extension Function {
    static let workingDaysBetweenName = "working_days_between"

    /// How many working days lie after the first day up to and including the second; negative where the second lies before.
    /// Where the holidays of a year between them aren't entered there is no answer: a guess would decide.
    fileprivate static let workingDaysBetween = Function(
        workingDaysBetweenName, [.date, .date], returns: .int, reads: WorkingCalendar.binding, cost: 2_000
    ) { arguments in
        guard case .date(let first) = arguments[0], case .date(let last) = arguments[1],
            let calendar = WorkingCalendar(arguments[2])
        else { throw Failure("it takes two dates") }
        let (early, late) = (min(first, last), max(first, last))
        guard late.number - early.number <= 3_660 else { throw Failure("the days lie more than ten years apart") }
        if let year = calendar.unknownYears(from: early, through: late).first {
            throw Failure("the holidays of \(year) aren't entered yet (relief calendar set)")
        }
        let count = Int64(calendar.workingDays(after: early, through: late))
        return .int(first <= last ? count : -count)
    }
}

extension WorkingCalendar {
    static let binding = "the working-day calendar"

    /// The special days, and whether each is worked.
    var value: Value {
        .map(
            Dictionary(
                uniqueKeysWithValues: holidays.map { (Value.date($0), Value.bool(false)) }
                    + extraWorkingDays.subtracting(holidays).map { (Value.date($0), Value.bool(true)) }))
    }

    fileprivate init?(_ value: Value) {
        guard case .map(let days) = value else { return nil }
        self.init()
        for (day, working) in days {
            guard case .date(let day) = day, case .bool(let working) = working else { return nil }
            if working { extraWorkingDays.insert(day) } else { holidays.insert(day) }
        }
    }
}

extension Pack {
    /// Whether an expression counts working days, so that the calendar belongs to what the case is judged on.
    var countsWorkingDays: Bool {
        let all: [Expression?] =
            [expressions.oncePer, expressions.amount, expressions.count, expressions.level]
            + expressions.lets.map(\.expression) + rules.map(\.when) + evidence.map(\.when)
        return all.contains { $0?.calls.contains(Function.workingDaysBetweenName) == true }
    }

    /// Whether instalments fall due so many working days after the approval, not on a day of the year.
    var reckonsInstalmentsInWorkingDays: Bool {
        switch instalments?.first ?? .workingDays(0) {
        case .workingDays: true
        case .on: false
        }
    }
}
