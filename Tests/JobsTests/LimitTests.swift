import Foundation
import Jobs
import JobsTesting
import Logging
import Postgres
import Support
import Synchronization
import Testing
import WorkingDays

/// Limits that hold over all engines together.
@Suite(.serialized, .database, .timeLimit(.minutes(10)))
struct LimitTests {
    @Test func `three engines never run more of a queue at once than its limit, and use all of it`() async throws {
        let rig = try await Rig.onTestDatabase()
        try await rig.limit(maxRunning: 3)
        let (pool, meter, gate) = (try rig.widePool(), Meter(), Gate())
        let registry = rig.registry { note, context in
            try await meter.measure {
                await gate.pass(note.text)
                _ = try await context.transaction.execute("SELECT count(*) FROM generate_series(1, 2000)")
            }
            return .done
        }
        for _ in 0..<3 {
            rig.harness.start(registry, settings: EngineSettings(queues: ["default": 3]), pool: pool)
        }
        for engine in rig.harness.engines { try await engine.untilIdle() }
        _ = try await rig.pool.transaction {
            try await Jobs.enqueueAll((0..<60).map { Note(text: "\($0)") }, in: $0, now: rig.clock.now())
        }
        for _ in 0..<3 { _ = await gate.arrived() }
        gate.open()
        // No tick is needed: whoever has fewer tells those who were refused.
        while try await rig.count("SELECT count(*) FROM jobs.job") > 0 {}
        #expect(try await rig.count("SELECT count(*) FROM public.effect") == 60)
        #expect(meter.most == 3)
        try await rig.harness.untilIdle()
        #expect(try await rig.count("SELECT sum(held) FROM jobs.permit") == 0)
        try await rig.harness.stop()
        await pool.close()
    }

    @Test func `a full queue says so, and a free place goes to another engine at once`() async throws {
        let rig = try await Rig.onTestDatabase()
        try await rig.limit(maxRunning: 1)
        let (mine, other) = (Gate(), Gate())
        let first = rig.start(
            rig.registry { note, _ in
                await mine.pass(note.text)
                return .done
            })
        let held = try await rig.enqueue("held")
        #expect(await mine.arrived() == "held")
        let second = rig.start(
            rig.registry { note, _ in
                await other.pass(note.text)
                return .done
            })
        try await second.untilIdle()
        let waiting = try await rig.enqueue("waiting")
        try await second.untilIdle()
        #expect(try await rig.explain(waiting) == .limitReached(queue: "default", maxRunning: 1))
        #expect(!second.heard.contains(.claimed(waiting)))
        // The one that frees the place is on its way out.
        first.engine.stop()
        mine.open()
        #expect(await other.arrived() == "waiting")
        other.open()
        await second.until(.done(waiting))
        await first.until(.done(held))
        try await rig.harness.stop()
    }

    @Test func `a limit is lowered, raised and lifted while jobs run`() async throws {
        let rig = try await Rig.onTestDatabase()
        let (pool, gates) = (try rig.widePool(), Gates())
        let engine = rig.harness.start(
            rig.registry { note, _ in
                await gates.pass(note.text)
                return .done
            }, settings: EngineSettings(queues: ["default": 5]), pool: pool)
        for number in 0..<8 { try await rig.enqueue("\(number)") }
        #expect(await gates.arrived(5) == ["0", "1", "2", "3", "4"])
        try await rig.limit(maxRunning: 2)
        try await engine.looked()
        // What runs goes on; nothing begins until there are fewer than two.
        for name in ["0", "1", "2"] { gates.open(name) }
        try await rig.until("SELECT held FROM jobs.permit", is: 2)
        try await engine.looked()
        gates.open("3")
        #expect(await gates.arrived(1) == ["5"])
        try await rig.limit(maxRunning: 3)
        #expect(await gates.arrived(1) == ["6"])
        try await rig.limit(maxRunning: nil)
        #expect(await gates.arrived(1) == ["7"])
        #expect(try await rig.count("SELECT count(*) FROM jobs.permit") == 0)
        for name in ["4", "5", "6", "7"] { gates.open(name) }
        try await rig.harness.untilIdle()
        try await rig.harness.stop()
        await pool.close()
    }

