package import WorkingDays

package struct SetCalendar: Command {
    package typealias Reply = CalendarView
    package static let name = "calendar.set"
    package static let summary = Phrase(
        "Sets holidays and working weekends (调休) from the yearly notice.",
        "按年度放假通知设置节假日和调休上班日。")
    package static let permission = Permission.manageProgrammes
    package static let route = Route.post("/v1/calendar")
    package static let governsAll = true
    package static let fields = [
        "days": FieldNote(
            "“2026-10-01:off:国庆节” or “2026-10-10:working:调休”; a weekday that is working goes back to what it is; repeat for more.",
            "“2026-10-01:放假:国庆节”或“2026-10-10:上班:调休”；平日写上班即恢复原样；可重复。", name: "day")
    ]

    package let days: [CalendarDay]
    package let source: String

    package init(days: [CalendarDay], source: String) {
        self.days = days
        self.source = source
    }
}

package struct ShowCalendar: Query {
    package typealias Reply = CalendarView
    package static let name = "calendar.show"
    package static let summary = Phrase(
        "Shows the special days of a span, and counts its working days.",
        "查看一段时间的特殊日，并计算工作日天数。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/calendar")

    package let from: Day
    package let to: Day

    package init(from: Day, to: Day) {
        self.from = from
        self.to = to
    }
}

/// A day that is not what its weekday says.
package struct CalendarDay: Codable, Sendable {
    package var day: Day
    package var working: Bool
    package var name: String

    package init(day: Day, working: Bool, name: String) {
        self.day = day
        self.working = working
        self.name = name
    }
}

/// The special days of a span.
package struct CalendarView: Codable, Sendable {
    package var days: [CalendarDay]
    package var workingDays: Int
    /// What was reckoned in working days and falls on another day now; `calendar.set` says it.
    package var moved: [MovedDay]?
    /// Years that nobody entered yet, and what the change can't move.
    package var warnings: [Phrase]?

    package init(days: [CalendarDay], workingDays: Int, moved: [MovedDay]? = nil, warnings: [Phrase]? = nil) {
        self.days = days
        self.workingDays = workingDays
        self.moved = moved
        self.warnings = warnings
    }
}

/// A day that moved with the working days.
package struct MovedDay: Codable, Sendable {
    package enum Kind: String, Codable, CaseIterable, Sendable {
        case notice
        case deadline
        case coolingOff
        case instalment
        case execution
    }

    package var kind: Kind
    package var what: Phrase
    /// Number of the case, the account's owner or the run.
    package var number: String
    package var from: Day
    package var to: Day

    package init(kind: Kind, what: Phrase, number: String, from: Day, to: Day) {
        self.kind = kind
        self.what = what
        self.number = number
        self.from = from
        self.to = to
    }
}
