import Foundation
import Jobs
import JobsTesting
import Logging
import Postgres
import Support
import Synchronization
import Testing
import WorkingDays

/// Jobs whose effect lies outside of the database.
@Suite(.serialized, .database, .timeLimit(.minutes(10)))
struct OutsideTests {
    @Test func `outside jobs run without a transaction and are written as done in batches`() async throws {
        let rig = try await Rig.onTestDatabase()
        let outside = Outside(rig)
        for number in 0..<200 { try await rig.harness.enqueue(Letter(text: "\(number)")) }
        outside.start()
        try await rig.harness.untilIdle()
        #expect(Set(outside.sent).count == 200 && outside.sent.count == 200)
        #expect(
            try await rig.count("SELECT count(*) FROM jobs.history WHERE outcome = 'done' AND effect_at IS NULL") == 200
        )
        // Jobs of one statement bear one transaction's number.
        #expect(try await rig.count("SELECT count(DISTINCT xmin::text) FROM jobs.history") < 200)
        try await rig.harness.stop()
    }

    @Test func `an outside job is retried, snoozed, cancelled and discarded as any other`() async throws {
        let rig = try await Rig.onTestDatabase()
        struct BankIsClosed: Error {}
        let later = rig.clock.now().addingTimeInterval(600)
        let outside = Outside(rig) { letter, context in
            switch letter.text {
            case "fails" where context.attempt == 1: throw BankIsClosed()
            case "snoozes" where context.now < later: return .snooze(until: later)
            case "cancels": return .cancel(reason: "withdrawn")
            case "discards": throw Discard("no such account")
            default: return .done
            }
        }
        let engine = outside.start()
        var ids: [String: JobID] = [:]
        for text in ["fails", "snoozes", "cancels", "discards", "follows"] {
            let options = Enqueue(after: text == "follows" ? [ids["fails"]].compactMap(\.self) : [])
            ids[text] = try await rig.harness.enqueue(Letter(text: text), options)
        }
        try await rig.harness.untilIdle()
        func states() async throws -> [String: JobState] {
            var states: [String: JobState] = [:]
            for (text, id) in ids { states[text] = try await rig.show(id).state }
            return states
        }
        #expect(
            try await states() == [
                "fails": .scheduled, "snoozes": .scheduled, "cancels": .cancelled, "discards": .dead,
                "follows": .blocked,
            ])
        try await rig.harness.set(later)
        #expect(
            try await states() == [
                "fails": .done, "snoozes": .done, "cancels": .cancelled, "discards": .dead, "follows": .done,
            ])
        try await engine.stop()
    }

    @Test func `a running outside job that somebody cancels is told, and ends cancelled`() async throws {
        let rig = try await Rig.onTestDatabase()
        let begun = Gate()
        let outside = Outside(rig) { letter, _ in
            Task { await begun.pass(letter.text) }
            // Nothing ever comes: only the cancellation ends the wait.
            let never = AsyncStream<Void>.makeStream()
            for await _ in never.stream {}
            try Task.checkCancellation()
            return .done
        }
        let engine = outside.start()
        let id = try await rig.harness.enqueue(Letter(text: "slow"))
        _ = await begun.arrived()
        _ = try await rig.pool.transaction {
            try await JobsOverview.cancel(id, reason: "enough", in: $0, now: rig.clock.now())
        }
        await engine.until(.cancelled(id))
        #expect(try await rig.show(id).reason == "enough")
        begun.open()
        try await engine.stop()
    }

    @Test func `one that doesn't notice its timeout is given up, and its late return changes nothing`() async throws {
        let rig = try await Rig.onTestDatabase()
        let gate = Gate()
        let outside = Outside(rig) { letter, context in
            if context.attempt == 1 { await gate.pass(letter.text) }
            return .done
        }
        let engine = outside.start()
        let id = try await rig.harness.enqueue(Letter(text: "deaf"))
        _ = await gate.arrived()
        rig.clock.advance(bySeconds: 60)
        engine.wake()
        await engine.until(.timedOut(id))
        rig.clock.advance(bySeconds: 20)
        engine.wake()
        await engine.until(.givenUp(id))
        let due = rig.clock.now().addingTimeInterval(10)
        await engine.until(.retried(id, at: due))
        gate.open()
        await engine.until(.fenced(id))
        #expect(try await rig.show(id).state == .scheduled)
        try await rig.harness.set(due)
        #expect(try await rig.show(id).state == .done)
        #expect(try await rig.show(id).attempt == 2)
        #expect(try await rig.count("SELECT count(*) FROM jobs.history") == 1)
        try await engine.stop()
    }

    @Test func `a stopping engine waits for the outside job that runs, and hands back what it claimed ahead`()
        async throws
    {
        let rig = try await Rig.onTestDatabase()
        let gate = Gate()
        let outside = Outside(rig) { letter, _ in
            if letter.text == "held" { await gate.pass(letter.text) }
            return .done
        }
        let engine = outside.start(EngineSettings(queues: ["default": 1]))
        // Quick ones first, so that it learns to claim ahead.
        for number in 0..<50 { try await rig.harness.enqueue(Letter(text: "\(number)")) }
        try await rig.harness.untilIdle()
        var ids: [JobID] = []
        try await rig.pool.transaction { transaction in
            for text in ["held", "a", "b", "c"] {
                ids.append(try await Jobs.enqueue(Letter(text: text), in: transaction, now: rig.clock.now()))
            }
        }
        #expect(await gate.arrived() == "held")
        #expect(try await rig.show(ids[3]).state == .running)
        engine.engine.stop()
        await engine.untilAll(ids.dropFirst().map(EngineEvent.released))
        for id in ids.dropFirst() {
            let job = try await rig.show(id)
            #expect(job.state == .ready && job.attempt == 0)
        }
        gate.open()
        await engine.until(.done(ids[0]))
        await engine.until(.stopped)
        try await engine.stop()
    }

    @Test func `while an engine is busy nobody notifies it, and what commits late is found all the same`() async throws
    {
        let rig = try await Rig.onTestDatabase()
        let gate = Gate()
        let outside = Outside(rig) { letter, _ in
            if Int(letter.text) ?? 0 >= 200 { await gate.pass(letter.text) }
            return .done
        }
        let engine = outside.start(EngineSettings(queues: ["default": 2], claimBatch: 4))
        try await engine.untilIdle()
        _ = try await rig.pool.transaction {
            try await Jobs.enqueueAll((0..<400).map { Letter(text: "\($0)") }, in: $0, now: rig.clock.now())
        }
        _ = await gate.arrived()
        let busy: SQL = "SELECT cardinality(busy_queues) FROM jobs.engine"
        while try await rig.count(busy) == 0 {}
        // It is inserted while the engine is busy, so it doesn't notify; it commits when the engine isn't any more.
        let id = try await rig.pool.transaction { transaction in
            let id = try await Jobs.enqueue(Letter(text: "late"), in: transaction, now: rig.clock.now())
            gate.open()
            while try await rig.count(busy) > 0 {}
            await engine.until(.idle)
            return id
        }
        await engine.until(.done(id))
        try await engine.stop()
    }
}

