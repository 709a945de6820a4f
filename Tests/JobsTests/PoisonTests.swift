import Foundation
import Jobs
import JobsTesting
import Postgres
import Support
import Testing
import WorkingDays

/// What a job that ends its process does to others: real processes, killed by their own work.
@Suite(.serialized, .database, .timeLimit(.minutes(5)))
struct PoisonTests {
    @Test(arguments: Dice.seeds)
    func `G17: a poison job that kills its process each time ends dead, and takes no neighbour with it`(seed: UInt64)
        async throws
    {
        var dice = Dice(seed: seed)
        let rig = try await Rig.onTestDatabase()
        let place = Int.random(in: 0..<10, using: &dice)
        var poison = JobID(rawValue: 0)
        for number in 0..<20 {
            let id = try await rig.harness.enqueue(DaemonWork(deed: number == place ? "poison" : "plain"))
            if number == place { poison = id }
        }
        var dead: [DaemonProcess] = []
        for _ in 1...3 {
            let daemon = try DaemonProcess("victim-\(dead.count)", on: rig)
            await daemon.untilEnded()
            dead.append(daemon)
            rig.clock.advance(bySeconds: 60)
        }
        let survivor = try DaemonProcess("survivor", on: rig)
        await survivor.until(.died(poison))
        try await survivor.untilIdle()
        #expect(survivor.twice(exceptIn: dead) == [])
        await survivor.stop()
        #expect(try await rig.show(poison).attempt == 3)
        #expect(try await rig.count("SELECT count(*) FROM jobs.dead_letter") == 1)
        // The schedule fired as well: once for each of the three minutes that passed.
        #expect(try await rig.count("SELECT count(*) FROM jobs.firing") == 3)
        #expect(try await rig.count("SELECT count(*) FROM jobs.history WHERE outcome = 'done'") == 19 + 3)
        #expect(try await rig.count("SELECT count(*) FROM public.effect WHERE job = \(poison.rawValue)") == 0)
        #expect(try await rig.count("SELECT count(*) FROM public.effect") == 19 + 3)
        // Lost once, when nobody knew; after that the suspects run alone.
        #expect(try await rig.count("SELECT max(attempt) FROM jobs.history") <= 2)
    }
}
