import Contract
package import Jobs
package import Postgres
package import WorkingDays

/// What relief does by the clock: the one table of schedules, and the kinds of job that they enqueue.
package enum StandingOrders {
    /// One line of the table.
    struct Order: Sendable {
        let name: String
        /// The kind of the jobs that it makes.
        let kind: String
        let cron: String
        let days: Schedule.DayRule
        let make: @Sendable (Firing) -> any Job
        let register: @Sendable (inout Registry, Door) -> Void

        init<Work: StandingWork>(_ work: Work.Type, _ name: String, cron: String, days: Schedule.DayRule = .everyDay) {
            (self.name, kind, self.cron, self.days) = (name, Round<Work>.kind, cron, days)
            make = { _ in Round<Work>() }
            register = { registry, door in
                registry.register(Round<Work>.self) { round, context in try await round.run(by: door, in: context) }
            }
        }
    }

    /// All hours are those of China. What was missed while no daemon ran is made up for once. The day's work falls due at
    /// midnight, the first look of the day; the others find what a late decision or a new calendar made due.
    static let table: [Order] = [
        Order(FollowParents.self, "unions", cron: "*/10 * * * *"),
        Order(CloseDueNotices.self, "notices", cron: "*/5 * * * *"),
        Order(MarkOverdueSteps.self, "deadlines", cron: "*/10 * * * *"),
        Order(MarkDueRetests.self, "archives", cron: "*/10 * * * *"),
        Order(PrepareDueRuns.self, "runs.daily", cron: "0 8 * * *", days: .onlyWorkingDays),
        Order(FileReleasedRuns.self, "runs.file", cron: "* * * * *"),
        Order(ImportInbox.self, "bank.inbox", cron: "* * * * *"),
        Order(MarkUnknown.self, "payments.unknown", cron: "8 0 * * *"),
        Order(ExpireHolds.self, "holds.expire", cron: "*/10 * * * *"),
    ]

    /// The schedules of the table. Throws a sentence where a line of it can't be read.
    package static func schedules() throws -> [Schedule] {
        try table.map { order in
            try Schedule(
                order.name, cron: order.cron, zone: "Asia/Shanghai", days: order.days, catchUp: .once, make: order.make)
        }
    }

    /// The kinds of job that an engine beside this door can run.
    package static func registry(for door: Door) -> Registry {
        var registry = Registry()
        for order in table { order.register(&registry, door) }
        registry.register(Errand<HandOverRun>.self) { errand, context in try await errand.run(by: door, in: context) }
        registry.register(Errand<ClearNotice>.self) { errand, context in try await errand.run(by: door, in: context) }
        return registry
    }

    /// The working days by which schedules go.
    package static func calendar(in session: some Session) async throws -> WorkingCalendar {
        try await Calendars.read(in: session)
    }
}