/// Jobs whose effect may not happen twice.
@Suite(.serialized, .database, .timeLimit(.minutes(10)))
struct DoubtTests {
    @Test func `the beginning of the effect is recorded before the handler runs`() async throws {
        let rig = try await Rig.onTestDatabase()
        let outside = Outside(rig, isRepeatable: false) { _, context in
            let recorded = try await rig.count(
                "SELECT count(*) FROM jobs.job WHERE id = \(context.id.rawValue) AND effect_at IS NOT NULL")
            #expect(recorded == 1)
            return .done
        }
        let engine = outside.start()
        let id = try await rig.harness.enqueue(Letter(text: "pay"))
        await engine.until(.done(id))
        #expect(outside.sent == ["pay"])
        try await engine.stop()
    }

    @Test func `an engine that dies in the middle of the effect leaves it in doubt, and a person says it happened`()
        async throws
    {
        let rig = try await Rig.onTestDatabase()
        let gate = Gate()
        let outside = Outside(rig, isRepeatable: false) { letter, _ in
            await gate.pass(letter.text)
            return .done
        }
        let victim = outside.start()
        let id = try await rig.harness.enqueue(Letter(text: "pay"))
        let follower = try await rig.enqueue("follower", Enqueue(after: [id]))
        _ = await gate.arrived()
        await victim.kill()
        rig.clock.advance(bySeconds: 31)
        let heir = rig.start(rig.registry())
        await heir.until(.doubted(id))
        #expect(try await rig.show(id).state == .inDoubt)
        #expect(try await rig.show(follower).state == .blocked)
        // No retry, of one or of many, repeats it by mistake.
        try await rig.pool.transaction { transaction in
            let (one, many) = (
                try await JobsOverview.retry(id, in: transaction, now: rig.clock.now()),
                try await JobsOverview.retryDead(kind: Letter.kind, in: transaction, now: rig.clock.now())
            )
            #expect(!one && many == 0)
        }
        let reason = "The bank's statement shows it."
        let settled = try await rig.pool.transaction {
            try await JobsOverview.resolve(id, happened: true, reason: reason, in: $0, now: rig.clock.now())
        }
        #expect(settled)
        await heir.until(.done(follower))
        #expect(try await rig.show(id).state == .done)
        #expect(try await rig.show(id).reason == reason)
        gate.open()
        try await heir.stop()
    }