    @Test func `the places of a killed engine come back with the rescue, also for its suspects`() async throws {
        let rig = try await Rig.onTestDatabase()
        try await rig.limit(maxRunning: 2)
        let gate = Gate()
        let victim = rig.start(
            rig.registry { note, _ in
                await gate.pass(note.text)
                return .done
            })
        let ids = [try await rig.enqueue("a"), try await rig.enqueue("b")]
        for _ in 0..<2 { _ = await gate.arrived() }
        await victim.kill()
        let (pool, meter) = (try rig.widePool(), Meter())
        let heir = rig.start(rig.registry { _, _ in await meter.measure { .done } }, on: pool)
        let waiting = try await rig.enqueue("c")
        try await heir.untilIdle()
        #expect(try await rig.explain(waiting) == .limitReached(queue: "default", maxRunning: 2))
        rig.clock.advance(bySeconds: 31)
        heir.wake()
        await heir.untilAll((ids + [waiting]).map(EngineEvent.done))
        gate.open()
        try await rig.drainPool()
        try await rig.harness.stop()
        await pool.close()
    }

    @Test func `suspects wait while their queue is paused or full, and run when it isn't`() async throws {
        let rig = try await Rig.onTestDatabase()
        let gate = Gate()
        let victim = rig.start(
            rig.registry { note, _ in
                await gate.pass(note.text)
                return .done
            })
        let suspect = try await rig.enqueue("suspect")
        #expect(await gate.arrived() == "suspect")
        await victim.kill()
        try await rig.limit(maxRunning: 1)
        try await rig.pool.transaction {
            try await JobsOverview.pause(queue: "default", by: "Li Na", in: $0, now: rig.clock.now())
        }
        rig.clock.advance(bySeconds: 31)
        let (pool, heirs) = (try rig.widePool(), Gate())
        let heir = rig.start(
            rig.registry { note, _ in
                if note.text == "first" { await heirs.pass(note.text) }
                return .done
            }, on: pool)
        await heir.until(.rescued(suspect))
        try await heir.untilIdle()
        #expect(try await rig.show(suspect).state == .ready)
        // Another takes the only place as the queue is resumed.
        let rival = try await rig.takePlace()
        _ = try await rig.pool.transaction { try await JobsOverview.resume(queue: "default", in: $0) }
        try await heir.untilIdle()
        #expect(try await rig.explain(suspect) == .limitReached(queue: "default", maxRunning: 1))
        try await rig.leavePlace(rival)
        await heir.until(.done(suspect))
        gate.open()
        try await rig.drainPool()
        try await rig.harness.stop()
        await pool.close()
    }

    @Test func `a rate holds in every window over all engines, and the next start is on time`() async throws {
        let rig = try await Rig.onTestDatabase()
        try await rig.limit(rate: "3/minute")
        let starts = Mutex<[Date]>([])
        let registry = rig.registry { _, context in
            starts.withLock { $0.append(context.now) }
            return .done
        }
        for _ in 0..<2 { rig.start(registry) }
        for engine in rig.harness.engines { try await engine.untilIdle() }
        let begin = rig.clock.now()
        func seconds() -> [Int] { starts.withLock { $0.map { Int($0.timeIntervalSince(begin).rounded()) }.sorted() } }
        try await rig.enqueue("0")
        try await rig.harness.untilIdle()
        try await rig.harness.advance(by: .seconds(30))
        for number in 1...7 { try await rig.enqueue("\(number)") }
        try await rig.harness.untilIdle()
        #expect(seconds() == [0, 30, 30])
        let last = try #require(
            try await rig.pool.withConnection { try await JobsOverview.list(.init(states: [.ready]), in: $0) }.first)
        #expect(
            try await rig.explain(last.id)
                == .rateReached(queue: "default", rate: "3/minute", next: begin.addingTimeInterval(60)))
        for _ in 0..<15 { try await rig.harness.advance(by: .seconds(10)) }
        #expect(seconds() == [0, 30, 30, 60, 90, 90, 120, 150])
        #expect(try await rig.count("SELECT count(*) FROM public.effect") == 8)
        try await rig.harness.stop()
    }

    @Test func `the alarm rings when the rate allows the next start; a clock that was put back holds nothing up`()
        async throws
    {
        let rig = try await Rig.onTestDatabase()
        try await rig.limit(rate: "1/second")
        // No heartbeat and no tick for an hour.
        let patient = EngineSettings(lease: .seconds(10_800), fallbackTick: .seconds(3_600))
        let engine = rig.harness.start(rig.registry(), settings: patient, clock: SystemClock())
        try await engine.untilIdle()
        let now = Date()
        // By a clock that ran a day ahead.
        try await rig.pool.withConnection {
            _ = try await $0.execute(
                """
                INSERT INTO jobs.start (queue, slot, count, last)
                VALUES ('default', 1, 1, \(now.addingTimeInterval(86_400))), ('default', 2, 1, \(now))
                """)
        }
        let id = try await rig.harness.enqueue(Note(text: "soon"))
        // Nothing tells it but its own alarm.
        await engine.until(.done(id))
        try await rig.harness.stop()
    }

    /// Random limits, engines that come, stop and are killed: the limit always holds, and in the end all has run.
    @Test(arguments: Dice.seeds)
    func `limits hold whatever engines do`(seed: UInt64) async throws {
        var dice = Dice(seed: seed)
        let rig = try await Rig.onTestDatabase()
        let limit = Int.random(in: 1...3, using: &dice)
        try await rig.limit(maxRunning: limit)
        let (pool, meter) = (try rig.widePool(), Meter())
        let registry = rig.registry { note, context in
            try await meter.measure {
                _ = try await context.transaction.execute("SELECT count(*) FROM generate_series(1, 20000)")
            }
            if note.text.hasSuffix("7"), context.attempt == 1 { throw Discard("7") }
            return .done
        }
        func start() {
            rig.harness.start(registry, settings: EngineSettings(queues: ["default": 3]), pool: pool)
        }
        for _ in 0..<3 { start() }
        _ = try await rig.pool.transaction {
            try await Jobs.enqueueAll((0..<100).map { Note(text: "\($0)") }, in: $0, now: rig.clock.now())
        }
        for round in 1...4 {
            while try await rig.count("SELECT count(*) FROM public.effect") < 15 * round {}
            switch Int.random(in: 0...2, using: &dice) {
            case 0: start()
            case 1: try await rig.harness.engines.randomElement(using: &dice)?.stop()
            default: rig.clock.advance(bySeconds: 5)
            }
            if rig.harness.engines.isEmpty { start() }
        }
        try await rig.harness.untilIdle()
        #expect(meter.most <= limit)
        #expect(try await rig.count("SELECT count(*) FROM jobs.job") == 0)
        #expect(try await rig.count("SELECT count(*) FROM jobs.history WHERE outcome = 'done'") == 90)
        try await rig.harness.stop()
        await pool.close()
    }
}

