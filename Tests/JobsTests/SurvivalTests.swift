import Foundation
import Jobs
import JobsTesting
import Logging
import Postgres
import Support
import Synchronization
import Testing
import WorkingDays

/// What engines survive. Time is a manual clock; everything waits on what engines say.
@Suite(.serialized, .database, .timeLimit(.minutes(10)))
struct SurvivalTests {
    @Test func `G17: a killed engine's job is rescued once its lease ran out, and the dead one's finish is fenced`()
        async throws
    {
        let rig = try await Rig.onTestDatabase()
        let gate = Gate()
        let zombie = rig.start(
            rig.registry { note, _ in
                await gate.pass(note.text)
                return .done
            })
        let id = try await rig.enqueue("pay")
        #expect(await gate.arrived() == "pay")
        await zombie.kill()

        let heirsGate = Gate()
        let heirsPool = Pool(settings: rig.settings, size: 2, logger: Logger(label: "test"))
        let heir = rig.start(
            rig.registry { note, _ in
                await heirsGate.pass(note.text)
                return .done
            }, on: heirsPool)
        await heir.until(.ticked)
        #expect(try await rig.show(id).state == .running)
        let late = rig.clock.now().addingTimeInterval(31)
        let reason = try await rig.pool.withConnection { try await JobsOverview.explain(id, in: $0, now: late) }
        #expect(reason == .awaitsRescue(since: at("2026-11-23T02:00:30Z")))
        rig.clock.set(late)
        heir.engine.wake()
        await heir.until(.rescued(id))
        #expect(await heirsGate.arrived() == "pay")
        // The zombie ends while the heir holds the row: only the token tells them apart. Its transaction is over when its
        // connection is back in the pool.
        gate.open()
        try await rig.drainPool()
        #expect(try await rig.effects() == [])
        #expect(try await rig.show(id).state == .running)
        heirsGate.open()
        await heir.until(.done(id))
        #expect(try await rig.effects() == ["pay"])
        #expect(try await rig.count("SELECT attempt FROM public.effect") == 2)
        #expect(try await rig.show(id).attempt == 2)
        try await heir.stop()
        await heirsPool.close()
    }

    @Test func `a living engine is not robbed: its heartbeat renews the lease`() async throws {
        let rig = try await Rig.onTestDatabase()
        let gate = Gate()
        let busy = rig.start(
            rig.registry { note, _ in
                await gate.pass(note.text)
                return .done
            })
        let id = try await rig.enqueue("slow")
        #expect(await gate.arrived() == "slow")
        let other = rig.start(rig.registry())
        await other.until(.idle)
        for _ in 0..<4 {
            rig.clock.advance(bySeconds: 12)
            try await busy.looked()
            try await other.looked()
        }
        gate.open()
        await busy.until(.done(id))
        #expect(try await rig.show(id).attempt == 1)
        #expect(!other.heard.contains(.rescued(id)))
        try await busy.stop()
        try await other.stop()
    }

    @Test func `an engine that lost its lease while it lived goes on under a new one, and its old run is fenced off`()
        async throws
    {
        let rig = try await Rig.onTestDatabase()
        let (first, second) = (Gate(), Gate())
        let engine = rig.start(
            rig.registry { note, context in
                await (context.attempt == 1 ? first : second).pass(note.text)
                return .done
            })
        let id = try await rig.enqueue("pay")
        #expect(await first.arrived() == "pay")
        // Somebody whose clock is ahead takes it for dead.
        _ = try await rig.pool.withConnection {
            try await $0.query("SELECT * FROM jobs.rescue(\(rig.clock.now().addingTimeInterval(3600)))")
        }
        rig.clock.advance(bySeconds: 11)
        engine.engine.wake()
        await engine.until(.leaseLost)
        #expect(await second.arrived() == "pay")
        first.open()
        await engine.until { $0 == .fenced(id) || $0 == .done(id) }
        #expect(engine.heard.last == .fenced(id))
        #expect(try await rig.effects() == [])
        second.open()
        await engine.until(.done(id))
        #expect(try await rig.effects() == ["pay"])
        #expect(try await rig.count("SELECT attempt FROM public.effect") == 2)
        try await engine.stop()
    }

    @Test func `a poison job that kills its engine each time ends dead`() async throws {
        let rig = try await Rig.onTestDatabase()
        let id = try await rig.enqueue("poison")
        var gates: [Gate] = []
        for attempt in 1...3 {
            let gate = Gate()
            gates.append(gate)
            let victim = rig.start(
                rig.registry { note, _ in
                    await gate.pass(note.text)
                    return .done
                })
            if attempt > 1 { await victim.until(.rescued(id)) }
            #expect(await gate.arrived() == "poison")
            await victim.kill()
            rig.clock.advance(bySeconds: 31)
        }
        let survivor = rig.start(rig.registry())
        await survivor.until(.died(id))
        gates.forEach { $0.open() }
        try await rig.drainPool()
        #expect(try await rig.effects() == [])
        #expect(try await rig.show(id).state == .dead)
        #expect(try await rig.show(id).attempt == 3)
        try await survivor.stop()
    }

