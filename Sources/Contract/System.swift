package import FoundationEssentials
package import WorkingDays

package struct ShowClock: Query {
    package typealias Reply = ClockView
    package static let name = "clock.show"
    package static let summary = Phrase("Shows the daemon's time.", "查看系统时间。")
    package static let permission = Permission.anyone
    package static let route = Route.get("/v1/clock")

    package init() {}
}

package struct AdvanceClock: Command {
    package typealias Reply = ClockView
    package static let name = "clock.advance"
    package static let summary = Phrase("Moves the clock of a demonstration forward.", "把演示时钟向前拨。")
    package static let permission = Permission.administer
    package static let route = Route.post("/v1/clock/advance")
    package static let fields = [
        "to": FieldNote("A time, 2026-11-22T09:00:00Z, or a day.", "时间（如 2026-11-22T09:00:00Z）或日期。"),
        "workingDays": FieldNote("By so many working days.", "拨过的工作日数。"),
        "days": FieldNote("By so many days.", "拨过的天数。"),
    ]

    package let to: Date?
    package let workingDays: Int?
    package let days: Int?

    package init(to: Date? = nil, workingDays: Int? = nil, days: Int? = nil) {
        self.to = to
        self.workingDays = workingDays
        self.days = days
    }
}

package struct ReportHealth: Query {
    package typealias Reply = DoctorReport
    package static let name = "doctor.report"
    package static let summary = Phrase("Checks everything the daemon stands on.", "检查系统运行所依赖的各个方面。")
    package static let permission = Permission.operateJobs
    package static let route = Route.get("/v1/doctor")

    package init() {}
}

/// The daemon's time.
package struct ClockView: Codable, Sendable {
    package var now: Date
    package var today: Day
    package var demo: Bool

    package init(now: Date, today: Day, demo: Bool) {
        self.now = now
        self.today = today
        self.demo = demo
    }
}

/// What was checked, and how it is.
package struct DoctorReport: Codable, Sendable {
    package var ok: Bool
    package var checks: [DoctorCheck]
    /// What will go wrong unless somebody acts; nothing is yet.
    package var warnings: [Phrase]?

    package init(ok: Bool, checks: [DoctorCheck], warnings: [Phrase]? = nil) {
        self.ok = ok
        self.checks = checks
        self.warnings = warnings
    }
}

/// One thing that was checked.
package struct DoctorCheck: Codable, Sendable {
    package var name: String
    package var ok: Bool
    package var detail: String

    package init(name: String, ok: Bool, detail: String) {
        self.name = name
        self.ok = ok
        self.detail = detail
    }
}
