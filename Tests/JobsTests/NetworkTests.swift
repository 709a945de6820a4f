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
        try await run40Jobs(seed, fate, within: 20) { _ in true }
    }

    /// Completions of outside jobs are written in batches, beside the next claim, and may be lost after their effect.
    @Test(arguments: [Wire.Fate.cutBefore, .cutAfter], Dice.seeds)
    func `a network cut at any statement begins no unrepeatable effect twice, and loses none of either sort`(
        fate: Wire.Fate, seed: UInt64
    ) async throws {
        let rig = try await Rig.onTestDatabase()
        let again = Mutex<[Int]>([])
        let once = Mutex<[Int]>([])
        var registry = Registry()
        registry.register(
            Reminder.self, isRepeatable: true,
            outside: { job, _ in
                again.withLock { $0.append(job.number) }
                return .done
            })
        registry.register(
            Payment.self, isRepeatable: false,
            outside: { job, _ in
                once.withLock { $0.append(job.number) }
                return .done
            })
        try await rig.withBadWire(seed, fate, within: 20, at: { _ in true }, registry) {
            for number in 0..<20 {
                try await rig.harness.enqueue(Reminder(number: number), Enqueue(maxAttempts: 10))
                try await rig.harness.enqueue(Payment(number: number), Enqueue(maxAttempts: 10))
            }
        }
        let (reminded, paid) = (again.withLock { $0 }, once.withLock { $0 })
        #expect(Set(reminded) == Set(0..<20))
        #expect(Set(paid).count == paid.count)
        let doubtful = try await rig.count(
            "SELECT count(*) FROM jobs.dead_letter WHERE in_doubt AND kind = 'test.payment'")
        let done = try await rig.count(
            "SELECT count(*) FROM jobs.history WHERE outcome = 'done' AND kind = 'test.payment'")
        #expect(done + doubtful == 20)
        #expect(done <= paid.count)
        #expect(try await rig.count("SELECT count(*) FROM jobs.dead_letter") == doubtful)
        #expect(try await rig.count("SELECT count(*) FROM jobs.history WHERE outcome = 'done'") == 20 + done)
    }

    @Test(arguments: Dice.seeds)
    func `backends killed at random cost attempts, and nothing else`(seed: UInt64) async throws {
        var dice = Dice(seed: seed)
        let rig = try await Rig.onTestDatabase()
        let witness = Witness()
        let registry = rig.registry { _, context in
            witness.enter(context.id)
            defer { witness.leave(context.id) }
            try await context.transaction.execute("SELECT 1")
            return .done
        }
        var mortal = rig.settings
        mortal.applicationName = "mortal"
        let pool = Pool(settings: mortal, size: 12, logger: quiet)
        let engines = (0..<2).map { _ in rig.harness.start(registry, pool: pool, listen: mortal) }
        for number in 0..<80 {
            try await rig.enqueue(
                "\(number)", Enqueue(maxAttempts: 20, lane: dice.once(in: 3) ? "lane-\(number % 3)" : nil))
            guard dice.once(in: 8) else { continue }
            // Engines' own connections as well as those of their pool.
            let nth = Int.random(in: 0..<8, using: &dice)
            _ = try await Database.current.pool.withConnection {
                try await $0.query(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                     WHERE datname = current_database() AND application_name LIKE 'mortal%'
                     ORDER BY pid OFFSET \(nth) LIMIT 1
                    """)
            }
        }
        for _ in 0...4 { try await rig.harness.advance(by: .seconds(10)) }
        #expect(engines.allSatisfy { !$0.heard.contains(.leaseLost) })
        #expect(witness.twice == [])
        #expect(try await rig.count("SELECT count(*) FROM jobs.job") == 0)
        #expect(try await rig.effects().map { Int($0) ?? -1 }.sorted() == Array(0..<80))
        #expect(try await rig.count("SELECT count(*) FROM jobs.history WHERE outcome = 'done'") == 80)
        try await rig.harness.stop()
        await pool.close()
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

    private func run40Jobs(
        _ seed: UInt64, _ fate: Wire.Fate, within spread: Int = 3, at isMeant: @escaping @Sendable (String) -> Bool
    ) async throws {
        let rig = try await Rig.onTestDatabase()
        let witness = Witness()
        let registry = rig.registry { note, context in
            witness.enter(context.id)
            defer { witness.leave(context.id) }
            // A statement after the effect, so that engines have something to lose.
            try await context.transaction.execute("SELECT 1")
            return .done
        }
        var dice = Dice(seed: ~seed)
        try await rig.withBadWire(seed, fate, within: spread, at: isMeant, registry) {
            for number in 0..<40 {
                try await rig.enqueue(
                    "\(number)",
                    Enqueue(
                        maxAttempts: 10, runAt: dice.once(in: 4) ? rig.clock.now().addingTimeInterval(5) : nil,
                        lane: dice.once(in: 3) ? "lane-\(number % 3)" : nil))
            }
        }
        #expect(witness.twice == [])
        #expect(try await rig.effects().map { Int($0) ?? -1 }.sorted() == Array(0..<40))
        #expect(try await rig.count("SELECT count(*) FROM jobs.history WHERE outcome = 'done'") == 40)
    }
}

/// Outside jobs: one that may be repeated, one that may not.
private struct Reminder: Job {
    static let kind = "test.reminder"
    static var policy: JobPolicy { JobPolicy(backoff: .constant(.seconds(10))) }
    let number: Int
}

private struct Payment: Job {
    static let kind = "test.payment"
    static var policy: JobPolicy { JobPolicy(backoff: .constant(.seconds(10))) }
    let number: Int
}

extension Rig {
    /// Two engines until all is done, one of them on a wire that is cut up to three times at random among the statements
    /// meant, each within so many of them; the other comes once it was.
    fileprivate func withBadWire(
        _ seed: UInt64, _ fate: Wire.Fate, within spread: Int, at isMeant: @escaping @Sendable (String) -> Bool,
        _ registry: Registry,
        enqueue: () async throws -> Void
    ) async throws {
        let wire = try Database.current.wire()
        let badPool = Pool(settings: wire.settings, size: 6, logger: quiet)
        let bad = harness.start(registry, pool: badPool, listen: wire.settings)
        await bad.until(.idle)
        var dice = Dice(seed: seed)
        var cuts: Set<Int> = []
        for number in 0..<3 { cuts.insert(spread * number + Int.random(in: 0..<spread, using: &dice)) }
        let meant = Mutex(0)
        wire.judge { [cuts] statement in
            guard isMeant(statement) else { return .passed }
            let number = meant.withLock { meant in
                defer { meant += 1 }
                return meant
            }
            return cuts.contains(number) ? fate : .passed
        }
        try await enqueue()
        await wire.untilCut()
        harness.start(registry)
        // A job whose end nobody knows is tried again after its backoff. Latency: one backoff for each cut, no lease.
        for _ in 0...3 { try await harness.advance(by: .seconds(10)) }
        #expect(try await count("SELECT count(*) FROM jobs.job") == 0)
        try await harness.stop()
        await badPool.close()
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
