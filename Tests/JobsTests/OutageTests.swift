import Foundation
import Jobs
import JobsTesting
import Postgres
import Support
import Synchronization
import Testing
import WorkingDays

/// What engines know, and mustn't forget, across an outage; and what they take in their stride.
@Suite(.serialized, .database, .timeLimit(.minutes(5)))
struct OutageTests {
    @Test func `an effect that may not be repeated isn't, after an outage longer than the lease`() async throws {
        let rig = try await Rig.onTestDatabase()
        let (wire, gate) = (try Database.current.wire(), Gate())
        let effects = Mutex(0)
        let (dropped, drop) = AsyncStream.makeStream(of: Void.self)
        var registry = Registry()
        registry.register(Letter.self, isRepeatable: false) { letter, context in
            effects.withLock { $0 += 1 }
            await withTaskCancellationHandler {
                await gate.pass(letter.text)
            } onCancel: {
                drop.yield()
            }
            return .done
        }
        let engine = rig.harness.start(registry, listen: wire.settings)
        await engine.until(.idle)
        let id = try await rig.harness.enqueue(Letter(text: "pay"))
        #expect(await gate.arrived() == "pay")
        let isAway = Mutex(true)
        wire.judge { _ in isAway.withLock(\.self) ? .cutBefore : .passed }
        rig.clock.advance(bySeconds: 31)
        engine.wake()
        for await _ in dropped { break }
        isAway.withLock { $0 = false }
        await engine.until(.doubted(id))
        gate.open()
        try await rig.harness.advance(by: .seconds(60))
        #expect(effects.withLock(\.self) == 1)
        let doubtful = try await rig.show(id)
        #expect(doubtful.state == .inDoubt && doubtful.reason?.contains("nobody knows") == true)
        // Its engine lives: no lease ran out.
        #expect(doubtful.lastError == nil)
        try await engine.stop()
        wire.close()
    }

    @Test(arguments: [true, false]) func `a wish to cancel is kept, however the attempt ends`(fails: Bool) async throws
    {
        struct BankIsClosed: Error {}
        let rig = try await Rig.onTestDatabase()
        let gate = Gate()
        let later = rig.clock.now().addingTimeInterval(86_400)
        let engine = rig.start(
            rig.registry { note, context in
                guard context.attempt == 1 else { return .done }
                await gate.pass(note.text)
                if fails { throw BankIsClosed() }
                return .snooze(until: later)
            })
        await engine.until(.idle)
        let id = try await rig.enqueue("unwanted")
        #expect(await gate.arrived() == "unwanted")
        // Before the engine hears of it.
        _ = try await rig.pool.withConnection {
            try await $0.execute("UPDATE jobs.job SET cancel_reason = 'not wanted' WHERE id = \(id.rawValue)")
        }
        gate.open()
        await engine.until(.cancelled(id))
        #expect(try await rig.show(id).reason == "not wanted")
        try await rig.harness.advance(by: .seconds(86_400))
        // Snoozing keeps the effect, cancelling ends without another.
        #expect(try await rig.effects().count == (fails ? 0 : 1))
        try await engine.stop()
    }

    @Test func `an engine that couldn't take a new lease takes it later`() async throws {
        let rig = try await Rig.onTestDatabase()
        let engine = rig.start(rig.registry())
        try await engine.untilIdle()
        let owner = Database.current.pool
        try await owner.withConnection {
            try await $0.script(
                """
                CREATE SEQUENCE public.refusals;
                CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
                    AS 'BEGIN PERFORM nextval(''public.refusals''); RAISE disk_full; END';
                CREATE TRIGGER refuse BEFORE INSERT ON jobs.engine FOR EACH ROW EXECUTE FUNCTION public.refuse();
                """)
            _ = try await $0.query("SELECT * FROM jobs.rescue(\(rig.clock.now().addingTimeInterval(3_600)))")
        }
        rig.clock.advance(bySeconds: 11)
        engine.wake()
        await engine.until(.leaseLost)
        let refused: SQL = "SELECT count(*) FROM public.refusals WHERE is_called"
        while try await owner.withConnection({ try await $0.value(refused) as Int }) == 0 {}
        try await owner.withConnection { try await $0.script("DROP TRIGGER refuse ON jobs.engine") }
        let id = try await rig.enqueue("at last")
        await engine.until(.done(id))
        try await engine.stop()
    }