extension Rig {
    fileprivate func limit(maxRunning: Int? = nil, rate: String? = nil) async throws {
        let rate = try rate.map { try #require(QueueRate($0)) }
        try await pool.transaction {
            try await JobsOverview.limit(queue: "default", maxRunning: maxRunning, rate: rate, in: $0)
        }
    }

    fileprivate func widePool() throws -> Pool { Pool(settings: settings, size: 12, logger: Logger(label: "test")) }

    fileprivate func until(_ sql: SQL, is wanted: Int) async throws {
        while try await count(sql) != wanted {}
    }

    /// An engine of which there is only a row takes the queue's only place.
    fileprivate func takePlace() async throws -> UUID {
        let id = UUID()
        try await pool.transaction { transaction in
            try await transaction.execute(
                """
                INSERT INTO jobs.engine (id, host, process_id, queues, kinds, versions, started_at, lease_until)
                VALUES (\(id), 'rival', 1, '{default}', '{}', '{}', \(clock.now()), \(clock.now().addingTimeInterval(3_600)))
                """)
            try await transaction.execute("SELECT jobs.hold('default', \(id), 1, 1, \(clock.now()))")
        }
        return id
    }

    fileprivate func leavePlace(_ id: UUID) async throws {
        try await pool.transaction { transaction in
            try await transaction.execute("SELECT jobs.hold('default', \(id), 0, 0, \(clock.now()))")
            try await transaction.execute("DELETE FROM jobs.engine WHERE id = \(id)")
        }
    }
}

/// How many are in it at once, at most.
private final class Meter: Sendable {
    private let state = Mutex((now: 0, most: 0))

    var most: Int { state.withLock(\.most) }

    func measure<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        state.withLock { state in
            state.now += 1
            state.most = max(state.most, state.now)
        }
        defer { state.withLock { $0.now -= 1 } }
        return try await body()
    }
}

/// A door for each name.
private final class Gates: Sendable {
    private let doors = Mutex<[String: Gate]>([:])
    private let arrivals: AsyncStream<String>
    private let arrival: AsyncStream<String>.Continuation

    init() {
        (arrivals, arrival) = AsyncStream.makeStream(of: String.self)
    }

    private func door(_ name: String) -> Gate {
        doors.withLock { doors in
            let door = doors[name] ?? Gate()
            doors[name] = door
            return door
        }
    }

    func pass(_ name: String) async {
        arrival.yield(name)
        await door(name).pass(name)
    }

    func open(_ name: String) { door(name).open() }

    /// The next so many who come, sorted.
    func arrived(_ count: Int) async -> [String] {
        var names: [String] = []
        for await name in arrivals {
            names.append(name)
            if names.count == count { break }
        }
        return names.sorted()
    }
}
