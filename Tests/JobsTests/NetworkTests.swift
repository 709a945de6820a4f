import Foundation
import Jobs
import JobsTesting
import Postgres
import Support
import Synchronization
import Testing
import WorkingDays

/// What engines survive of the network: it is cut at the worst moments, and swallows notifications.
@Suite(.serialized, .database, .timeLimit(.minutes(5)))
struct NetworkTests {
    @Test(arguments: [Wire.Fate.cutBefore, .cutAfter], Dice.seeds)
    func `G17: a network cut at the COMMIT of a job loses no job and doubles no effect`(fate: Wire.Fate, seed: UInt64)
        async throws
    {
        try await run40Jobs(seed, fate) { $0.hasPrefix("COMMIT") }
    }

    @Test(arguments: [Wire.Fate.cutBefore, .cutAfter], Dice.seeds)
    func `G17: a network cut at a claim leaves no job behind`(fate: Wire.Fate, seed: UInt64) async throws {
        try await run40Jobs(seed, fate) { $0.contains("SET owner = $") }
    }

    @Test(arguments: [Wire.Fate.cutBefore, .cutAfter], Dice.seeds)
    func `G17: a network cut at any statement of an engine loses no job and doubles no effect`(
        fate: Wire.Fate, seed: UInt64
    ) async throws {
        try await run40Jobs(seed, fate) { !$0.contains("public.effect") }
    }

    @Test(arguments: Dice.seeds)
    func `lost notifications cost at most the fallback tick`(seed: UInt64) async throws {
        let dice = Mutex(Dice(seed: seed))
        var orders = Dice(seed: ~seed)
        let rig = try await Rig.onTestDatabase()
        let wire = try Database.current.wire()
        defer { wire.close() }
        let engine = rig.harness.start(rig.registry(), listen: wire.settings)
        await engine.until(.idle)
        wire.loseNotifications { dice.withLock { !$0.once(in: 4) } }
        var jobs: [JobID] = []
        for number in 0..<20 {
            let delay = Double(Int.random(in: 0...29, using: &orders))
            jobs.append(
                try await rig.enqueue("\(number)", Enqueue(runAt: rig.clock.now().addingTimeInterval(delay))))
        }
        // One tick finds all that is due; what becomes due meanwhile is found by the alarm.
        rig.clock.advance(bySeconds: 30)
        engine.wake()
        await engine.untilAll(jobs.map(EngineEvent.done))
        #expect(wire.lostNotifications > 0)
        #expect(try await rig.effects().count == 20)
        try await engine.stop()
    }

    /// Two engines, one of them on a wire that is cut up to three times at random among the statements meant; the other comes once it was.
    private func run40Jobs(
        _ seed: UInt64, _ fate: Wire.Fate, at isMeant: @escaping @Sendable (String) -> Bool
    ) async throws {
        let rig = try await Rig.onTestDatabase()
        let wire = try Database.current.wire()
        let pool = Pool(settings: wire.settings, size: 6, logger: quiet)
        let witness = Witness()
        let registry = rig.registry { note, context in
            witness.enter(context.id)
            defer { witness.leave(context.id) }
            // A statement after the effect, so that engines have something to lose.
            try await context.transaction.execute("SELECT 1")
            return .done
        }
        let harness = rig.harness
        let bad = harness.start(registry, pool: pool, listen: wire.settings)
        await bad.until(.idle)
        var dice = Dice(seed: seed)
        var cuts: Set<Int> = []
        for number in 0..<3 { cuts.insert(3 * number + Int.random(in: 0..<3, using: &dice)) }
        let meant = Mutex(0)
        wire.judge { [cuts] statement in
            guard isMeant(statement) else { return .passed }
            let number = meant.withLock { meant in
                defer { meant += 1 }
                return meant
            }
            return cuts.contains(number) ? fate : .passed
        }
        for number in 0..<40 {
            try await rig.enqueue(
                "\(number)",
                Enqueue(
                    maxAttempts: 10, runAt: dice.once(in: 4) ? rig.clock.now().addingTimeInterval(5) : nil,
                    lane: dice.once(in: 3) ? "lane-\(number % 3)" : nil))
        }
        await wire.untilCut()
        harness.start(registry)
        // A job whose end nobody knows is tried again after its backoff. Latency: one backoff for each cut, no lease.
        for _ in 0...3 { try await harness.advance(by: .seconds(10)) }
        #expect(try await rig.count("SELECT count(*) FROM jobs.job") == 0)
        #expect(witness.twice == [])
        #expect(try await rig.effects().map { Int($0) ?? -1 }.sorted() == Array(0..<40))
        #expect(try await rig.count("SELECT count(*) FROM jobs.history WHERE outcome = 'done'") == 40)
        try await harness.stop()
        await pool.close()
        wire.close()
    }
}

/// Sees a job that is begun while it runs.
final class Witness: Sendable {
    private let state = Mutex((running: Set<JobID>(), twice: [JobID]()))

    var twice: [JobID] { state.withLock { $0.twice } }

    func enter(_ id: JobID) {
        state.withLock { state in
            if !state.running.insert(id).inserted { state.twice.append(id) }
        }
    }

    func leave(_ id: JobID) { state.withLock { _ = $0.running.remove(id) } }
}