    @Test(arguments: [true, false])
    func `the outside effect of a killed engine is repeated if it may be, and in doubt if it may not`(mayRepeat: Bool)
        async throws
    {
        let rig = try await Rig.onTestDatabase()
        let (gate, effects) = (Gate(), Effects())
        var registry = Registry()
        registry.register(
            Note.self, isRepeatable: mayRepeat,
            outside: { note, context in
                effects.add("\(note.text) \(context.attempt)")
                if context.attempt == 1 { await gate.pass(note.text) }
                return .done
            })
        let id = try await rig.enqueue("pay")
        let killed = rig.start(registry)
        #expect(await gate.arrived() == "pay")
        await killed.kill()
        let heir = rig.start(registry)
        try await rig.harness.advance(by: .seconds(31))
        gate.open()
        try await rig.harness.advance(by: .seconds(31))
        #expect(effects.all == (mayRepeat ? ["pay 1", "pay 2"] : ["pay 1"]))
        #expect(try await rig.show(id).state == (mayRepeat ? .done : .inDoubt))
        #expect(heir.heard.contains(mayRepeat ? .rescued(id) : .doubted(id)))
        try await rig.harness.stop()
    }

    @Test func `a backend killed in the middle of a job costs an attempt, and nothing else`() async throws {
        let rig = try await Rig.onTestDatabase()
        let gate = Gate()
        let engine = rig.start(
            rig.registry { note, context in
                if context.attempt == 1 {
                    let pid: Int = try await context.transaction.value("SELECT pg_backend_pid()")
                    await gate.pass("\(pid)")
                }
                return .done
            })
        let id = try await rig.enqueue("pay")
        let pid = try #require(await gate.arrived())
        try await rig.terminate(pid)
        gate.open()
        let due = rig.clock.now().addingTimeInterval(10)
        await engine.until(.retried(id, at: due))
        rig.clock.set(due)
        engine.engine.wake()
        await engine.until(.done(id))
        #expect(try await rig.effects() == ["pay"])
        try await engine.stop()
    }

    @Test func `an engine whose own connection is killed makes a new one and hears again`() async throws {
        let rig = try await Rig.onTestDatabase()
        let engine = rig.start(rig.registry())
        await engine.until(.idle)
        let pid: Int = try await Database.current.pool.withConnection {
            try await $0.value(
                """
                SELECT pid FROM pg_stat_activity
                 WHERE datname = current_database() AND application_name = 'relief-engine'
                """)
        }
        try await rig.terminate("\(pid)")
        await engine.until(.connectionLost)
        await engine.until(.connected)
        await engine.until(.idle)
        let id = try await rig.enqueue("still there")
        await engine.until(.done(id))
        try await engine.stop()
    }

    @Test func `a job whose transaction is open while the first engine starts is heard of when it commits`()
        async throws
    {
        let rig = try await Rig.onTestDatabase()
        let (id, engine) = try await rig.pool.transaction { transaction in
            let id = try await Jobs.enqueue(Note(text: "early"), in: transaction, now: rig.clock.now())
            let engine = rig.start(rig.registry())
            try await engine.untilIdle()
            return (id, engine)
        }
        await engine.until(.done(id))
        try await engine.stop()
    }

    @Test func `a lost notification is made up for by the fallback tick`() async throws {
        let rig = try await Rig.onTestDatabase()
        // No looks at growing intervals, as after every start.
        let engine = rig.start(rig.registry(), settings: EngineSettings(fallbackTick: .milliseconds(5)))
        await engine.until(.idle)
        try await Database.current.pool.withConnection {
            try await $0.script("ALTER TABLE jobs.job DISABLE TRIGGER tell_of_new_jobs")
        }
        let id = try await rig.enqueue("unheard")
        for _ in 0..<3 {
            engine.wake()
            await engine.until(.idle)
        }
        #expect(try await rig.show(id).state == .ready)
        rig.clock.advance(bySeconds: 1)
        engine.engine.wake()
        await engine.until(.done(id))
        try await engine.stop()
    }

