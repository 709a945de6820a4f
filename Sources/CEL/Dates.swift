import WorkingDays

/// What a rule can ask of civil days: their parts, and how far they lie apart. `year(d)` and `d.year()` are the same.
enum DateFunction: String, CaseIterable {
    case year, month, day
    case addDays = "add_days", addMonths = "add_months"
    case daysBetween = "days_between", monthsBetween = "months_between"
}

extension Signature {
    static let dates: [String: [Signature]] = Dictionary(
        uniqueKeysWithValues: DateFunction.allCases.map { function in
            switch function {
            case .year, .month, .day:
                (function.rawValue, [Signature([.date], .int), Signature([.date], .int, isMember: true)])
            case .addDays, .addMonths:
                (
                    function.rawValue,
                    [Signature([.date, .int], .date), Signature([.date, .int], .date, isMember: true)]
                )
            case .daysBetween, .monthsBetween: (function.rawValue, [Signature([.date, .date], .int)])
            }
        })
}

extension Evaluator {
    /// nil where the arguments are of no type that the function takes.
    func date(_ function: DateFunction, _ arguments: [Value], _ node: Node) throws(CELError) -> Value? {
        switch (function, arguments.first, arguments.last, arguments.count) {
        case (.year, .date(let day), _, 1): .int(Int64(day.year))
        case (.month, .date(let day), _, 1): .int(Int64(day.month))
        case (.day, .date(let day), _, 1): .int(Int64(day.day))
        case (.addDays, .date(let day), .int(let count), 2): .date(try inRange(day, adding: count, 1, node))
        case (.addMonths, .date(let day), .int(let count), 2): .date(try inRange(day, adding: count, 31, node))
        case (.daysBetween, .date(let first), .date(let last), 2): .int(Int64(last.number - first.number))
        case (.monthsBetween, .date(let first), .date(let last), 2): .int(Int64(first.wholeMonths(to: last)))
        default: nil
        }
    }

    /// Days are added one by one, months (of at most 31 days) so that a shorter month ends with its last day.
    private func inRange(_ day: Day, adding count: Int64, _ unit: Int64, _ node: Node) throws(CELError) -> Day {
        let farthest: Int64 = 9_999 * 366
        guard (-farthest...farthest).contains(count) else { throw outside(node) }
        let found = unit == 1 ? day.adding(days: Int(count)) : day.adding(months: Int(count))
        guard (1...9_999).contains(found.year), count == 0 || found != day else { throw outside(node) }
        return found
    }

    private func outside(_ node: Node) -> CELError { fault(.overflow, "the date is outside the years 1 to 9999", node) }
}

extension Day {
    /// How many whole months lie between two days: from 31 January to 28 February is one, as the month is then over.
    fileprivate func wholeMonths(to other: Day) -> Int {
        if other < self { return -other.wholeMonths(to: self) }
        let months = (other.year - year) * 12 + other.month - month
        return adding(months: months) <= other ? months : months - 1
    }
}
