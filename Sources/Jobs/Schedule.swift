public import Foundation
public import WorkingDays

/// A standing order: at these times of a zone's clock, on such days, enqueue this job.
public struct Schedule: Sendable {
    public let name: String
    public let cron: Cron
    public let zone: TimeZone
    public var days: DayRule
    public var businessDate: BusinessDate
    public var catchUp: CatchUp
    let make: @Sendable (Firing) throws -> any Job

    /// What happens to a time of the expression that falls on a holiday. 调休 is the calendar's matter.
    public enum DayRule: String, Sendable, Codable {
        case everyDay, onlyWorkingDays, nextWorkingDay, previousWorkingDay
    }

    /// Which day's business a firing does.
    public enum BusinessDate: String, Sendable, Codable {
        case sameDay, previousDay, previousWorkingDay
    }

    /// What is done, when no engine ran, about the times that passed: one firing for the latest of them, one for each,
    /// or none for those older than `Schedule.punctual`.
    public enum CatchUp: String, Sendable, Codable {
        case once, all, skip
    }

    /// Seconds for which a firing is still on time.
    static let punctual = 300.0

    /// `zone` is an IANA name. Throws a sentence where the expression or the zone can't be read.
    public init(
        _ name: String, cron: String, zone: String = "Asia/Shanghai", days: DayRule = .everyDay,
        businessDate: BusinessDate = .sameDay, catchUp: CatchUp = .once,
        make: @escaping @Sendable (Firing) throws -> any Job
    ) throws {
        guard let found = TimeZone(identifier: zone) else { throw CronError("“\(zone)” is no IANA time zone.") }
        self.name = name
        self.cron = try Cron(cron)
        self.zone = found
        self.days = days
        self.businessDate = businessDate
        self.catchUp = catchUp
        self.make = make
    }

    /// The definition in a line, for people.
    public var definition: String {
        "\(cron) \(zone.identifier), \(days.rawValue), business date \(businessDate.rawValue), catch up \(catchUp.rawValue)"
    }

    /// What fires from one instant through another, in order, at most `limit`: the dry run of a schedule.
    public func next(
        from start: Date, through end: Date, calendar: WorkingCalendar = WorkingCalendar(), limit: Int = 10_000
    ) -> [Firing] {
        guard start <= end, limit > 0 else { return [] }
        let wall = WallClock(zone: zone)
        // A time that a holiday moves comes from a day outside of the range: look as far as the longest holidays last.
        let slack = days == .nextWorkingDay || days == .previousWorkingDay ? 31 : 0
        let last = wall.day(of: end).adding(days: slack)
        var day = wall.day(of: start).adding(days: -slack)
        var found: Set<Date> = []
        while day <= last {
            if cron.matches(day), let target = target(of: day, in: calendar) {
                for instant in wall.instants(of: cron, on: target) where start <= instant && instant <= end {
                    found.insert(instant)
                }
            }
            // Days come in order, so do their targets: what lies before this day can't be preceded any more.
            if found.count > limit, let bound = found.sorted().dropFirst(limit - 1).first,
                wall.day(of: bound) < day.adding(days: -slack)
            {
                break
            }
            day = day.adding(days: 1)
        }
        return found.sorted().prefix(limit).map { firing(at: $0, wall: wall, calendar: calendar) }
    }

    /// What lies between an instant and the next one that the database can tell from it, in seconds.
    static let moment = 0.000_001

    /// The first firing after an instant, within five years.
    public func next(after instant: Date, calendar: WorkingCalendar = WorkingCalendar()) -> Firing? {
        var start = instant.addingTimeInterval(Self.moment)
        // Most schedules fire within days, some only on 29 February: look in growing steps.
        for days in [2.0, 8, 35, 370, 1_470] {
            let end = start.addingTimeInterval(days * 86_400)
            if let found = next(from: start, through: end, calendar: calendar, limit: 1).first { return found }
            start = end
        }
        return nil
    }

    /// The firing that a person asks for now.
    public func firing(now: Date, calendar: WorkingCalendar = WorkingCalendar()) -> Firing {
        firing(at: now, wall: WallClock(zone: zone), calendar: calendar)
    }

    private func firing(at instant: Date, wall: WallClock, calendar: WorkingCalendar) -> Firing {
        var date = wall.day(of: instant)
        switch businessDate {
        case .sameDay: break
        case .previousDay: date = date.adding(days: -1)
        case .previousWorkingDay: date = nearest(date.adding(days: -1), step: -1, in: calendar)
        }
        return Firing(schedule: name, instant: instant, businessDate: date)
    }

    private func target(of day: Day, in calendar: WorkingCalendar) -> Day? {
        switch days {
        case .everyDay: day
        case .onlyWorkingDays: calendar.isWorking(day) ? day : nil
        case .nextWorkingDay: nearest(day, step: 1, in: calendar)
        case .previousWorkingDay: nearest(day, step: -1, in: calendar)
        }
    }

    private func nearest(_ day: Day, step: Int, in calendar: WorkingCalendar) -> Day {
        var day = day
        while !calendar.isWorking(day) { day = day.adding(days: step) }
        return day
    }
}

/// One time at which a schedule fires: the instant, and the day whose business it does.
public struct Firing: Sendable, Equatable, Codable {
    public let schedule: String
    public let instant: Date
    public let businessDate: Day
}
