package import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// The working-day calendar of the yearly holiday notice.
enum Calendars {
    static func current(in context: some OperationContext) async throws -> WorkingCalendar {
        let rows = try await context.transaction.query("SELECT day, working FROM relief.calendar_day")
        var calendar = WorkingCalendar()
        for row in rows {
            let day: Day = try row["day"]
            if try row["working"] { calendar.extraWorkingDays.insert(day) } else { calendar.holidays.insert(day) }
        }
        return calendar
    }

    static func view(from: Day, to: Day, in context: some OperationContext) async throws -> CalendarView {
        let rows = try await context.transaction.query(
            "SELECT day, working, name FROM relief.calendar_day WHERE day BETWEEN \(from) AND \(to) ORDER BY day")
        let working = try await current(in: context).workingDays(after: from.adding(days: -1), through: to)
        return CalendarView(
            days: try rows.map { CalendarDay(day: try $0["day"], working: try $0["working"], name: try $0["name"]) },
            workingDays: working)
    }
}

extension SetCalendar: Executable {
    package func execute(in context: CommandContext) async throws -> CalendarView {
        guard let first = days.map(\.day).min(), let last = days.map(\.day).max(), days.count <= 400 else {
            throw Refusal.invalid("Name 1 to 400 days.", field: "days")
        }
        for day in days {
            try await context.transaction.execute(
                """
                INSERT INTO relief.calendar_day (id, day, working, name, source)
                VALUES (\(UUID()), \(day.day), \(day.working), \(day.name), \(source))
                ON CONFLICT (day) DO UPDATE SET working = excluded.working, name = excluded.name, source = excluded.source
                """)
        }
        context.note("days", .int(Int64(days.count)))
        return try await Calendars.view(from: first, to: last, in: context)
    }
}

extension ShowCalendar: Answerable {
    package func answer(in context: QueryContext) async throws -> CalendarView {
        guard from <= to, to.number - from.number <= 3_660 else {
            throw Refusal.invalid("Ask for a span of at most ten years, first day first.", field: "to")
        }
        return try await Calendars.view(from: from, to: to, in: context)
    }
}
