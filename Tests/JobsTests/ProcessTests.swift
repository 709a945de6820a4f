import Foundation
import Jobs
import JobsTesting
import Postgres
import Support
import Testing
import WorkingDays

/// What three daemons survive: real processes and real signals, under clocks that this test moves.
@Suite(.serialized, .database, .timeLimit(.minutes(5)))
struct ProcessTests {
    @Test(arguments: Dice.seeds)
    func `G17: kill -9 of one of three daemons loses no job, doubles none, and its jobs go on in time`(seed: UInt64)
        async throws
    {
        var dice = Dice(seed: seed)
        let rig = try await Rig.onTestDatabase()
        let victim = try DaemonProcess("victim", on: rig, runsBeforeHanging: .random(in: 0...12, using: &dice))
        await victim.until(.idle)
        var jobs: [JobID] = []
        for number in 0..<60 {
            let lane = dice.once(in: 3) ? "lane-\(number % 4)" : nil
            let delay = dice.once(in: 5) ? Double.random(in: 1...90, using: &dice) : 0
            let options = Enqueue(runAt: rig.clock.now().addingTimeInterval(delay), lane: lane)
            jobs.append(try await rig.harness.enqueue(DaemonWork(deed: "plain"), options))
        }
        let held = try #require(await victim.stuck())
        let heirs = try ["second", "third"].map { try DaemonProcess($0, on: rig) }
        let witness = heirs[Int.random(in: 0...1, using: &dice)]
        // The victim may have claimed all there is, ahead of its hanging workers.
        var working = Int.random(in: 0...3, using: &dice)
        await witness.until { event in
            if case .done = event { working -= 1 }
            return working < 0 || event == .idle
        }
        await victim.crash()

        // The lease, and then a tick: no notification tells of a dead engine. In steps that leave the living their leases.
        for _ in 0..<4 { try await rig.step(heirs) }
        try await heirs.untilIdle()
        #expect(try await rig.show(held).state == .done)
        for _ in 0..<6 { try await rig.step(heirs) }
        try await heirs.untilIdle()
        for heir in heirs { await heir.stop() }

        #expect(heirs.flatMap { $0.twice(exceptIn: [victim]) } == [])
        let rescued = heirs.flatMap(\.heard).filter { if case .rescued = $0 { true } else { false } }
        #expect(rescued.contains(.rescued(held)))
        #expect(try await rig.count("SELECT count(*) FROM jobs.job") == 0)
        #expect(try await rig.count("SELECT count(*) FROM jobs.dead_letter") == 0)
        let done = try await rig.count("SELECT count(*) FROM jobs.history WHERE outcome = 'done' AND attempt <= 2")
        // 02:01 is the only whole minute between the first look and the last, at 02:01:40.
        #expect(try await rig.count("SELECT count(*) FROM jobs.firing") == 1)
        #expect(done == jobs.count + 1)
        #expect(try await rig.count("SELECT count(DISTINCT job) FROM public.effect") == done)
        #expect(try await rig.count("SELECT count(*) FROM public.effect") == done)
    }

    @Test func `G17: jobs that block all threads of a daemon stop its heart, and another takes them over`() async throws
    {
        let rig = try await Rig.onTestDatabase()
        let blocked = try DaemonProcess("blocked", on: rig)
        await blocked.until(.idle)
        var jobs: [JobID] = []
        // One more than there are threads.
        for _ in 0...ProcessInfo.processInfo.activeProcessorCount {
            jobs.append(try await rig.harness.enqueue(DaemonWork(deed: "block")))
        }
        _ = try #require(await blocked.stuck())
        let heir = try DaemonProcess("heir", on: rig)
        await heir.until(.idle)
        let plain = try await rig.harness.enqueue(DaemonWork(deed: "plain"))
        await heir.until(.done(plain))
        rig.clock.advance(bySeconds: 60)
        heir.set(rig.clock.now())
        await heir.until(.ticked)
        try await heir.untilIdle()
        for id in jobs { #expect(try await rig.show(id).state == .done) }
        #expect(heir.twice(exceptIn: [blocked]) == [])
        // What the blocked ones began is not committed, whatever they do now.
        #expect(try await rig.count("SELECT count(*) FROM public.effect WHERE note = 'blocked'") == 0)
        await blocked.crash()
        await heir.stop()
    }
}

extension Rig {
    /// Ten seconds more on the clocks of these daemons, who all look.
    fileprivate func step(_ daemons: [DaemonProcess]) async throws {
        clock.advance(bySeconds: 10)
        for daemon in daemons { daemon.set(clock.now()) }
        for daemon in daemons { try await daemon.looked() }
    }
}
