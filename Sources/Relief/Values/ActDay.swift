import Contract
import WorkingDays

/// The day on which something was done, as somebody tells it: a slip of the pen gives a day that nobody means.
enum ActDay {
    /// 1990-01-01. No act that is recorded here lies before it: the unions' help of households in hardship is younger.
    static let earliest = Day(number: 7_305)

    /// Refuses a day that lies ahead, or before the first that can be meant.
    static func check(
        _ day: Day, from first: Day = earliest, field: String = "on", in context: some OperationContext
    ) throws {
        let today = context.today
        guard first <= day, day <= today else {
            throw Refusal.invalid(
                Phrase(
                    "The day must lie between \(first) and today, \(today); it is \(day).",
                    "日期须在 \(first) 至今日（\(today)）之间，所填为 \(day)。"), field: field)
        }
    }
}

extension CaseFile {
    /// The first day on which its circumstances can have been looked at: a year before it was opened, since an application
    /// tells of the last twelve months.
    var firstDayOfFindings: Day { Day(openedAt).adding(months: -12) }
}