    @Test func `a person says that it didn't happen: it runs again, once nobody else has its key`() async throws {
        let rig = try await Rig.onTestDatabase()
        struct LineCut: Error {}
        let outside = Outside(rig, isRepeatable: false) { _, _ in throw LineCut() }
        let engine = outside.start()
        let id = try await rig.harness.enqueue(Letter(text: "pay"), Enqueue(uniqueKey: "pay/1"))
        await engine.until(.doubted(id))
        #expect(try await rig.show(id).reason == "attempt 1: LineCut()")
        func itDidNot() async throws -> Bool {
            try await rig.pool.transaction {
                try await JobsOverview.resolve(id, happened: false, reason: "no trace", in: $0, now: rig.clock.now())
            }
        }
        let later = Enqueue(runAt: rig.clock.now().addingTimeInterval(60), uniqueKey: "pay/1")
        let rival = try await rig.harness.enqueue(Letter(text: "rival"), later)
        #expect(try await itDidNot() == false)
        _ = try await rig.pool.transaction {
            try await JobsOverview.cancel(rival, reason: "no", in: $0, now: rig.clock.now())
        }
        try await engine.stop()
        #expect(try await itDidNot())
        #expect(try await itDidNot() == false)
        let back = try await rig.show(id)
        #expect(back.state == .ready && back.attempt == 0)
        #expect(back.lastError == "It did not happen: no trace")
        // The new life knows nothing of the effect that began in the old one.
        #expect(try await rig.count("SELECT count(*) FROM jobs.job WHERE effect_at IS NULL") == 1)
    }

    @Test func `an error that knows that nothing happened is retried, any other leaves a doubt`() async throws {
        let rig = try await Rig.onTestDatabase()
        struct LineCut: Error {}
        let outside = Outside(rig, isRepeatable: false) { letter, context in
            if letter.text == "refused", context.attempt == 1 { throw NothingHappened("the bank is closed") }
            if letter.text == "cut" { throw LineCut() }
            return .done
        }
        let engine = outside.start()
        let refused = try await rig.harness.enqueue(Letter(text: "refused"))
        let cut = try await rig.harness.enqueue(Letter(text: "cut"))
        await engine.untilAll([.retried(refused, at: rig.clock.now().addingTimeInterval(10)), .doubted(cut)])
        #expect(try await rig.count("SELECT count(*) FROM jobs.job WHERE effect_at IS NOT NULL") == 0)
        try await rig.harness.advance(by: .seconds(10))
        #expect(try await rig.show(refused).state == .done)
        #expect(try await rig.show(cut).state == .inDoubt)
        try await engine.stop()
    }

    @Test func `a graceful stop that ends in the middle of the effect leaves it in doubt`() async throws {
        let rig = try await Rig.onTestDatabase()
        let (deaf, quick) = (Gate(), Gate())
        let outside = Outside(rig, isRepeatable: false) { letter, _ in
            await (letter.text == "pay" ? deaf : quick).pass(letter.text)
            return .done
        }
        let engine = outside.start()
        let id = try await rig.harness.enqueue(Letter(text: "pay"))
        let other = try await rig.harness.enqueue(Letter(text: "quick"))
        for gate in [deaf, quick] { _ = await gate.arrived() }
        engine.engine.stop()
        quick.open()
        await engine.until(.done(other))
        rig.clock.advance(bySeconds: 20)
        engine.wake()
        await engine.until(.stopped)
        #expect(try await rig.show(id).state == .inDoubt)
        deaf.open()
        try await engine.stop()
    }
}

/// A job that says something to the outside.
struct Letter: Job {
    static let kind = "test.letter"
    static var policy: JobPolicy { JobPolicy(maxAttempts: 3, backoff: .constant(.seconds(10)), timeout: .seconds(60)) }
    let text: String
}

/// What the outside has heard.
private final class Outside: Sendable {
    private let heard = Mutex<[String]>([])
    private let rig: Rig
    private let isRepeatable: Bool
    private let body: @Sendable (Letter, OutsideContext) async throws -> JobOutcome

    init(
        _ rig: Rig, isRepeatable: Bool = true,
        then body: @escaping @Sendable (Letter, OutsideContext) async throws -> JobOutcome = { _, _ in .done }
    ) {
        self.rig = rig
        self.isRepeatable = isRepeatable
        self.body = body
    }

    var sent: [String] { heard.withLock(\.self) }

    @discardableResult
    func start(_ settings: EngineSettings = EngineSettings()) -> RunningEngine {
        var registry = rig.registry()
        registry.register(Letter.self, isRepeatable: isRepeatable) { letter, context in
            self.heard.withLock { $0.append(letter.text) }
            return try await self.body(letter, context)
        }
        return rig.start(registry, settings: settings)
    }
}