    @Test func `a job from before all times is run as any other`() async throws {
        let rig = try await Rig.onTestDatabase()
        let engine = rig.start(rig.registry())
        await engine.until(.idle)
        let id = try await rig.enqueue("old", Enqueue(runAt: .distantPast))
        await engine.until(.done(id))
        try await engine.stop()
    }

    @Test func `a handler's own want of a connection is a failure of its attempt`() async throws {
        let rig = try await Rig.onTestDatabase()
        var registry = Registry()
        registry.register(Letter.self, isRepeatable: true) { _, context in
            if context.attempt == 1 { throw PostgresError(.poolTimeout, "no connection of the handler's own pool") }
            return .done
        }
        let engine = rig.start(registry)
        await engine.until(.idle)
        let id = try await rig.harness.enqueue(Letter(text: "twice"))
        await engine.until { if case .retried(id, _) = $0 { true } else { false } }
        #expect(try await rig.show(id).state == .scheduled)
        try await rig.harness.advance(by: .seconds(10))
        #expect(try await rig.show(id).attempt == 2)
        try await engine.stop()
    }

    @Test func `a limit that comes to a rate counts what runs already`() async throws {
        let rig = try await Rig.onTestDatabase()
        let gate = Gate()
        let rate = try #require(QueueRate("1000/minute"))
        try await rig.pool.transaction {
            try await JobsOverview.limit(queue: "default", maxRunning: nil, rate: rate, in: $0)
        }
        let engine = rig.start(rig.registry(passing: gate))
        await engine.until(.idle)
        for number in 0..<4 { try await rig.enqueue("\(number)") }
        for _ in 0..<4 { _ = await gate.arrived() }
        try await rig.pool.transaction {
            try await JobsOverview.limit(queue: "default", maxRunning: 5, rate: rate, in: $0)
        }
        while try await rig.count("SELECT coalesce(sum(held), 0) FROM jobs.permit") != 4 {}
        gate.open()
        try await rig.harness.untilIdle()
        try await engine.stop()
    }

    @Test func `a dead job's second life fences off its first`() async throws {
        let rig = try await Rig.onTestDatabase()
        let engine = rig.start(rig.registry { _, _ in throw Discard("no use") })
        await engine.until(.idle)
        let id = try await rig.enqueue("again")
        await engine.until(.died(id))
        try await engine.stop()
        let before = try await rig.count("SELECT token FROM jobs.dead_letter")
        _ = try await rig.pool.transaction { try await JobsOverview.retry(id, in: $0, now: rig.clock.now()) }
        #expect(try await rig.count("SELECT token FROM jobs.job") > before)
    }

    @Test func `of dead jobs with one key, one lives again, and the rest stay`() async throws {
        let rig = try await Rig.onTestDatabase()
        let engine = rig.start(rig.registry { _, _ in throw Discard("no use") })
        await engine.until(.idle)
        for text in ["first", "second"] {
            await engine.until(.died(try await rig.enqueue(text, Enqueue(uniqueKey: "k"))))
        }
        try await engine.stop()
        // Another takes the key, and commits after the retry has begun.
        let retry = try await rig.pool.transaction { transaction in
            try await Jobs.enqueue(Note(text: "third"), Enqueue(uniqueKey: "k"), in: transaction, now: rig.clock.now())
            let retry = Task {
                try await rig.pool.transaction {
                    try await JobsOverview.retryDead(kind: Note.kind, in: $0, now: rig.clock.now())
                }
            }
            while try await rig.count("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'")
                == 0
            {}
            return retry
        }
        #expect(try await retry.value == 0)
        #expect(try await rig.count("SELECT count(*) FROM jobs.dead_letter") == 2)
        let revived = try await rig.pool.transaction { transaction in
            try await transaction.execute("DELETE FROM jobs.job WHERE unique_key = 'k'")
            return try await JobsOverview.retryDead(kind: Note.kind, in: transaction, now: rig.clock.now())
        }
        #expect(revived == 1)
        #expect(try await rig.count("SELECT count(*) FROM jobs.dead_letter") == 1)
        #expect(try await rig.count("SELECT count(*) FROM jobs.job WHERE unique_key = 'k'") == 1)
    }
}
