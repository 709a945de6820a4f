import Foundation
import Jobs
import JobsTesting
import Logging
import Postgres
import Support
import Testing
import WorkingDays

@Suite(.serialized, .database, .timeLimit(.minutes(10)))
struct EngineTests {
    @Test func `a job enqueued in a transaction runs once and ends in the history`() async throws {
        let rig = try await Rig.onTestDatabase()
        let engine = rig.start(rig.registry())
        await engine.until(.idle)
        let id = try await rig.enqueue("hello")
        await engine.until(.done(id))
        #expect(try await rig.effects() == ["hello"])
        let job = try await rig.show(id)
        #expect(job.state == .done)
        #expect(job.attempt == 1)
        #expect(job.args == #"{"text": "hello"}"#)
        try await engine.stop()
        #expect(try await rig.count("SELECT count(*) FROM jobs.engine") == 0)
    }

    @Test func `a job whose enqueuing transaction rolled back never was`() async throws {
        let rig = try await Rig.onTestDatabase()
        struct Change: Error {}
        await #expect(throws: Change.self) {
            try await rig.pool.transaction { transaction in
                try await Jobs.enqueue(Note(text: "never"), in: transaction, now: rig.clock.now())
                throw Change()
            }
        }
        #expect(try await rig.count("SELECT count(*) FROM jobs.every") == 0)
    }

    @Test func `a job gets a worker of its own where the one who seemed to be done soon is stuck`() async throws {
        struct Quick: Job {
            static let kind = "test.quick"
            let isStuck: Bool
        }
        let rig = try await Rig.onTestDatabase()
        let gate = Gate()
        var registry = Registry()
        registry.register(
            Quick.self, isRepeatable: true,
            outside: { job, _ in
                if job.isStuck { await gate.pass("stuck") }
                return .done
            })
        let engine = rig.start(registry)
        await engine.until(.idle)
        _ = try await rig.pool.transaction { transaction in
            try await Jobs.enqueueAll(
                (0..<500).map { _ in Quick(isStuck: false) }, in: transaction, now: rig.clock.now())
        }
        try await engine.untilIdle()
        let stuck = try await rig.harness.enqueue(Quick(isStuck: true))
        _ = await gate.arrived()
        let next = try await rig.harness.enqueue(Quick(isStuck: false))
        await engine.until(.done(next))
        #expect(try await rig.show(stuck).state == .running)
        gate.open()
        await engine.until(.done(stuck))
        try await engine.stop()
    }

    @Test func `G17: jobs claimed ahead behind others that hang are run by another engine`() async throws {
        let rig = try await Rig.onTestDatabase()
        let gate = Gate()
        var registry = Registry()
        registry.register(Letter.self, isRepeatable: true) { letter, _ in
            if letter.text == "stuck" { await gate.pass(letter.text) }
            return .done
        }
        let settings = EngineSettings(queues: ["default": 2])
        let engine = rig.start(registry, settings: settings)
        func enqueue(_ texts: [String]) async throws {
            _ = try await rig.pool.transaction {
                try await Jobs.enqueueAll(texts.map { Letter(text: $0) }, in: $0, now: rig.clock.now())
            }
        }
        try await enqueue((0..<500).map { "\($0)" })
        try await engine.untilIdle()
        try await enqueue(["stuck", "stuck"] + (0..<50).map { "\($0)" })
        for _ in 0..<2 { _ = await gate.arrived() }
        let another = rig.start(registry, settings: settings)
        var left = 50
        await another.until {
            if case .done = $0 { left -= 1 }
            return left == 0
        }
        #expect(try await rig.count("SELECT count(*) FROM jobs.job WHERE owner IS NOT NULL") == 2)
        gate.open()
        try await rig.harness.untilIdle()
        #expect(try await rig.count("SELECT count(*) FROM jobs.history WHERE outcome = 'done' AND attempt = 1") == 552)
        try await rig.harness.stop()
    }

    @Test
    func `a job that may have ended its engine waits for a worker where all are stuck, and isn't claimed to and fro`()
        async throws
    {
        let rig = try await Rig.onTestDatabase()
        let gate = Gate()
        let engine = rig.start(rig.registry(passing: gate), settings: EngineSettings(queues: ["default": 1]))
        let stuck = try await rig.enqueue("stuck")
        #expect(await gate.arrived() == "stuck")
        // As a rescue leaves it.
        let suspect = try await rig.pool.transaction { transaction in
            let id = try await Jobs.enqueue(Note(text: "suspect"), in: transaction, now: rig.clock.now())
            try await transaction.execute("UPDATE jobs.job SET losses = 1 WHERE id = \(id.rawValue)")
            try await transaction.execute("SELECT pg_notify('jobs', 'look')")
            return id
        }
        await engine.until(.released(suspect))
        for _ in 0..<3 { try await engine.looked() }
        #expect(engine.heard.count { $0 == .claimed(suspect) } == 1)
        gate.open()
        await engine.until(.done(suspect))
        #expect(try await rig.show(suspect).attempt == 1)
        #expect(try await rig.show(stuck).state == .done)
        try await engine.stop()
    }

    @Test func `who locks one of the jobs that are handed back holds up none of the others`() async throws {
        let rig = try await Rig.onTestDatabase()
        let gate = Gate()
        var registry = Registry()
        registry.register(Letter.self, isRepeatable: true) { letter, _ in
            if letter.text == "stuck" { await gate.pass(letter.text) }
            return .done
        }
        let engine = rig.start(registry, settings: EngineSettings(queues: ["default": 1]))
        func enqueue(_ texts: [String]) async throws {
            _ = try await rig.pool.transaction {
                try await Jobs.enqueueAll(texts.map { Letter(text: $0) }, in: $0, now: rig.clock.now())
            }
        }
        try await enqueue((0..<500).map { "\($0)" })
        try await engine.untilIdle()
        try await enqueue(["stuck"] + (0..<20).map { "\($0)" })
        _ = await gate.arrived()
        let another = rig.start(registry, settings: EngineSettings(queues: ["default": 1]))
        let locked: JobID? = try await rig.pool.transaction { transaction in
            let row = try await transaction.one("SELECT id FROM jobs.job ORDER BY id DESC LIMIT 1 FOR UPDATE")
            let id = JobID(rawValue: try row[0])
            var left = 19
            await another.until {
                if case .done = $0 { left -= 1 }
                return left == 0
            }
            return id
        }
        gate.open()
        try await rig.harness.untilIdle()
        #expect(try await rig.show(#require(locked)).state == .done)
        #expect(try await rig.count("SELECT count(*) FROM jobs.history WHERE outcome = 'done' AND attempt = 1") == 521)
        try await rig.harness.stop()
    }

    @Test func `G17: two engines run 500 jobs exactly once each, and lose none`() async throws {
        let rig = try await Rig.onTestDatabase()
        let settings = EngineSettings(queues: ["default": 3], maxRunning: 3, claimBatch: 2)
        let engines = [rig.start(rig.registry(), settings: settings), rig.start(rig.registry(), settings: settings)]
        for engine in engines { await engine.until(.idle) }
        try await rig.pool.transaction { transaction in
            let made = try await Jobs.enqueueAll(
                (0..<500).map { Note(text: "\($0)") }, in: transaction, now: rig.clock.now())
            #expect(made == 500)
        }
        try await rig.harness.untilIdle()
        #expect(try await rig.count("SELECT count(*) FROM public.effect") == 500)
        #expect(try await rig.count("SELECT count(DISTINCT note) FROM public.effect") == 500)
        #expect(try await rig.count("SELECT count(*) FROM jobs.history WHERE outcome = 'done' AND attempt = 1") == 500)
        #expect(try await rig.count("SELECT count(*) FROM jobs.job") == 0)
        for engine in engines { try await engine.stop() }
    }

    @Test func `effect and completion are one transaction: a failed attempt leaves nothing`() async throws {
        let rig = try await Rig.onTestDatabase()
        struct BankIsClosed: Error {}
        let engine = rig.start(
            rig.registry { _, context in
                if context.attempt == 1 { throw BankIsClosed() }
                return .done
            })
        let id = try await rig.enqueue("pay")
        let due = rig.clock.now().addingTimeInterval(10)
        await engine.until(.retried(id, at: due))
        #expect(try await rig.effects() == [])
        #expect(
            try await rig.explain(id)
                == .notDueBefore(due, lastError: "attempt 1: BankIsClosed()"))
        rig.clock.set(due)
        engine.engine.wake()
        await engine.until(.done(id))
        #expect(try await rig.effects() == ["pay"])
        #expect(try await rig.count("SELECT attempt FROM public.effect") == 2)
        try await engine.stop()
    }

    @Test func `a job that fails for good is a dead letter, and can be retried in bulk`() async throws {
        let rig = try await Rig.onTestDatabase()
        let first = rig.start(rig.registry { _, _ in throw Discard("no such account") })
        let ids = [try await rig.enqueue("a"), try await rig.enqueue("b")]
        await first.untilAll(ids.map(EngineEvent.died))
        #expect(try await rig.explain(ids[0]) == .ended(.dead, reason: "no such account"))
        try await first.stop()
        let second = rig.start(rig.registry())
        await second.until(.idle)
        let revived = try await rig.pool.transaction {
            try await JobsOverview.retryDead(kind: Note.kind, in: $0, now: rig.clock.now())
        }
        #expect(revived == 2)
        await second.untilAll(ids.map(EngineEvent.done))
        #expect(try await rig.effects().sorted() == ["a", "b"])
        try await second.stop()
    }

    @Test func `snooze keeps the effect and the attempt, cancel ends with its reason`() async throws {
        let rig = try await Rig.onTestDatabase()
        let later = rig.clock.now().addingTimeInterval(3600)
        let engine = rig.start(
            rig.registry { note, context in
                if note.text == "unwanted" { return .cancel(reason: "withdrawn") }
                return context.now < later ? .snooze(until: later) : .done
            })
        let (sleepy, unwanted) = (try await rig.enqueue("sleepy"), try await rig.enqueue("unwanted"))
        await engine.untilAll([.snoozed(sleepy, until: later), .cancelled(unwanted)])
        #expect(try await rig.effects().sorted() == ["sleepy", "unwanted"])
        #expect(try await rig.show(unwanted).reason == "withdrawn")
        #expect(try await rig.show(sleepy).attempt == 0)
        rig.clock.set(later)
        engine.engine.wake()
        await engine.until(.done(sleepy))
        #expect(try await rig.show(sleepy).attempt == 1)
        try await engine.stop()
    }

    @Test func `a running job is cancelled and a waiting one removed`() async throws {
        let rig = try await Rig.onTestDatabase()
        let started = Gate()
        let holder = try await Connection.open(rig.settings, logger: quiet)
        try await holder.execute("SELECT pg_advisory_lock(1)")
        let engine = rig.start(
            rig.registry { note, context in
                Task { await started.pass(note.text) }
                // Waits for a lock that is never let go: ends only by the cancellation that reaches the server.
                try await context.transaction.execute("SELECT pg_advisory_xact_lock(1)")
                return .done
            })
        let running = try await rig.enqueue("long")
        let waiting = try await rig.enqueue("later", Enqueue(runAt: rig.clock.now().addingTimeInterval(60)))
        #expect(await started.arrived() == "long")
        started.open()
        for id in [running, waiting] {
            let accepted = try await rig.pool.transaction {
                try await JobsOverview.cancel(id, reason: "enough", in: $0, now: rig.clock.now())
            }
            #expect(accepted)
        }
        await engine.until(.cancelled(running))
        #expect(try await rig.show(running).reason == "enough")
        #expect(try await rig.show(waiting).state == .cancelled)
        #expect(try await rig.effects() == [])
        try await engine.stop()
        await holder.close()
    }

    @Test func `a paused queue waits, and says so`() async throws {
        let rig = try await Rig.onTestDatabase()
        try await rig.pool.transaction {
            try await JobsOverview.pause(queue: "default", by: "Li Na", in: $0, now: rig.clock.now())
        }
        let engine = rig.start(rig.registry())
        await engine.until(.idle)
        let id = try await rig.enqueue("patience")
        #expect(try await rig.explain(id) == .queuePaused("default", since: rig.clock.now(), by: "Li Na"))
        // A look later than the notification finds it still waiting.
        rig.clock.advance(bySeconds: 30)
        engine.engine.wake()
        await engine.until(.ticked)
        await engine.until(.idle)
        #expect(try await rig.show(id).state == .ready)
        _ = try await rig.pool.transaction { try await JobsOverview.resume(queue: "default", in: $0) }
        await engine.until(.done(id))
        try await engine.stop()
    }

    @Test func `urgent jobs come first, equal ones in order`() async throws {
        let rig = try await Rig.onTestDatabase()
        try await rig.enqueue("1")
        try await rig.enqueue("2")
        try await rig.enqueue("0", Enqueue(priority: 1))
        let last = try await rig.enqueue("3", Enqueue(priority: 500))
        let engine = rig.start(rig.registry(), settings: EngineSettings(queues: ["default": 1]))
        await engine.until(.done(last))
        #expect(try await rig.effects() == ["0", "1", "2", "3"])
        try await engine.stop()
    }

    @Test func `jobs of a kind or version that an engine does not know are left to others`() async throws {
        struct Newer: Job {
            static let kind = Note.kind
            static let version = 2
        }
        struct Stranger: Job {
            static let kind = "test.stranger"
        }
        let rig = try await Rig.onTestDatabase()
        let (newer, stranger) = try await rig.pool.transaction {
            (
                try await Jobs.enqueue(Newer(), in: $0, now: rig.clock.now()),
                try await Jobs.enqueue(Stranger(), in: $0, now: rig.clock.now())
            )
        }
        let engine = rig.start(rig.registry())
        let known = try await rig.enqueue("known")
        await engine.until(.done(known))
        try await engine.stop()
        #expect(try await rig.show(newer).attempt == 0)
        #expect(try await rig.show(stranger).state == .ready)
    }

    @Test func `drain runs what is due inside the test's own transaction`() async throws {
        let rig = try await Rig.onTestDatabase()
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let quiet = logger
        let ran = try await rig.pool.transaction { transaction in
            for text in ["a", "b"] {
                try await Jobs.enqueue(Note(text: text), Enqueue(lane: "x"), in: transaction, now: rig.clock.now())
            }
            return try await Drain.run(
                rig.registry { note, _ in
                    if note.text == "a" { throw Discard("a is wrong") }
                    return .done
                }, in: transaction, clock: rig.clock, logger: quiet)
        }
        #expect(ran == 2)
        #expect(try await rig.effects() == ["b"])
    }
}
