package import Contract
package import Postgres
package import WorkingDays

extension Calendars {
    /// What whoever acts on a span of days must know: the years of it whose holidays nobody has entered. nil where all are.
    static func warnings(_ calendar: WorkingCalendar, from first: Day, through last: Day) -> [Phrase]? {
        let years = calendar.unknownYears(from: first, through: last)
        return years.isEmpty ? nil : years.map(unknown)
    }

    /// The same by the calendar as it stands.
    static func warnings(
        from first: Day, through last: Day, in context: some OperationContext
    ) async throws -> [Phrase]? {
        warnings(try await current(in: context), from: first, through: last)
    }

    /// What an operator must know on a day: this year without a calendar; from November on, when the notice is out, the next.
    package static func warnings(on today: Day, in session: some Session) async throws -> [Phrase] {
        let through = today.month >= 11 ? today.adding(months: 12) : today
        return warnings(try await read(in: session), from: today, through: through) ?? []
    }

    private static func unknown(_ year: Int) -> Phrase {
        Phrase(
            "The holidays of \(year) aren't entered: its working days are reckoned as Monday to Friday, and move when they are (relief calendar set).",
            "\(year) 年的节假日尚未录入：工作日暂按周一至周五推算，录入后随之变动（relief calendar set）。")
    }
}
