import Foundation
import Jobs
import JobsTesting
import Logging
import Postgres
import Support
import Testing
import WorkingDays

/// A cluster of its own, to be killed.
@Suite(.timeLimit(.minutes(10)))
struct CrashTests {
    @Test(arguments: Dice.seeds)
    func `G17: a server killed and restarted under load loses no job and doubles none`(seed: UInt64) async throws {
        var dice = Dice(seed: seed)
        let cluster = try await ThrowawayCluster.start()
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let owner = Pool(settings: cluster.settings(), size: 1, logger: logger)
        try await owner.withConnection { try await Rig.makeEffects(on: $0) }
        await owner.close()
        let rig = Rig(
            pool: Pool(settings: cluster.appSettings(), size: 6, logger: logger), settings: cluster.appSettings())
        let engines = (0..<2).map { _ in
            rig.start(rig.registry(), settings: EngineSettings(queues: ["default": 2], maxRunning: 2, claimBatch: 2))
        }
        for engine in engines { await engine.until(.idle) }
        _ = try await rig.pool.transaction { transaction in
            try await Jobs.enqueueAll(
                (0..<300).map { Note(text: "\($0)") }, in: transaction, now: rig.clock.now(),
                options: { _ in Enqueue(maxAttempts: 50) })
        }
        for engine in engines {
            for _ in 0...Int.random(in: 0...20, using: &dice) {
                await engine.until { if case .done = $0 { true } else { false } }
            }
        }
        await cluster.kill()
        try await cluster.restart()
        for engine in engines { await engine.until(.connected) }
        // Attempts that the crash cut off are due again after their backoff.
        while try await rig.count("SELECT count(*) FROM jobs.job") > 0 {
            try await rig.harness.advance(by: .seconds(10))
        }
        #expect(try await rig.count("SELECT count(*) FROM public.effect") == 300)
        #expect(try await rig.count("SELECT count(DISTINCT note) FROM public.effect") == 300)
        #expect(try await rig.count("SELECT count(*) FROM jobs.history WHERE outcome = 'done'") == 300)
        for engine in engines { try await engine.stop() }
        await rig.pool.close()
        await cluster.stop()
    }
}
