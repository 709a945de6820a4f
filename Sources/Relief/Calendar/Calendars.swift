package import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// The working-day calendar of the yearly holiday notice.
package enum Calendars {
    /// The calendar by which a command reckons days. It doesn't change before the command has committed, so that whoever
    /// changes it finds every day that was reckoned by the old one.
    static func current(in context: some OperationContext) async throws -> WorkingCalendar {
        if context is CommandContext {
            try await context.transaction.execute("SELECT pg_advisory_xact_lock_shared(\(lock))")
        }
        return try await read(in: context.transaction)
    }

    /// Waits for all who reckon by the calendar, and keeps others from it until the change has committed.
    static func hold(in context: CommandContext) async throws {
        try await context.transaction.execute("SELECT pg_advisory_xact_lock(\(lock))")
    }

    private static let lock: SQL = "hashtextextended('calendar', 0)"

    static func read(in session: some Session) async throws -> WorkingCalendar {
        var calendar = WorkingCalendar()
        for row in try await session.query("SELECT day, working FROM relief.calendar_day") {
            let day: Day = try row["day"]
            if try row["working"] { calendar.extraWorkingDays.insert(day) } else { calendar.holidays.insert(day) }
        }
        return calendar
    }

    static func view(from: Day, to: Day, in context: some OperationContext) async throws -> CalendarView {
        let rows = try await context.transaction.query(
            "SELECT day, working, name FROM relief.calendar_day WHERE day BETWEEN \(from) AND \(to) ORDER BY day")
        let calendar = try await current(in: context)
        return CalendarView(
            days: try rows.map { CalendarDay(day: try $0["day"], working: try $0["working"], name: try $0["name"]) },
            workingDays: calendar.workingDays(after: from.adding(days: -1), through: to),
            warnings: warnings(calendar, from: from, through: to))
    }
}

extension SetCalendar: Executable {
    /// Enters the days, reckons anew what is still running, and says what moved. A day that is what its weekday says is
    /// taken out again: so one that was entered in error goes.
    package func execute(in context: CommandContext) async throws -> CalendarView {
        let (first, last) = try span()
        try await Calendars.hold(in: context)
        for day in days {
            let statement = day.isOrdinary ? deletion(of: day) : insertion(of: day)
            try await context.transaction.execute(statement)
        }
        context.note("days", .int(Int64(days.count)))
        let (moved, warnings) = try await CalendarChange(first: first, last: last, in: context).carryThrough()
        var view = try await Calendars.view(from: first, to: last, in: context)
        view.moved = moved.isEmpty ? nil : moved
        let all = (view.warnings ?? []) + warnings
        view.warnings = all.isEmpty ? nil : all
        return view
    }

    private func span() throws -> (Day, Day) {
        guard let first = days.map(\.day).min(), let last = days.map(\.day).max(), days.count <= 400 else {
            throw Refusal.invalid(
                Phrase("The days must be 1 to 400.", "一次须录入 1 至 400 天。"), field: "days")
        }
        guard (2000...2200).contains(first.year), (2000...2200).contains(last.year) else {
            throw Refusal.invalid(
                Phrase("The days must lie in the years 2000 to 2200.", "日期须在 2000 年至 2200 年之间。"), field: "days")
        }
        var seen: Set<Day> = []
        if let twice = days.first(where: { !seen.insert($0.day).inserted })?.day {
            throw Refusal.invalid(
                Phrase("Each day must be given once; \(twice) is given twice.", "每一天只能给出一次：\(twice) 出现了两次。"),
                field: "days")
        }
        return (first, last)
    }

    private func insertion(of day: CalendarDay) -> SQL {
        """
        INSERT INTO relief.calendar_day (id, day, working, name, source)
        VALUES (\(UUID()), \(day.day), \(day.working), \(day.name), \(source))
        ON CONFLICT (day) DO UPDATE SET working = excluded.working, name = excluded.name, source = excluded.source
        """
    }

    private func deletion(of day: CalendarDay) -> SQL { "DELETE FROM relief.calendar_day WHERE day = \(day.day)" }
}

extension CalendarDay {
    /// Whether it is what its weekday says without any calendar.
    fileprivate var isOrdinary: Bool { working == WorkingCalendar().isWorking(day) }
}

extension ShowCalendar: Answerable {
    package func answer(in context: QueryContext) async throws -> CalendarView {
        guard from <= to, to.number - from.number <= 3_660 else {
            throw Refusal.invalid(
                Phrase(
                    "The span must be at most ten years, first day first.", "所查区间最长十年，且起始日不得晚于截止日。"), field: "to")
        }
        return try await Calendars.view(from: from, to: to, in: context)
    }
}
