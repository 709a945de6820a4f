import Foundation
import Jobs
import JobsTesting
import Postgres
import Support
import Synchronization
import Testing
import WorkingDays

/// Jobs whose transactions need no answer before their end: they commit in groups, each for itself.
@Suite(.serialized, .database, .timeLimit(.minutes(5)))
struct GroupTests {
    /// A registry in which a note leaves its effect and says what else to do, all of it put off.
    private func registry(
        _ rig: Rig, also: @escaping @Sendable (Note, JobContext) async throws -> SQL? = { _, _ in nil }
    ) -> Registry {
        var registry = Registry()
        registry.register(Note.self) { note, context in
            try context.transaction.executeLater(Rig.effect(note, context))
            if let more = try await also(note, context) { try context.transaction.executeLater(more) }
            return .done
        }
        return registry
    }

    @Test func `one that fails takes none of the others with it`() async throws {
        let rig = try await Rig.onTestDatabase()
        // Members of a group leave the flush of the log to its last one; nobody else does.
        let tell: SQL =
            "INSERT INTO public.effect (note) SELECT 'grouped' WHERE current_setting('synchronous_commit') = 'off'"
        var settings = EngineSettings()
        settings.groupPace = .unhurried
        let engine = rig.start(
            registry(rig) { note, context in note.text.hasSuffix("7") && context.attempt == 1 ? "SELECT 1/0" : tell },
            settings: settings)
        await engine.until(.idle)
        _ = try await rig.pool.transaction { transaction in
            try await Jobs.enqueueAll((0..<100).map { Note(text: "\($0)") }, in: transaction, now: rig.clock.now())
        }
        try await engine.untilIdle()
        #expect(try await rig.effects().contains("grouped"))
        #expect(try await rig.effects().count { $0 != "grouped" } == 90)
        let first: Int64 = try await rig.pool.withConnection {
            try await $0.value("SELECT id FROM jobs.job WHERE args ->> 'text' = '7'")
        }
        let failed = try await rig.show(JobID(rawValue: first))
        #expect(failed.state == .scheduled)
        #expect(failed.lastError?.contains("22012") == true)
        try await rig.harness.advance(by: .seconds(10))
        let effects = try await rig.effects().filter { $0 != "grouped" }
        #expect(Set(effects) == Set((0..<100).map(String.init)))
        #expect(effects.count == 100)
        #expect(try await rig.count("SELECT count(*) FROM jobs.history WHERE attempt = 2") == 10)
        #expect(engine.heard.filter { if case .done = $0 { true } else { false } }.count == 100)
        try await engine.stop()
    }

    @Test func `one that takes long goes by itself, and holds up nobody`() async throws {
        struct Slow: Job { static let kind = "test.slow" }
        let rig = try await Rig.onTestDatabase()
        let runs = Mutex(0)
        var registry = registry(rig)
        registry.register(Slow.self) { _, context in
            runs.withLock { $0 += 1 }
            try context.transaction.executeLater("SELECT pg_advisory_xact_lock(77)")
            return .done
        }
        let engine = rig.start(registry)
        await engine.until(.idle)
        try await rig.pool.transaction { holder in
            try await holder.execute("SELECT pg_advisory_xact_lock(77)")
            let slow = try await rig.harness.enqueue(Slow())
            var last = slow
            for number in 0..<50 { last = try await rig.enqueue("\(number)") }
            await engine.until(.done(last))
            // Undone once, it waits by itself: without the limit of a group.
            let wait: SQL = """
                SELECT count(*) FROM pg_locks
                 WHERE locktype = 'advisory' AND objid = 77 AND waitstart < clock_timestamp() - interval '0.2 s'
                """
            while try await rig.count(wait) == 0 {}
            try await engine.looked()
            #expect(try await rig.show(slow).state == .running)
        }
        try await engine.untilIdle()
        #expect(runs.withLock { $0 } == 1)
        #expect(try await rig.effects().count == 50)
        #expect(try await rig.count("SELECT count(*) FROM jobs.history WHERE attempt = 1") == 51)
        try await engine.stop()
    }

