import Foundation
import JobsTesting
import Logging
import Postgres
import Support
import Synchronization
import Testing
import WorkingDays

@testable import Jobs

/// What engines survive of clocks: summer time, jumps, and two that differ.
@Suite(.serialized, .database, .timeLimit(.minutes(5)))
struct ClockTests {
    /// Three days around a change of the clocks, and when the daily time of its civil days comes.
    struct Change: CustomTestStringConvertible {
        let testDescription: String
        let zone: String
        let daily: String
        let window: (start: String, end: String)
        let expected: [String]

        static let all = [
            Change(
                testDescription: "Berlin, spring: half past two doesn't exist", zone: "Europe/Berlin",
                daily: "30 2 * * *", window: ("2026-03-28T00:10:00Z", "2026-03-30T03:00:00Z"),
                expected: ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]),
            Change(
                testDescription: "Berlin, autumn: half past two comes twice", zone: "Europe/Berlin",
                daily: "30 2 * * *", window: ("2026-10-24T00:10:00Z", "2026-10-26T03:00:00Z"),
                expected: ["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]),
            Change(
                testDescription: "New York, spring: half past two doesn't exist", zone: "America/New_York",
                daily: "30 2 * * *", window: ("2026-03-07T06:10:00Z", "2026-03-09T09:00:00Z"),
                expected: ["2026-03-07T07:30:00Z", "2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"]),
            Change(
                testDescription: "New York, autumn: half past one comes twice", zone: "America/New_York",
                daily: "30 1 * * *", window: ("2026-10-31T04:10:00Z", "2026-11-02T08:00:00Z"),
                expected: ["2026-10-31T05:30:00Z", "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"]),
        ]
    }

    /// The clock goes in steps of chance, now and then back.
    @Test(arguments: Change.all, Dice.seeds)
    func `two engines fire each time once through a change of the clocks, whatever their steps`(
        change: Change, seed: UInt64
    ) async throws {
        var dice = Dice(seed: seed)
        let rig = try await Rig.onTestDatabase()
        let (start, end) = (at(change.window.start), at(change.window.end))
        rig.clock.set(start)
        let schedules = try [("daily", change.daily), ("hourly", "15 * * * *")].map { name, cron in
            try Schedule(name, cron: cron, zone: change.zone, catchUp: .all) {
                Note(text: "\(name) \($0.instant.formatted(.iso8601))")
            }
        }
        for _ in 0..<2 { rig.harness.start(rig.registry(), schedules: schedules) }
        try await rig.harness.untilIdle()
        while rig.clock.now() < end {
            let step =
                dice.once(in: 8)
                ? Double.random(in: -10_800...0, using: &dice) : .random(in: 1_800...18_000, using: &dice)
            try await rig.harness.set(min(max(rig.clock.now().addingTimeInterval(step), start), end))
        }
        let quarterPast = stride(from: start.timeIntervalSince1970, through: end.timeIntervalSince1970, by: 60)
            .filter { Int($0) / 60 % 60 == 15 }.map { Date(timeIntervalSince1970: $0) }
        let effects = try await rig.effects().sorted()
        #expect(effects.filter { $0.hasPrefix("daily") } == change.expected.map { "daily " + $0 })
        #expect(effects.filter { $0.hasPrefix("hourly") } == quarterPast.map { "hourly " + $0.formatted(.iso8601) })
        try await rig.harness.stop()
    }

    @Test func `a clock that went back two days silences no schedule that looks at how things stand`() async throws {
        let rig = try await Rig.onTestDatabase()
        let start = rig.clock.now()
        let schedules = try [("look", Schedule.CatchUp.once), ("each", .all)].map { name, catchUp in
            try Schedule(name, cron: "0 * * * *", zone: "Asia/Shanghai", catchUp: catchUp) {
                Note(text: "\(name) \($0.instant.formatted(.iso8601))")
            }
        }
        rig.harness.start(rig.registry(), schedules: schedules)
        try await rig.harness.untilIdle()
        for _ in 0..<48 { try await rig.harness.advance(by: .seconds(3_600)) }
        let before = try await rig.effects().filter { $0.hasPrefix("look") }.count
        #expect(before >= 47)
        try await rig.harness.set(start)
        for _ in 0..<3 { try await rig.harness.advance(by: .seconds(3_600)) }
        let after = try await rig.effects()
        #expect(after.filter { $0.hasPrefix("look") }.count == before + 3)
        // What makes up for every time keeps to once for each.
        let each = after.filter { $0.hasPrefix("each") }
        #expect(Set(each).count == each.count)
        let memory = try await rig.pool.withConnection { try await Schedules.list(in: $0) }.first { $0.name == "look" }
        #expect(memory?.setBackAt != nil && memory?.setBackFrom != nil)
        try await rig.harness.stop()
    }

