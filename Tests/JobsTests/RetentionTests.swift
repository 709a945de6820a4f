import Foundation
import Jobs
import JobsTesting
import Postgres
import Support
import Testing
import WorkingDays

/// What engines forget, and when.
@Suite(.serialized, .database, .timeLimit(.minutes(10)))
struct RetentionTests {
    @Test func `a month of history is dropped when it is too old, dead letters are kept`() async throws {
        let rig = try await Rig.onTestDatabase()
        let engine = rig.start(
            rig.registry { note, _ in
                if note.text == "dead" { throw Discard("no") }
                return .done
            }, settings: EngineSettings(keepHistory: 2))
        let (november, dead) = (try await rig.enqueue("november"), try await rig.enqueue("dead"))
        await engine.until(.died(dead))
        rig.clock.set(at("2026-12-31T12:00:00Z"))
        let december = try await rig.enqueue("december")
        try await rig.harness.untilIdle()
        // Two months after the end of November.
        try await rig.harness.set(at("2027-01-31T23:59:00Z"))
        #expect(try await rig.show(november).state == .done)
        try await rig.harness.set(at("2027-02-01T00:00:00Z"))
        // Where a commit that is slow held its lock, the month is seen to by a later look.
        while try await rig.harness.show(november) != nil { try await engine.looked() }
        #expect(try await rig.show(december).state == .done)
        #expect(try await rig.show(dead).state == .dead)
        #expect(
            try await rig.count(
                "SELECT count(*) FROM jobs.history WHERE tableoid::regclass::text = 'jobs.history_other'") == 0)
        try await engine.stop()
    }

    @Test func `what lies beside the months is forgotten as well, and nothing where history is kept for ever`()
        async throws
    {
        let rig = try await Rig.onTestDatabase()
        let now = rig.clock.now()
        // A clock that was years behind.
        rig.clock.set(at("2020-05-05T00:00:00Z"))
        let old = try await rig.enqueue("old")
        _ = try await rig.pool.transaction {
            try await JobsOverview.cancel(old, reason: "no", in: $0, now: rig.clock.now())
        }
        #expect(
            try await rig.count(
                "SELECT count(*) FROM jobs.history WHERE tableoid::regclass::text = 'jobs.history_other'") == 1)
        rig.clock.set(now)
        let keeper = rig.start(rig.registry(), settings: EngineSettings(keepHistory: nil))
        try await keeper.untilIdle()
        #expect(try await rig.show(old).state == .cancelled)
        try await keeper.stop()
        let engine = rig.start(rig.registry())
        try await engine.untilIdle()
        #expect(try await rig.harness.show(old) == nil)
        try await engine.stop()
    }

    @Test func `firings go with the history, but not before their schedule is past them`() async throws {
        let rig = try await Rig.onTestDatabase()
        let schedule = try Schedule("hourly", cron: "0 * * * *") { _ in Note(text: "hourly") }
        let engine = rig.start(rig.registry(), schedules: [schedule], settings: EngineSettings(keepHistory: 1))
        try await engine.untilIdle()
        try await rig.harness.advance(by: .seconds(3_600))
        #expect(try await rig.count("SELECT count(*) FROM jobs.firing") == 1)
        // One of a schedule that stands still.
        try await Database.current.pool.withConnection {
            try await $0.script(
                """
                INSERT INTO jobs.schedule (name, definition, settled_to) VALUES ('still', '', '2020-01-01');
                INSERT INTO jobs.firing VALUES ('still', '2020-01-01', '2020-01-01', 1, '2020-01-01'),
                                               ('still', '2019-12-31', '2019-12-31', 1, '2019-12-31');
                """)
        }
        try await rig.harness.set(at("2027-01-23T12:00:00Z"))
        try await rig.harness.advance(by: .seconds(86_400))
        #expect(try await rig.count("SELECT count(*) FROM jobs.firing WHERE instant < '2026-12-01'") == 1)
        #expect(try await rig.count("SELECT count(*) FROM jobs.firing WHERE schedule = 'still'") == 1)
        #expect(try await rig.count("SELECT count(*) FROM jobs.firing WHERE schedule = 'hourly'") > 0)
        try await engine.stop()
    }

    @Test func `keys whose time is over are forgotten, however many`() async throws {
        let rig = try await Rig.onTestDatabase()
        let now = rig.clock.now()
        try await rig.pool.withConnection {
            _ = try await $0.execute(
                """
                INSERT INTO jobs.used_key
                SELECT 'key ' || n, n, \(now) + make_interval(secs => n - 12000) FROM generate_series(1, 12001) AS n
                """)
        }
        let engine = rig.start(rig.registry())
        try await engine.untilIdle()
        #expect(try await rig.count("SELECT count(*) FROM jobs.used_key") == 1)
        // The next of them waits for the next day.
        try await rig.harness.advance(by: .seconds(3_600))
        #expect(try await rig.count("SELECT count(*) FROM jobs.used_key") == 1)
        try await rig.harness.advance(by: .seconds(86_400))
        #expect(try await rig.count("SELECT count(*) FROM jobs.used_key") == 0)
        try await engine.stop()
    }

    @Test func `somebody who reads the history for long holds up neither jobs nor leases`() async throws {
        let rig = try await Rig.onTestDatabase()
        let engine = rig.start(rig.registry(), settings: EngineSettings(keepHistory: 1))
        try await engine.untilIdle()
        try await rig.pool.transaction { reader in
            _ = try await reader.query("SELECT count(*) FROM jobs.history")
            rig.clock.set(at("2027-03-01T00:00:00Z"))
            try await engine.looked()
            #expect(try await rig.count("SELECT count(*) FROM pg_class WHERE relname = 'history_2026_11'") == 1)
            let id = try await rig.enqueue("meanwhile")
            await engine.until(.done(id))
        }
        try await engine.untilIdle()
        #expect(try await rig.count("SELECT count(*) FROM pg_class WHERE relname = 'history_2026_11'") == 0)
        try await engine.stop()
    }
}
