import Foundation
import Jobs
import JobsTesting
import Postgres
import Support
import Synchronization
import Testing
import WorkingDays

/// Somebody else's open transaction holds up what it has locked, and nothing else.
@Suite(.serialized, .database, .timeLimit(.minutes(5)))
struct BlockedTests {
    @Test func `a job that makes others wait for it and shows its progress stops no engine`() async throws {
        let rig = try await Rig.onTestDatabase()
        let engine = rig.start(
            rig.registry { note, context in
                guard note.text == "parent" else { return .done }
                let after = Enqueue(after: [context.id])
                try await Jobs.enqueue(Note(text: "child"), after, in: context.transaction, now: context.now)
                await context.progress(0.5, "half of it")
                return .done
            })
        await engine.until(.idle)
        try await rig.enqueue("parent")
        try await rig.harness.untilIdle()
        let effects = try await rig.effects()
        #expect(effects == ["parent", "child"])
        try await engine.stop()
    }

    @Test(arguments: [true, false])
    func `who follows a job in an open transaction holds up the end of that one alone`(isOutside: Bool) async throws {
        let rig = try await Rig.onTestDatabase()
        let gate = Gate()
        var registry = rig.registry { note, context in
            if note.text == "followed", context.attempt == 1 {
                await gate.pass(note.text)
                throw Discard("its own wish")
            }
            return .done
        }
        registry.register(Letter.self, isRepeatable: true) { letter, _ in
            if letter.text == "followed" { await gate.pass(letter.text) }
            return .done
        }
        let engine = rig.start(registry, settings: EngineSettings(queues: ["default": 4]))
        await engine.until(.idle)
        func enqueue(_ text: String) async throws -> JobID {
            isOutside ? try await rig.harness.enqueue(Letter(text: text)) : try await rig.enqueue(text)
        }
        let followed = try await enqueue("followed")
        #expect(await gate.arrived() == "followed")
        try await rig.pool.transaction { transaction in
            try await Jobs.enqueue(
                Note(text: "child"), Enqueue(after: [followed]), in: transaction, now: rig.clock.now())
            gate.open()
            var others: [EngineEvent] = []
            for number in 0..<10 { others.append(.done(try await enqueue("\(number)"))) }
            await engine.untilAll(others)
            #expect(try await rig.show(followed).state == .running)
        }
        await engine.until(isOutside ? .done(followed) : .died(followed))
        try await rig.harness.stop()
    }

    @Test func `a rescue leaves what is locked to the next one, and the engine with it`() async throws {
        let rig = try await Rig.onTestDatabase()
        let gate = Gate()
        let victim = rig.start(rig.registry(passing: gate))
        await victim.until(.idle)
        let ids = [try await rig.enqueue("free"), try await rig.enqueue("locked")]
        _ = await gate.arrived()
        _ = await gate.arrived()
        await victim.kill()
        rig.clock.advance(bySeconds: 31)
        func rescue() async throws -> [Int64] {
            try await rig.pool.withConnection {
                try await $0.query("SELECT id FROM jobs.rescue(\(rig.clock.now()))").map { try $0["id"] }
            }
        }
        try await rig.pool.transaction { transaction in
            // As its effect begins: committed after the rescue has looked.
            try await transaction.execute(
                "UPDATE jobs.job SET effect_at = \(rig.clock.now()) WHERE id = \(ids[1].rawValue)")
            #expect(try await rescue() == [ids[0].rawValue])
            #expect(try await rig.count("SELECT count(*) FROM jobs.engine") == 1)
        }
        #expect(try await rescue() == [ids[1].rawValue])
        #expect(try await rig.count("SELECT count(*) FROM jobs.engine") == 0)
        #expect(try await rig.show(ids[0]).state == .ready)
        #expect(try await rig.show(ids[1]).state == .inDoubt)
        gate.open()
        try await rig.harness.stop()
    }

    @Test func `an engine that stops leaves what is locked to a rescue`() async throws {
        let rig = try await Rig.onTestDatabase()
        let gate = Gate()
        let leaver = rig.start(rig.registry(passing: gate), settings: EngineSettings(grace: .seconds(0)))
        await leaver.until(.idle)
        let id = try await rig.enqueue("pay")
        #expect(await gate.arrived() == "pay")
        try await rig.pool.transaction { transaction in
            try await transaction.execute(
                "UPDATE jobs.job SET effect_at = \(rig.clock.now()) WHERE id = \(id.rawValue)")
            try await leaver.stop()
        }
        let heir = rig.start(rig.registry())
        await heir.until(.doubted(id))
        gate.open()
        try await heir.stop()
    }

    @Test func `a lane waits for its first job, also while somebody has that one locked`() async throws {
        let rig = try await Rig.onTestDatabase()
        let first = try await rig.enqueue("first", Enqueue(lane: "fund"))
        let second = try await rig.enqueue("second", Enqueue(lane: "fund"))
        let engine = rig.start(rig.registry())
        try await rig.pool.transaction { transaction in
            try await transaction.execute("SELECT FROM jobs.job WHERE id = \(first.rawValue) FOR NO KEY UPDATE")
            engine.wake()
            let other = try await rig.enqueue("other")
            await engine.until(.done(other))
            #expect(try await rig.effects() == ["other"])
        }
        // That the lane is free again comes by a notification, maybe after the engine was idle: the end is the signal.
        rig.clock.advance(bySeconds: 30)
        engine.wake()
        await engine.untilAll([.done(first), .done(second)])
        #expect(try await rig.effects() == ["other", "first", "second"])
        try await engine.stop()
    }

    @Test func `who is at a queue's limits in an open transaction holds up no other queue`() async throws {
        let rig = try await Rig.onTestDatabase()
        try await rig.pool.transaction {
            try await JobsOverview.limit(queue: "default", maxRunning: 1, rate: nil, in: $0)
        }
        let engine = rig.start(rig.registry(), settings: EngineSettings(queues: ["default": 2, "other": 2]))
        try await engine.untilIdle()
        let limited = try await rig.pool.transaction { transaction in
            try await JobsOverview.limit(queue: "default", maxRunning: 2, rate: nil, in: transaction)
            let limited = try await rig.enqueue("limited")
            for number in 0..<3 {
                await engine.until(.done(try await rig.enqueue("\(number)", Enqueue(queue: "other"))))
            }
            return limited
        }
        await engine.until(.done(limited))
        try await engine.stop()
    }
}