    @Test func `a graceful stop lets running jobs end, and hands back what doesn't end in time`() async throws {
        let rig = try await Rig.onTestDatabase()
        let (quick, deaf) = (Gate(), Gate())
        let engine = rig.start(
            rig.registry { note, _ in
                await (note.text == "quick" ? quick : deaf).pass(note.text)
                return .done
            })
        let (first, second) = (try await rig.enqueue("quick"), try await rig.enqueue("deaf"))
        #expect(await quick.arrived() == "quick")
        #expect(await deaf.arrived() == "deaf")
        engine.engine.stop()
        let third = try await rig.enqueue("too late")
        quick.open()
        await engine.until(.done(first))
        rig.clock.advance(bySeconds: 20)
        engine.engine.wake()
        await engine.until(.stopped)
        for id in [second, third] {
            let job = try await rig.show(id)
            #expect(job.state == .ready)
            #expect(job.attempt == 0)
        }
        deaf.open()
        try await rig.drainPool()
        #expect(try await rig.effects() == ["quick"])
        try await engine.stop()
    }

    @Test func `a job that never ends is cancelled when its time is over, then given up`() async throws {
        let rig = try await Rig.onTestDatabase()
        let gate = Gate()
        let engine = rig.start(
            rig.registry { note, context in
                if context.attempt == 1 { await gate.pass(note.text) }
                return .done
            })
        let id = try await rig.enqueue("endless")
        #expect(await gate.arrived() == "endless")
        rig.clock.advance(bySeconds: 60)
        engine.engine.wake()
        await engine.until(.timedOut(id))
        rig.clock.advance(bySeconds: 20)
        engine.engine.wake()
        await engine.until(.givenUp(id))
        await engine.until { if case .retried(id, _) = $0 { true } else { false } }
        #expect(try await rig.show(id).lastError?.contains("longer than its kind may") == true)
        rig.clock.advance(bySeconds: 10)
        engine.engine.wake()
        await engine.until(.done(id))
        gate.open()
        await engine.until(.fenced(id))
        #expect(try await rig.effects() == ["endless"])
        try await engine.stop()
    }

    @Test func `handlers that never notice their end keep neither the connections nor the locks of the others`()
        async throws
    {
        let rig = try await Rig.onTestDatabase()
        let gate = Gate()
        // As many deaf handlers as there are connections.
        let pool = Pool(settings: rig.settings, size: 3, waitLimit: .seconds(60), logger: quiet)
        let engine = rig.start(
            rig.registry { note, context in
                try await context.transaction.execute("SELECT pg_advisory_xact_lock(1)")
                if note.text.hasPrefix("deaf") { await gate.pass(note.text) }
                return .done
            }, settings: EngineSettings(maxRunning: 1), on: pool)
        for number in 1...3 {
            let id = try await rig.enqueue("deaf \(number)", Enqueue(maxAttempts: 1))
            #expect(await gate.arrived() == "deaf \(number)")
            rig.clock.advance(bySeconds: 60)
            engine.engine.wake()
            await engine.until(.timedOut(id))
            rig.clock.advance(bySeconds: 20)
            engine.engine.wake()
            await engine.until(.givenUp(id))
        }
        let id = try await rig.enqueue("another")
        await engine.until(.done(id))
        gate.open()
        #expect(try await rig.effects() == ["another"])
        try await engine.stop()
        await pool.close()
    }

    @Test func `clock jumps forward and back run each due job once`() async throws {
        let rig = try await Rig.onTestDatabase()
        let engine = rig.start(rig.registry())
        let start = rig.clock.now()
        let id = try await rig.enqueue("tomorrow", Enqueue(runAt: start.addingTimeInterval(86_400)))
        await engine.until(.idle)
        rig.clock.set(start.addingTimeInterval(-86_400))
        engine.engine.wake()
        #expect(try await rig.explain(id) == .notDueBefore(start.addingTimeInterval(86_400), lastError: nil))
        rig.clock.set(start.addingTimeInterval(86_400 * 40))
        engine.engine.wake()
        await engine.until(.done(id))
        rig.clock.set(start)
        let second = try await rig.enqueue("again")
        await engine.until(.done(second))
        #expect(try await rig.effects() == ["tomorrow", "again"])
        try await engine.stop()
    }
}

extension Rig {
    /// Holds every connection of the pool at once, so that all transactions which ran on them have ended.
    func drainPool() async throws {
        let gate = Gate()
        try await withThrowingTaskGroup { group in
            for index in 0..<8 {
                group.addTask { try await pool.withConnection { _ in await gate.pass("\(index)") } }
            }
            for _ in 0..<8 { _ = await gate.arrived() }
            gate.open()
            try await group.waitForAll()
        }
    }

    func terminate(_ pid: String) async throws {
        let done: Bool = try await Database.current.pool.withConnection {
            try await $0.value("SELECT pg_terminate_backend(\(pid)::int)")
        }
        #expect(done)
    }
}

/// Effects outside of the database.
final class Effects: Sendable {
    private let state = Mutex<[String]>([])

    var all: [String] { state.withLock { $0 } }

    func add(_ effect: String) { state.withLock { $0.append(effect) } }
}