    @Test func `who stood still while another fired doesn't take the time that passed for a clock that went back`()
        async throws
    {
        let rig = try await Rig.onTestDatabase()
        let schedule = try Schedule("look", cron: "0 * * * *", catchUp: .once) {
            Note(text: $0.instant.formatted(.iso8601))
        }
        let fired = at("2026-11-23T03:00:00Z")
        let control = try await Connection.open(
            Database.current.appSettings, logger: Logger(label: "test"))
        try await Schedules([schedule]).remember(in: control, now: rig.clock.now())
        let first = try await rig.pool.transaction {
            try await Schedules.fire(schedule, in: $0, now: fired, calendar: WorkingCalendar())
        }
        #expect(first.count == 1)
        // The first reading is of before; by the second it is awake.
        let slow = SlowReader(readings: [at("2026-11-23T02:30:00Z"), fired])
        _ = try await Schedules([schedule]).due(in: control, calendar: WorkingCalendar(), clock: slow)
        let again = try await rig.pool.transaction {
            try await Schedules.fire(schedule, in: $0, now: fired, calendar: WorkingCalendar())
        }
        #expect(again.isEmpty)
        #expect(try await rig.count("SELECT count(*) FROM jobs.schedule WHERE set_back_at IS NOT NULL") == 0)
        await control.close()
    }

    @Test(arguments: Dice.seeds)
    func `a clock that jumps by hours and weeks, forward and back, runs each job once and none too early`(seed: UInt64)
        async throws
    {
        var dice = Dice(seed: seed)
        let rig = try await Rig.onTestDatabase()
        let start = rig.clock.now()
        let registry = rig.registry { note, context in
            if context.now.timeIntervalSince(start) < Double(note.text) ?? .infinity { throw Discard("too early") }
            return .done
        }
        for _ in 0..<2 { rig.harness.start(registry) }
        var latest = 0.0
        var delays: [Double] = []
        for _ in 0..<30 {
            for _ in 0..<2 {
                let delay = (rig.clock.now().timeIntervalSince(start) + .random(in: -60...2_600_000, using: &dice))
                    .rounded()
                delays.append(delay)
                try await rig.enqueue(
                    "\(delay)",
                    Enqueue(runAt: start.addingTimeInterval(delay), lane: dice.once(in: 3) ? "lane" : nil))
            }
            let jump = dice.once(in: 2) ? 7_200.0 : 3_000_000
            try await rig.harness.set(rig.clock.now().addingTimeInterval(.random(in: -jump...jump, using: &dice)))
            latest = max(latest, rig.clock.now().timeIntervalSince(start))
            #expect(try await rig.effects().count >= delays.count { $0 <= rig.clock.now().timeIntervalSince(start) })
        }
        try await rig.harness.set(start.addingTimeInterval(max(latest, 3_000_000 * 30) + 2_600_000))
        #expect(try await rig.effects().compactMap(Double.init).sorted() == delays.sorted())
        #expect(try await rig.count("SELECT count(*) FROM jobs.dead_letter") == 0)
        try await rig.harness.stop()
    }

    /// Up to two thirds of the lease, which is what is left of it before a heartbeat, clocks may differ.
    @Test(arguments: [-3_600, -40, -15, 15, 40, 3_600], Dice.seeds)
    func `two engines whose clocks differ do each job once, and rob each other only beyond the lease`(
        seconds: Int, seed: UInt64
    ) async throws {
        var dice = Dice(seed: seed)
        let rig = try await Rig.onTestDatabase()
        let gate = Gate()
        let other = Skewed(base: rig.clock, seconds: Double(seconds))
        let held = try await rig.enqueue("held", Enqueue(maxAttempts: 20))
        let holder = rig.start(
            rig.registry { note, context in
                if note.text == "held", context.attempt == 1 { await gate.pass(note.text) }
                return .done
            })
        #expect(await gate.arrived() == "held")
        let second = rig.harness.start(rig.registry(), clock: other)
        for number in 0..<20 {
            let delay = Double.random(in: 0...25, using: &dice)
            // Each robbery costs an attempt.
            try await rig.enqueue(
                "\(number)", Enqueue(maxAttempts: 20, runAt: rig.clock.now().addingTimeInterval(delay)))
        }
        for _ in 0..<4 {
            rig.clock.advance(bySeconds: .random(in: 8...10, using: &dice))
            try await holder.looked()
            try await second.looked()
        }
        gate.open()
        await holder.until { $0 == .done(held) || $0 == .fenced(held) }
        for _ in 0..<3 { try await rig.harness.advance(by: .seconds(10)) }
        #expect(second.heard.contains(.rescued(held)) == (seconds > 30))
        #expect((try await rig.show(held).attempt > 1) == (seconds > 30))
        #expect(try await rig.effects().sorted() == ((0..<20).map { "\($0)" } + ["held"]).sorted())
        #expect(try await rig.count("SELECT count(*) FROM jobs.history WHERE outcome = 'done'") == 21)
        try await rig.harness.stop()
    }
}

/// A clock that is wrong by so many seconds.
struct Skewed: Clock {
    let base: ManualClock
    let seconds: Double

    func now() -> Date { base.now().addingTimeInterval(seconds) }
}

/// A clock whose readings are given, the last for ever.
private final class SlowReader: WorkingDays.Clock {
    private let readings: Mutex<[Date]>

    init(readings: [Date]) { self.readings = Mutex(readings) }

    func now() -> Date { readings.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] } }
}
