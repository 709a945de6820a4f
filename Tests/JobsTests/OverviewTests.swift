import Foundation
import JobsTesting
import Postgres
import Support
import Testing
import WorkingDays

@testable import Jobs

/// What people see of jobs, beyond one by one.
@Suite(.serialized, .database, .timeLimit(.minutes(10)))
struct OverviewTests {
    /// The follower's way through the jobs of a rig.
    private struct Follower {
        let rig: Rig
        var followed: JobsFollowed?

        /// The states of each job of the next answer.
        mutating func next(_ filter: JobsOverview.Filter = .init()) async throws -> [JobID: JobState] {
            let rig = rig
            let since = followed
            let (jobs, next) = try await rig.pool.withConnection {
                try await JobsOverview.changes(filter, since: since, in: $0, now: rig.clock.now())
            }
            // A cursor goes over the wire as text.
            let read: JobsFollowed = try #require(JobsFollowed(next.description))
            #expect(read == next)
            followed = read
            return Dictionary(uniqueKeysWithValues: jobs.map { ($0.id, $0.state) })
        }
    }

    @Test func `a follower hears of each job that is made, begins, fails, and ends`() async throws {
        let rig = try await Rig.onTestDatabase()
        struct BankIsClosed: Error {}
        let gate = Gate()
        let registry = rig.registry { note, context in
            if context.attempt == 1 { throw BankIsClosed() }
            await gate.pass(note.text)
            return .done
        }
        var follower = Follower(rig: rig)
        #expect(try await follower.next() == [:])
        let id = try await rig.enqueue("pay")
        let other = try await rig.enqueue("other", Enqueue(queue: "nobody"))
        #expect(try await follower.next() == [id: .ready, other: .ready])
        let engine = rig.start(registry)
        await engine.until(.retried(id, at: rig.clock.now().addingTimeInterval(10)))
        // It neither is new nor has ended, and ran between two answers: its next attempt is what is heard of.
        rig.clock.advance(bySeconds: 10)
        engine.engine.wake()
        _ = await gate.arrived()
        #expect(try await follower.next() == [id: .running])
        gate.open()
        await engine.until(.done(id))
        rig.clock.advance(bySeconds: 1)
        #expect(try await follower.next() == [id: .done])
        rig.clock.advance(bySeconds: 60)
        _ = try await follower.next()
        #expect(try await follower.next() == [:])
        // Who begins to follow is told the last ends.
        var late = Follower(rig: rig)
        #expect(try await late.next() == [id: .done])
        #expect(try await late.next(.init(queue: "nobody")) == [:])
        try await engine.stop()
    }

    @Test func `a job that ran in the last answer is looked at again, whatever became of it`() async throws {
        let rig = try await Rig.onTestDatabase()
        struct BankIsClosed: Error {}
        let gate = Gate()
        let engine = rig.start(
            rig.registry { note, _ in
                await gate.pass(note.text)
                throw BankIsClosed()
            })
        let id = try await rig.enqueue("pay")
        _ = await gate.arrived()
        var follower = Follower(rig: rig)
        #expect(try await follower.next() == [id: .running])
        gate.open()
        await engine.until(.retried(id, at: rig.clock.now().addingTimeInterval(10)))
        #expect(try await follower.next() == [id: .scheduled])
        try await engine.stop()
    }

    @Test(arguments: [
        "", "1/2", "x/2/3", "1/2/x", "1/2/3,x", "1/2/" + Array(repeating: "1", count: 501).joined(separator: ","),
    ])
    func `a cursor that was not given is none`(text: String) {
        #expect(JobsFollowed(text) == nil)
    }

