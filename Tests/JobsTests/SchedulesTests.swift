import Foundation
import Jobs
import JobsTesting
import Postgres
import Support
import Testing
import WorkingDays

@Suite(.serialized, .database, .timeLimit(.minutes(10)))
struct SchedulesTests {
    func hourly(_ catchUp: Schedule.CatchUp) throws -> Schedule {
        try Schedule("hourly", cron: "0 * * * *", catchUp: catchUp) {
            Note(text: $0.instant.formatted(.iso8601))
        }
    }

    @Test func `two engines fire a schedule once`() async throws {
        let rig = try await Rig.onTestDatabase()
        let schedule = try hourly(.once)
        let engines = [
            rig.start(rig.registry(), schedules: [schedule]), rig.start(rig.registry(), schedules: [schedule]),
        ]
        for engine in engines { await engine.until(.idle) }
        for hour in 3...6 {
            try await rig.harness.set(at("2026-11-23T0\(hour):00:00Z"))
        }
        let effects = try await rig.effects().sorted()
        #expect(effects == (3...6).map { "2026-11-23T0\($0):00:00Z" })
        #expect(try await rig.count("SELECT count(*) FROM jobs.firing") == 4)
        for engine in engines { try await engine.stop() }
    }

    @Test(arguments: [
        (Schedule.CatchUp.once, ["2026-11-23T07:00:00Z"]),
        (.all, (3...7).map { "2026-11-23T0\($0):00:00Z" }),
        (.skip, []),
    ])
    func `what was missed while no engine ran is caught up by policy`(policy: Schedule.CatchUp, expected: [String])
        async throws
    {
        let rig = try await Rig.onTestDatabase()
        let schedule = try hourly(policy)
        let before = rig.start(rig.registry(), schedules: [schedule])
        await before.until(.idle)
        try await before.stop()
        rig.clock.set(at("2026-11-23T07:30:00Z"))
        let after = rig.start(rig.registry(), schedules: [schedule])
        await after.until(.idle)
        try await rig.harness.untilIdle()
        #expect(try await rig.effects().sorted() == expected)
        // And the next one on time, whatever the policy.
        rig.clock.set(at("2026-11-23T08:00:00Z"))
        after.engine.wake()
        await after.until { if case .fired(let firing) = $0 { firing.instant == rig.clock.now() } else { false } }
        try await after.stop()
    }

    @Test func `a paused schedule is silent, and what it missed stays missed`() async throws {
        let rig = try await Rig.onTestDatabase()
        let engine = rig.start(rig.registry(), schedules: [try hourly(.all)])
        await engine.until(.idle)
        _ = try await rig.pool.transaction {
            try await Schedules.pause("hourly", by: "Li Na", in: $0, now: rig.clock.now())
        }
        rig.clock.set(at("2026-11-23T05:30:00Z"))
        try await engine.untilIdle()
        _ = try await rig.pool.transaction { try await Schedules.resume("hourly", in: $0, now: rig.clock.now()) }
        try await engine.untilIdle()
        rig.clock.set(at("2026-11-23T06:00:00Z"))
        engine.engine.wake()
        await engine.until { if case .fired = $0 { true } else { false } }
        try await rig.harness.untilIdle()
        #expect(try await rig.effects() == ["2026-11-23T06:00:00Z"])
        try await engine.stop()
    }

    @Test func `an engine looks for what its schedule made before it says that it is idle`() async throws {
        let rig = try await Rig.onTestDatabase()
        let each = try Schedule("each-minute", cron: "* * * * *") { Note(text: $0.instant.formatted(.iso8601)) }
        // No looks at growing intervals, as after every start; and in steps that leave it its lease.
        let engine = rig.start(
            rig.registry(), schedules: [each], settings: EngineSettings(fallbackTick: .milliseconds(5)))
        for second in [0, 20, 40] {
            rig.clock.set(at("2026-11-23T02:00:00Z").addingTimeInterval(Double(second)))
            try await engine.untilIdle()
        }
        // As long as the notification is on its way.
        try await Database.current.pool.withConnection {
            try await $0.script("ALTER TABLE jobs.job DISABLE TRIGGER tell_of_new_jobs")
        }
        rig.clock.set(at("2026-11-23T02:01:00Z"))
        engine.wake()
        await engine.until { if case .fired = $0 { true } else { false } }
        await engine.until(.idle)
        #expect(try await rig.effects() == ["2026-11-23T02:01:00Z"])
        try await engine.stop()
    }

    @Test func `a schedule run by hand keeps its regular times`() async throws {
        let rig = try await Rig.onTestDatabase()
        let schedule = try hourly(.once)
        let id = try await rig.pool.transaction {
            try await Schedules([schedule]).run("hourly", in: $0, now: rig.clock.now())
        }
        let engine = rig.start(rig.registry(), schedules: [schedule])
        await engine.until(.done(try #require(id)))
        let view = try #require(try await rig.pool.withConnection { try await Schedules.list(in: $0) }.first)
        #expect(view.lastJob == id)
        #expect(view.lastFired == rig.clock.now())
        await #expect(throws: CronError.self) {
            try await rig.pool.transaction { try await Schedules([]).run("daily", in: $0, now: rig.clock.now()) }
        }
        try await engine.stop()
    }

    @Test func `a schedule that cannot make its job does not hold up the others`() async throws {
        let rig = try await Rig.onTestDatabase()
        let broken = try Schedule("broken", cron: "0 * * * *") { _ in throw Discard("no programme") }
        let engine = rig.start(rig.registry(), schedules: [broken, try hourly(.once)])
        await engine.until(.idle)
        rig.clock.set(at("2026-11-23T03:00:00Z"))
        engine.engine.wake()
        await engine.until { if case .done = $0 { true } else { false } }
        #expect(try await rig.effects() == ["2026-11-23T03:00:00Z"])
        try await engine.stop()
    }
}
