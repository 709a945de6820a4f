package import Contract
package import FoundationEssentials
import Postgres
package import WorkingDays

/// A clock that a demonstration moves forward.
package protocol DemonstrationClock: Clock {
    /// Goes on from this instant; an instant that has passed changes nothing.
    func advance(to instant: Date)
}

extension ShowClock: Answerable {
    package func answer(in context: QueryContext) async throws -> ClockView {
        ClockView(now: context.now, today: context.today, demo: context.door.clock is any DemonstrationClock)
    }
}

extension AdvanceClock: Executable {
    package func execute(in context: CommandContext) async throws -> ClockView {
        guard let clock = context.door.clock as? any DemonstrationClock else {
            throw Refusal.conflict(
                Phrase(
                    "This daemon goes by the real time: only one that was initialised with --demo-clock can be moved.",
                    "该守护进程使用真实时间：只有以 --demo-clock 初始化的才能拨动。"))
        }
        let target = try await target(in: context)
        guard target > context.now else {
            throw Refusal.invalid(
                Phrase(
                    "It is \(Timestamp.text(context.now)) already: the clock moves forward only.",
                    "现在已是 \(Timestamp.text(context.now))：时钟只能向前拨。"), field: "to")
        }
        guard target < context.now.addingTimeInterval(3_660 * 86_400) else {
            throw Refusal.invalid(
                Phrase(
                    "The clock moves by at most ten years.",
                    "时钟最多拨动十年。"), field: "to")
        }
        context.changed(
            "clock", "now", from: ["at": .string(Timestamp.text(context.now))],
            to: ["at": .string(Timestamp.text(target))])
        context.transaction.onCommit { clock.advance(to: target) }
        return ClockView(now: target, today: Day(target), demo: true)
    }

    /// Days keep the time of day.
    private func target(in context: CommandContext) async throws -> Date {
        switch (to, days, workingDays) {
        case (let to?, nil, nil): return to
        case (nil, let days?, nil) where (1...3_660).contains(days):
            return context.now.addingTimeInterval(Double(days) * 86_400)
        case (nil, nil, let days?) where (1...2_000).contains(days):
            let day = try await Calendars.current(in: context).day(workingDays: days, after: context.today)
            return context.now.addingTimeInterval(Double(day.number - context.today.number) * 86_400)
        default:
            throw Refusal.invalid(
                Phrase(
                    "Say one of: to (a time), days (1 to 3660), workingDays (1 to 2000).",
                    "请给出其中之一：to（时间）、days（1 至 3660）、workingDays（1 至 2000）。"), field: "to")
        }
    }
}

extension ReportHealth: Answerable {
    package func answer(in context: QueryContext) async throws -> DoctorReport {
        var checks = await context.door.health()
        // What it says names paths, logins and unions: that is the root's administrator's.
        if !context.principal.holdsAtRoot(.administer) {
            checks = checks.map { check in
                DoctorCheck(
                    name: check.name, ok: check.ok,
                    detail: check.ok ? "" : "not well; the root's administrator sees why (relief doctor)")
            }
        }
        let ending = try await TokensEnding.look(
            now: context.now, within: User.isVisible(to: context.principal), in: context.transaction)
        let warnings =
            try await Calendars.warnings(on: context.today, in: context.transaction) + ending.warnings
        return DoctorReport(
            ok: checks.allSatisfy(\.ok), checks: checks, warnings: warnings.isEmpty ? nil : warnings)
    }
}