    @Test func `jobs are found by what they are about, wherever they lie`() async throws {
        let rig = try await Rig.onTestDatabase()
        let engine = rig.start(rig.registry())
        let done = try await rig.enqueue("done", Enqueue(subject: "case/1"))
        await engine.until(.done(done))
        try await engine.stop()
        let waits = try await rig.enqueue("waits", Enqueue(subject: "case/1"))
        let other = try await rig.enqueue("other", Enqueue(subject: "case/12"))
        let bare = try await rig.enqueue("bare")
        try await rig.pool.withConnection { (session: Connection) async throws in
            #expect(try await JobsOverview.about(["case/1"], limit: 9, in: session).map(\.id) == [waits, done])
            #expect(try await JobsOverview.about(["case/1"], limit: 1, in: session).map(\.id) == [waits])
            #expect(
                try await JobsOverview.about(["case/12"], or: [bare], limit: 9, in: session).map(\.id) == [bare, other])
            #expect(try await JobsOverview.list(.init(subject: "case/1"), in: session).map(\.id) == [waits, done])
        }
    }

    @Test func `a limit of a queue is written, told, and lifted`() async throws {
        let rig = try await Rig.onTestDatabase()
        try await rig.pool.withConnection { (session: Connection) async throws in
            try await JobsOverview.limit(queue: "bank", maxRunning: 4, rate: QueueRate("10/minute"), in: session)
            let limited = try await JobsOverview.queues(in: session)
            #expect(limited.map(\.name) == ["bank"])
            #expect(limited.map(\.maxRunning) == [4] && limited.map(\.rate) == ["10/minute"])
            try await JobsOverview.limit(queue: "bank", maxRunning: nil, rate: QueueRate("3/day"), in: session)
            #expect(try await JobsOverview.queues(in: session).map(\.rate) == ["3/day"])
            try await JobsOverview.limit(queue: "bank", maxRunning: nil, rate: nil, in: session)
            #expect(try await JobsOverview.queues(in: session).isEmpty)
        }
    }

    @Test(arguments: ["", "10", "/minute", "0/minute", "-1/minute", "10/fortnight", "10/minute/2", "x/second"])
    func `what is no rate is refused`(text: String) {
        #expect(QueueRate(text) == nil)
    }

    @Test func `figures of what waits for a person: the dead, the paused, the late`() async throws {
        let rig = try await Rig.onTestDatabase()
        let schedule = try Schedule("hourly", cron: "0 * * * *") { _ in Note(text: "hourly") }
        let engine = rig.start(rig.registry { _, _ in throw Discard("no") }, schedules: [schedule])
        await engine.until(.idle)
        func figures() async throws -> [String: Double] { try await rig.figures([schedule]) }
        #expect(try await figures()["relief_jobs_engines "] == 1)
        #expect(try await figures()["relief_jobs_oldest_dead_seconds "] == 0)
        let id = try await rig.enqueue("dies")
        await engine.until(.died(id))
        try await engine.stop()
        // Nobody is there any more when the schedule falls due, at 11:00 in China.
        rig.clock.set(at("2026-11-23T03:10:00Z"))
        try await rig.pool.withConnection {
            try await JobsOverview.pause(queue: "bank", by: "li.ming", in: $0, now: rig.clock.now())
        }
        let now = try await figures()
        #expect(now["relief_jobs_engines "] == 0)
        #expect(now["relief_jobs_dead test.note"] == 1 && now["relief_jobs_in_doubt test.note"] == 0)
        #expect(now["relief_jobs_oldest_dead_seconds "] == 4_200)
        #expect(now["relief_jobs_queue_paused bank"] == 1)
        #expect(now["relief_jobs_schedule_late_seconds hourly"] == 600)
        try await rig.pool.withConnection {
            _ = try await Schedules.pause("hourly", by: "li.ming", in: $0, now: rig.clock.now())
        }
        let paused = try await figures()
        #expect(paused["relief_jobs_schedule_late_seconds hourly"] == 0)
        #expect(paused["relief_jobs_schedule_paused hourly"] == 1)
    }

    @Test func `what no engine serves or knows is counted, and says why it waits`() async throws {
        struct Newer: Job {
            static let kind = Note.kind
            static let version = 2
        }
        let rig = try await Rig.onTestDatabase()
        let engine = rig.start(rig.registry())
        let served = try await rig.enqueue("served")
        let newer = try await rig.harness.enqueue(Newer())
        let elsewhere = try await rig.enqueue("elsewhere", Enqueue(queue: "elsewhere"))
        let later = Enqueue(queue: "elsewhere", runAt: rig.clock.now().addingTimeInterval(60))
        try await rig.enqueue("not yet", later)
        await engine.until(.done(served))
        #expect(try await rig.explain(newer) == .unknownShape(kind: Note.kind, version: 2))
        #expect(try await rig.explain(elsewhere) == .noEngine(queue: "elsewhere"))
        let figures = try await rig.figures()
        #expect(figures["relief_jobs_unserved default"] == 1)
        #expect(figures["relief_jobs_unserved elsewhere"] == 1)
        #expect(figures["relief_jobs_seen_timestamp_seconds "] == rig.clock.now().timeIntervalSince1970)
        var registry = Registry()
        registry.register(Newer.self) { _, _ in .done }
        rig.start(registry, settings: EngineSettings(queues: ["default": 1, "elsewhere": 1]))
        await rig.harness.engines[1].untilAll([.done(newer), .done(elsewhere)])
        #expect(try await rig.figures().keys.filter { $0.contains("unserved") } == [])
        try await rig.harness.stop()
    }
}

extension Rig {
    /// The standing figures, by their metric and label.
    fileprivate func figures(_ schedules: [Schedule] = []) async throws -> [String: Double] {
        let found = try await pool.withConnection {
            try await StandingFigures.look(
                at: schedules, calendar: WorkingCalendar(), in: $0, now: clock.now(), leaseNow: clock.now())
        }
        return Dictionary(uniqueKeysWithValues: found.map { ("\($0.metric) \($0.label?.value ?? "")", $0.level) })
    }
}
