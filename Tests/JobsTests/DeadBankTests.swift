import Foundation
import Jobs
import JobsTesting
import Postgres
import Support
import Synchronization
import Testing
import WorkingDays

/// A message to a bank. It holds no transaction while it waits.
private struct BankCall: Job {
    static let kind = "test.bank-call"
    static var policy: JobPolicy {
        JobPolicy(queue: "bank", maxAttempts: 3, backoff: .constant(.seconds(10)), timeout: .seconds(60))
    }
    let number: Int
}

/// No head-of-line blocking: jobs that hang hold up nobody but their own queue.
@Suite(.serialized, .database, .timeLimit(.minutes(5)))
struct DeadBankTests {
    @Test(arguments: Dice.seeds)
    func `G17: a queue full of jobs for a dead bank starves no other queue, and is worked off when the bank is back`(
        seed: UInt64
    ) async throws {
        var dice = Dice(seed: seed)
        let rig = try await Rig.onTestDatabase()
        let bank = Gate()
        let sent = Mutex<[Int]>([])
        let (commits, committed) = AsyncStream.makeStream(of: Void.self)
        var registry = rig.registry { _, context in
            context.transaction.onCommit { committed.yield() }
            return .done
        }
        registry.register(
            BankCall.self, isRepeatable: true,
            outside: { call, _ in
                await bank.pass("\(call.number)")
                sent.withLock { $0.append(call.number) }
                return .done
            })
        let (banking, healthy) = (Int.random(in: 1...3, using: &dice), Int.random(in: 1...3, using: &dice))
        let settings = EngineSettings(
            queues: ["bank": banking, "default": healthy], maxRunning: banking + healthy,
            claimBatch: .random(in: 1...20, using: &dice))
        let engines = (0..<2).map { _ in rig.start(registry, settings: settings) }
        for number in 0..<60 {
            try await rig.harness.enqueue(
                BankCall(number: number), Enqueue(priority: .random(in: 0...50, using: &dice)))
        }
        for _ in 0..<2 * banking { _ = await bank.arrived() }

        // Three rounds of the healthy queue, in which the bank's first jobs time out and are given up.
        for round in 0..<3 {
            for number in 0..<30 { try await rig.enqueue("\(round)/\(number)") }
            var ended = commits.prefix(30).makeAsyncIterator()
            while await ended.next(isolation: #isolation) != nil {}
            // In steps that leave both engines time for their heartbeats: a rescue would count attempts.
            for _ in 0..<5 {
                rig.clock.advance(bySeconds: 9)
                for engine in engines { try await engine.looked() }
            }
        }
        #expect(sent.withLock { $0 } == [])
        bank.open()
        for _ in 0..<4 { try await rig.harness.advance(by: .seconds(10)) }
        #expect(try await rig.count("SELECT count(*) FROM jobs.job") == 0)
        let dead: [String] = try await rig.pool.withConnection {
            try await $0.query("SELECT concat_ws(', ', kind, reason, error, last_error) AS why FROM jobs.dead_letter")
                .map { try $0["why"] }
        }
        #expect(dead == [])
        #expect(Set(sent.withLock { $0 }) == Set(0..<60))
        #expect(try await rig.effects().count == 90)
        try await rig.harness.stop()
    }
}
