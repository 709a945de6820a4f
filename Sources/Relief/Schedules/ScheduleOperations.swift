package import Contract
import FoundationEssentials
import Jobs
import Postgres
import WorkingDays

/// What runs by the clock: the table of standing orders, against what the database remembers of each.
enum ScheduleOperations {
    static func views(in context: some OperationContext) async throws -> [Contract.ScheduleView] {
        let calendar = try await Calendars.current(in: context)
        let remembered = try await Schedules.list(in: context.transaction)
        let known = Dictionary(uniqueKeysWithValues: remembered.map { ($0.name, $0) })
        // Of every union, with files and folders: that is the root's administrator's.
        let passed =
            context.principal.holdsAtRoot(.administer)
            ? try await PassedOver.look(bankFolder: context.door.bankFolder, now: context.now, in: context.transaction)
            : [:]
        return try StandingOrders.schedules().map { schedule in
            let memory = known[schedule.name]
            let isPaused = memory?.pausedAt != nil
            // A paused schedule goes on from its resumption.
            let next =
                isPaused
                ? nil : schedule.next(after: memory?.settledTo ?? context.now, calendar: calendar)?.instant
            return Contract.ScheduleView(
                name: schedule.name, cron: schedule.cron.description, zone: schedule.zone.identifier,
                rule: schedule.days.rawValue, nextAt: next, lastAt: memory?.lastFired,
                lastJob: memory?.lastJob?.rawValue, paused: isPaused, pausedBy: memory?.pausedBy,
                doneAt: memory?.lastDone, passedOver: passed[schedule.name]?.count,
                passedOverSince: passed[schedule.name]?.since, because: passed[schedule.name]?.because)
        }
    }

    /// The line of the table that a name means.
    static func order(_ name: String) throws -> StandingOrders.Order {
        guard let order = StandingOrders.table.first(where: { $0.name == name }) else {
            let names = StandingOrders.table.map(\.name).joined(separator: ", ")
            throw Refusal.notFound(
                Phrase(
                    "There is no schedule “\(name)”; there are: \(names).",
                    "没有计划“\(name)”；现有：\(names)。"), field: "schedule")
        }
        return order
    }

    static func view(_ name: String, in context: some OperationContext) async throws -> Contract.ScheduleView {
        guard let view = try await views(in: context).first(where: { $0.name == name }) else {
            throw Refusal.notFound(
                Phrase(
                    "There is no schedule “\(name)”.",
                    "没有计划“\(name)”。"), field: "schedule")
        }
        return view
    }
}

extension ListSchedules: Answerable {
    package func answer(in context: QueryContext) async throws -> Page<Contract.ScheduleView> {
        Page(items: try await ScheduleOperations.views(in: context))
    }
}

extension NextFirings: Answerable {
    /// Days that a dry run looks at in one go, at most.
    private static let longest = 366 * 10

    package func answer(in context: QueryContext) async throws -> Page<FiringView> {
        let size = try Paging.size(limit)
        let start = from ?? context.now
        let end = to ?? start.addingTimeInterval(86_400)
        guard start <= end, end.timeIntervalSince(start) <= Double(Self.longest) * 86_400 else {
            throw Refusal.invalid(
                Phrase(
                    "The end lies before the start, or more than ten years after it.",
                    "截止时间早于起始时间，或相隔超过十年。"), field: "to")
        }
        let kinds = Dictionary(uniqueKeysWithValues: StandingOrders.table.map { ($0.name, $0.kind) })
        let paused = Set(try await Schedules.list(in: context.transaction).filter { $0.pausedAt != nil }.map(\.name))
        if let schedule {
            _ = try ScheduleOperations.order(schedule)
            guard !paused.contains(schedule) else {
                throw Refusal.conflict(
                    Phrase(
                        "Schedule \(schedule) is paused: it runs nothing until it is resumed (relief schedule resume).",
                        "计划 \(schedule) 已暂停：恢复之前不会运行（relief schedule resume）。"),
                    field: "schedule")
            }
        }
        let schedules = Schedules(
            try StandingOrders.schedules().filter {
                !paused.contains($0.name) && (schedule == nil || $0.name == schedule)
            })
        let after = try cursor.map(Self.read)
        // Firings of one instant stand in the order of their names: the rest of an instant fits into as many as there are.
        let found = schedules.next(
            from: after?.at ?? start, through: end, calendar: try await Calendars.current(in: context),
            limit: size + 1 + kinds.count
        ).filter { firing in after.map { (firing.instant, firing.schedule) > ($0.at, $0.schedule) } ?? true }
        let views = found.prefix(size + 1).map {
            FiringView(
                at: $0.instant, schedule: $0.schedule, kind: kinds[$0.schedule] ?? "", businessDate: $0.businessDate)
        }
        return Paging.page(views, size: size) { "\(Timestamp.text($0.at))/\($0.schedule)" }
    }

    private static func read(_ cursor: String) throws -> (at: Date, schedule: String) {
        let parts = cursor.split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2, let at = Timestamp.date(parts[0]) else {
            throw Paging.noCursor(cursor)
        }
        return (at, parts[1])
    }
}

extension RunSchedule: Executable {
    package func execute(in context: CommandContext) async throws -> Contract.JobView {
        _ = try ScheduleOperations.order(schedule)
        context.note("reason", .string(try PublicReason.checked(reason)))
        context.note("schedule", .string(schedule))
        let job = try await Schedules(StandingOrders.schedules()).run(
            schedule, in: context.transaction, now: context.now, calendar: Calendars.current(in: context))
        guard let job else {
            throw Refusal.conflict(
                Phrase(
                    "Schedule \(schedule) has run at this very instant already.",
                    "计划 \(schedule) 在这一时刻已经运行过。"), field: "schedule")
        }
        context.note("job", .int(job.rawValue))
        context.changed("jobs.job", String(job.rawValue), to: ["schedule": .string(schedule)])
        return try await JobOperations.show(job.rawValue, in: context.transaction)
    }
}

extension PauseSchedule: Executable {
    package func execute(in context: CommandContext) async throws -> Contract.ScheduleView {
        _ = try ScheduleOperations.order(schedule)
        context.note("reason", .string(try PublicReason.checked(reason)))
        context.note("schedule", .string(schedule))
        let before = try await ScheduleOperations.view(schedule, in: context)
        try await Schedules(StandingOrders.schedules()).remember(in: context.transaction, now: context.now)
        try await Schedules.pause(
            schedule, by: context.principal.login, in: context.transaction, now: context.now)
        context.changed("jobs.schedule", schedule, from: ["paused": .bool(before.paused)], to: ["paused": true])
        return try await ScheduleOperations.view(schedule, in: context)
    }
}

extension ResumeSchedule: Executable {
    package func execute(in context: CommandContext) async throws -> Contract.ScheduleView {
        _ = try ScheduleOperations.order(schedule)
        context.note("schedule", .string(schedule))
        let before = try await ScheduleOperations.view(schedule, in: context)
        try await Schedules.resume(schedule, in: context.transaction, now: context.now)
        context.changed("jobs.schedule", schedule, from: ["paused": .bool(before.paused)], to: ["paused": false])
        return try await ScheduleOperations.view(schedule, in: context)
    }
}