    @Test func `a wish to cancel a job that waits by itself for its commit is heard`() async throws {
        let rig = try await Rig.onTestDatabase()
        let engine = rig.start(registry(rig) { _, _ in "SELECT pg_advisory_xact_lock(79)" })
        await engine.until(.idle)
        let job = try await rig.pool.transaction { holder in
            try await holder.execute("SELECT pg_advisory_xact_lock(79)")
            let job = try await rig.enqueue("unwanted")
            while try await rig.count(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 79 AND NOT granted") == 0
            {}
            _ = try await rig.pool.transaction {
                try await JobsOverview.cancel(job, reason: "not wanted", in: $0, now: rig.clock.now())
            }
            await engine.until(.cancelled(job))
            return job
        }
        #expect(try await rig.show(job).reason == "not wanted")
        #expect(try await rig.effects() == [])
        try await engine.stop()
    }

    @Test func `transactions of some milliseconds each go side by side`() async throws {
        let rig = try await Rig.onTestDatabase()
        // Work for more than the 5 ms that a group may take each, on any machine; where it is more than 50, all the more.
        let alone: SQL = """
            WITH labour AS MATERIALIZED (SELECT count(md5(n::text)) FROM generate_series(1, 20000) AS n)
            INSERT INTO public.effect (note)
            SELECT CASE current_setting('synchronous_commit') WHEN 'on' THEN 'alone' ELSE 'grouped' END FROM labour
            """
        let engine = rig.start(registry(rig) { _, _ in alone })
        await engine.until(.idle)
        _ = try await rig.pool.transaction { transaction in
            try await Jobs.enqueueAll((0..<120).map { Note(text: "\($0)") }, in: transaction, now: rig.clock.now())
        }
        try await engine.untilIdle()
        // All but the first few; in groups it would be the last one of each.
        #expect(try await rig.effects().count { $0 == "alone" } > 50)
        #expect(try await rig.count("SELECT count(*) FROM jobs.history WHERE attempt = 1") == 120)
        try await engine.stop()
    }

    @Test func `a queue that is full of quick jobs doesn't keep another one waiting`() async throws {
        let rig = try await Rig.onTestDatabase()
        let engine = rig.start(registry(rig), settings: EngineSettings(queues: ["default": 2, "other": 2]))
        await engine.until(.idle)
        _ = try await rig.pool.transaction { transaction in
            try await Jobs.enqueueAll((0..<20_000).map { Note(text: "\($0)") }, in: transaction, now: rig.clock.now())
        }
        for _ in 0..<200 { await engine.until { if case .done = $0 { true } else { false } } }
        let other = try await rig.enqueue("other", Enqueue(queue: "other"))
        await engine.until(.done(other))
        // By far not all were before it, however slowly a test may hear of them.
        #expect(try await rig.count("SELECT count(*) FROM jobs.job") > 1_000)
        try await engine.stop()
    }

    @Test func `a job counts against its queue's limit until it has committed`() async throws {
        let rig = try await Rig.onTestDatabase()
        _ = try await rig.pool.transaction {
            try await JobsOverview.limit(queue: "default", maxRunning: 1, rate: nil, in: $0)
        }
        // Fails where two of them are at it.
        let alone: SQL = "SELECT 1 / pg_try_advisory_xact_lock(78)::int"
        for _ in 0..<2 { rig.start(registry(rig) { _, _ in alone }) }
        try await rig.harness.untilIdle()
        _ = try await rig.pool.transaction { transaction in
            try await Jobs.enqueueAll((0..<60).map { Note(text: "\($0)") }, in: transaction, now: rig.clock.now())
        }
        while try await rig.count("SELECT count(*) FROM jobs.job WHERE stage = 'ready'") > 0 {}
        try await rig.harness.untilIdle()
        #expect(try await rig.count("SELECT count(*) FROM jobs.history WHERE attempt = 1") == 60)
        #expect(try await rig.count("SELECT sum(held) FROM jobs.permit") == 0)
        try await rig.harness.stop()
    }

    @Test func `a job whose lease was lost before its group went is fenced off`() async throws {
        let rig = try await Rig.onTestDatabase()
        // Whoever has it next may come at once: each life has a door of its own.
        let (first, second) = (Gate(), Gate())
        let lives = Mutex(0)
        let engine = rig.start(
            registry(rig) { note, _ in
                let life = lives.withLock { lives in
                    lives += 1
                    return lives
                }
                await (life == 1 ? first : second).pass(note.text)
                return nil
            })
        await engine.until(.idle)
        let lost = try await rig.enqueue("lost")
        _ = await first.arrived()
        _ = try await rig.pool.withConnection {
            try await $0.execute("UPDATE jobs.job SET token = token + 1, owner = NULL WHERE id = \(lost.rawValue)")
        }
        first.open()
        await engine.until(.fenced(lost))
        #expect(try await rig.effects() == [])
        second.open()
        try await rig.harness.advance(by: .seconds(30))
        #expect(try await rig.show(lost).state == .done)
        #expect(try await rig.effects() == ["lost"])
        try await engine.stop()
    }

    @Test func `a stop waits for what is still to be committed`() async throws {
        let rig = try await Rig.onTestDatabase()
        let engine = rig.start(registry(rig), settings: EngineSettings(claimBatch: 10))
        await engine.until(.idle)
        _ = try await rig.pool.transaction { transaction in
            try await Jobs.enqueueAll((0..<200).map { Note(text: "\($0)") }, in: transaction, now: rig.clock.now())
        }
        await engine.until { if case .done = $0 { true } else { false } }
        try await engine.stop()
        await engine.until(.stopped)
        // Whatever it had claimed was done, or given back by a look: it left nothing to be fenced off.
        var open: Set<JobID> = []
        for event in engine.heard {
            switch event {
            case .claimed(let id): open.insert(id)
            case .done(let id), .released(let id): open.remove(id)
            default: break
            }
        }
        #expect(open == [])
        let (done, effects) = (
            try await rig.count("SELECT count(*) FROM jobs.history WHERE outcome = 'done'"),
            try await rig.effects().count
        )
        #expect(done == effects)
        #expect(try await rig.count("SELECT count(*) FROM jobs.job WHERE owner IS NULL AND attempt = 0") == 200 - done)
    }
}
