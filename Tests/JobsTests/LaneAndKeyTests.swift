import Foundation
import Jobs
import JobsTesting
import Postgres
import Support
import Testing
import WorkingDays

@Suite(.serialized, .database, .timeLimit(.minutes(10)))
struct LaneAndKeyTests {
    @Test func `jobs of a lane run one at a time and in order, lanes beside each other`() async throws {
        let rig = try await Rig.onTestDatabase()
        var ids: [JobID] = []
        for number in 0..<12 {
            ids.append(try await rig.enqueue("\(number % 3)-\(number / 3)", Enqueue(lane: "fund-\(number % 3)")))
        }
        let engines = [rig.start(rig.registry()), rig.start(rig.registry())]
        try await rig.harness.untilIdle()
        let effects = try await rig.effects()
        #expect(effects.count == 12)
        for lane in 0..<3 {
            #expect(effects.filter { $0.hasPrefix("\(lane)-") } == (0..<4).map { "\(lane)-\($0)" })
        }
        for engine in engines { try await engine.stop() }
    }

    @Test func `the next of a lane starts only when the one before has ended`() async throws {
        let rig = try await Rig.onTestDatabase()
        let gate = Gate()
        let engine = rig.start(
            rig.registry { note, _ in
                if note.text == "first" { await gate.pass(note.text) }
                return .done
            })
        let first = try await rig.enqueue("first", Enqueue(lane: "bank"))
        #expect(await gate.arrived() == "first")
        let second = try await rig.enqueue("second", Enqueue(lane: "bank"))
        let beside = try await rig.enqueue("beside")
        await engine.until(.done(beside))
        #expect(try await rig.explain(second) == .inLane("bank", ahead: 1, running: first))
        gate.open()
        await engine.until(.done(second))
        #expect(try await rig.effects() == ["first", "beside", "second"])
        try await engine.stop()
    }

    @Test func `G17: a lane whose bank hangs starves nobody: its other jobs hold no worker`() async throws {
        let rig = try await Rig.onTestDatabase()
        let gate = Gate()
        let engine = rig.start(
            rig.registry { note, _ in
                if note.text.hasPrefix("dead bank") { await gate.pass(note.text) }
                return .done
            }, settings: EngineSettings(queues: ["default": 2]))
        for number in 0..<50 { try await rig.enqueue("dead bank \(number)", Enqueue(priority: 1, lane: "dead bank")) }
        #expect(await gate.arrived() == "dead bank 0")
        var others: [JobID] = []
        for number in 0..<20 { others.append(try await rig.enqueue("other \(number)")) }
        await engine.untilAll(others.map(EngineEvent.done))
        #expect(try await rig.count("SELECT count(*) FROM jobs.job") == 50)
        gate.open()
        try await rig.harness.untilIdle()
        #expect(try await rig.count("SELECT count(*) FROM public.effect") == 70)
        try await engine.stop()
    }

    @Test func `a job of a lane that waits for its retry lets the others pass`() async throws {
        let rig = try await Rig.onTestDatabase()
        struct Refused: Error {}
        let engine = rig.start(
            rig.registry { note, context in
                if note.text == "first", context.attempt == 1 { throw Refused() }
                return .done
            })
        let first = try await rig.enqueue("first", Enqueue(lane: "fund"))
        let second = try await rig.enqueue("second", Enqueue(lane: "fund"))
        await engine.until(.done(second))
        rig.clock.advance(bySeconds: 10)
        engine.engine.wake()
        await engine.until(.done(first))
        #expect(try await rig.effects() == ["second", "first"])
        try await engine.stop()
    }

    @Test func `G17: jobs behind a hundred of an unknown kind are reached`() async throws {
        struct Stranger: Job {
            static let kind = "test.stranger"
            static var policy: JobPolicy { JobPolicy(priority: 1) }
        }
        let rig = try await Rig.onTestDatabase()
        _ = try await rig.pool.transaction {
            try await Jobs.enqueueAll((0..<100).map { _ in Stranger() }, in: $0, now: rig.clock.now())
        }
        let engine = rig.start(rig.registry())
        let id = try await rig.enqueue("known")
        await engine.until(.done(id))
        try await engine.stop()
    }

    @Test func `a unique key makes one job as long as it lives`() async throws {
        let rig = try await Rig.onTestDatabase()
        let later = rig.clock.now().addingTimeInterval(60)
        let first = try await rig.enqueue("first", Enqueue(runAt: later, uniqueKey: "close/2026-11-23"))
        #expect(try await rig.enqueue("second", Enqueue(uniqueKey: "close/2026-11-23")) == first)
        #expect(try await rig.show(first).args == #"{"text": "first"}"#)
        let replaced = try await rig.enqueue("third", Enqueue(uniqueKey: "close/2026-11-23", onConflict: .replace))
        #expect(replaced == first)
        let engine = rig.start(rig.registry())
        await engine.until(.done(first))
        #expect(try await rig.effects() == ["third"])
        let next = try await rig.enqueue("fourth", Enqueue(uniqueKey: "close/2026-11-23"))
        #expect(next != first)
        await engine.until(.done(next))
        try await engine.stop()
    }

    @Test func `two transactions that enqueue the same key make one job`() async throws {
        let rig = try await Rig.onTestDatabase()
        let ids = try await withThrowingTaskGroup(of: JobID.self) { group in
            for number in 0..<16 {
                group.addTask { try await rig.enqueue("\(number)", Enqueue(uniqueKey: "once")) }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
        #expect(try await rig.count("SELECT count(*) FROM jobs.every") == 1)
    }
}
