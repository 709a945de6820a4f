package import FoundationEssentials
package import WorkingDays

package struct ListSchedules: Query {
    package typealias Reply = Page<ScheduleView>
    package static let name = "schedule.list"
    package static let summary = Phrase("Lists what runs by the clock.", "列出按时运行的计划。")
    package static let permission = Permission.operateJobs
    package static let route = Route.get("/v1/schedules")

    package init() {}
}

/// What will run between two instants: a dry run of the schedules, with the working days known today.
package struct NextFirings: Query {
    package typealias Reply = Page<FiringView>
    package static let name = "schedule.next"
    package static let summary = Phrase("Shows what will run between two times.", "查看两个时间之间将运行什么。")
    package static let permission = Permission.operateJobs
    package static let route = Route.get("/v1/firings")
    package static let fields = [
        "from": FieldNote("A time or a day; now, where not given.", "时间或日期；不写则为现在。"),
        "to": FieldNote("A time or a day, not later than that; a day after, where not given.", "时间或日期（含当日）；不写则为一天之后。"),
    ]

    package let from: Date?
    package let to: Date?
    package let schedule: String?
    package let limit: Int?
    package let cursor: String?

    package init(
        from: Date? = nil, to: Date? = nil, schedule: String? = nil, limit: Int? = nil, cursor: String? = nil
    ) {
        self.from = from
        self.to = to
        self.schedule = schedule
        self.limit = limit
        self.cursor = cursor
    }
}

/// Enqueues the job of a schedule now; its regular times stay as they are.
package struct RunSchedule: Command {
    package typealias Reply = JobView
    package static let name = "schedule.run"
    package static let summary = Phrase("Runs a schedule's job now, out of turn.", "提前立即运行一次计划。")
    package static let permission = Permission.operateJobs
    package static let route = Route.post("/v1/schedules/{schedule}/run")
    package static let governsAll = true

    package let schedule: String
    package let reason: String

    package init(schedule: String, reason: String) {
        self.schedule = schedule
        self.reason = reason
    }
}

/// A paused schedule makes no jobs.
package struct PauseSchedule: Command {
    package typealias Reply = ScheduleView
    package static let name = "schedule.pause"
    package static let summary = Phrase("Stops a schedule until it is resumed.", "暂停计划，直至恢复。")
    package static let permission = Permission.operateJobs
    package static let route = Route.post("/v1/schedules/{schedule}/pause")
    package static let governsAll = true

    package let schedule: String
    package let reason: String

    package init(schedule: String, reason: String) {
        self.schedule = schedule
        self.reason = reason
    }
}

/// Lets a schedule go on, from now: what it missed while it was paused stays missed.
package struct ResumeSchedule: Command {
    package typealias Reply = ScheduleView
    package static let name = "schedule.resume"
    package static let summary = Phrase("Lets a paused schedule go on, from now.", "恢复已暂停的计划，自现在起。")
    package static let permission = Permission.operateJobs
    package static let route = Route.post("/v1/schedules/{schedule}/resume")
    package static let governsAll = true

    package let schedule: String

    package init(schedule: String) {
        self.schedule = schedule
    }
}

/// One time at which a schedule will run.
package struct FiringView: Codable, Sendable, Equatable {
    package var at: Date
    package var schedule: String
    /// The kind of job that it makes.
    package var kind: String
    /// The day whose business it does.
    package var businessDate: Day

    package init(at: Date, schedule: String, kind: String, businessDate: Day) {
        self.at = at
        self.schedule = schedule
        self.kind = kind
        self.businessDate = businessDate
    }
}

/// A job that runs by the clock.
package struct ScheduleView: Codable, Sendable {
    package var name: String
    package var cron: String
    package var zone: String
    /// What it does on days that don't work.
    package var rule: String?
    package var nextAt: Date?
    package var lastAt: Date?
    package var lastJob: Int64?
    package var paused: Bool
    package var pausedBy: String?
    /// When it last did its work to the end.
    package var doneAt: Date?
    /// What it passes over now, since when, and why: somebody has to act.
    package var passedOver: Int?
    package var passedOverSince: Date?
    package var because: [Phrase]?

    package init(
        name: String, cron: String, zone: String, rule: String? = nil, nextAt: Date? = nil, lastAt: Date? = nil,
        lastJob: Int64? = nil, paused: Bool, pausedBy: String? = nil, doneAt: Date? = nil, passedOver: Int? = nil,
        passedOverSince: Date? = nil, because: [Phrase]? = nil
    ) {
        (self.doneAt, self.passedOver) = (doneAt, passedOver)
        (self.passedOverSince, self.because) = (passedOverSince, because)
        self.name = name
        self.cron = cron
        self.zone = zone
        self.rule = rule
        self.nextAt = nextAt
        self.lastAt = lastAt
        self.lastJob = lastJob
        self.paused = paused
        self.pausedBy = pausedBy
    }
}
