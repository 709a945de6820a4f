import Foundation
import Jobs
import JobsTesting
import Postgres
import Support
import Testing
import WorkingDays

/// A program that isn't of this package, of people who know nothing of relief: a clinic that reminds of appointments.
@Suite(.serialized, .emptyDatabase, .timeLimit(.minutes(5)))
struct ClinicTests {
    @Test func `the engine alone does for others what it does here, with what is public`() async throws {
        try await Database.current.makeJobsTables()
        let pool = Database.current.pool
        let gateway = Gateway()
        var registry = Registry(MorningRound.self)
        registry.register(Reminder.self, isRepeatable: true) { reminder, context in
            try await gateway.send(reminder.appointment, key: context.key)
            return .done
        }
        let morning = try Schedule("morning", cron: "0 7 * * *", zone: "Europe/Vienna", days: .onlyWorkingDays) {
            MorningRound(day: $0.businessDate)
        }
        let harness = EngineHarness(pool: pool, listen: Database.current.settings, at: at("2026-11-20T12:00:00Z"))
        let engine = harness.start(registry, schedules: [morning], settings: EngineSettings(queues: ["sms": 4]))

        // A Friday's noon: the weekend passes in silence, on Monday at seven the round makes its reminders.
        try await harness.set(at("2026-11-22T12:00:00Z"))
        #expect(await gateway.sent == [])
        try await harness.set(at("2026-11-23T06:00:00Z"))
        // Four at a time: all three once, in whatever order.
        #expect(await gateway.sent.sorted() == ["2026-11-23/1", "2026-11-23/2", "2026-11-23/3"])
        #expect(engine.heard.contains { if case .fired = $0 { true } else { false } })

        // The third can't be reached: a dead letter, that a person sees, and tries again.
        try await pool.withConnection { session in
            let dead = try await JobsOverview.list(.init(states: [.dead]), in: session)
            #expect(dead.map(\.reason) == ["no such number"])
            #expect(try dead.map { try $0.decoded(as: Reminder.self).appointment } == ["2026-11-23/3"])
            await gateway.learn("2026-11-23/3")
            for job in dead { #expect(try await JobsOverview.retry(job.id, in: session, now: harness.clock.now())) }
        }
        try await harness.untilIdle()

        // Somebody holds the queue for the day; the next job waits, and says for what.
        try await pool.withConnection {
            _ = try await JobsOverview.pause(queue: "sms", by: "porter", in: $0, now: harness.clock.now())
        }
        let id = try await harness.enqueue(Reminder(appointment: "walk-in"), Enqueue(priority: 1, uniqueKey: "walk-in"))
        try await harness.untilIdle()
        try await pool.withConnection { session in
            let why = try await JobsOverview.explain(id, in: session, now: harness.clock.now())
            #expect("\(why)".contains("porter"), "\(why)")
            #expect(try await JobsOverview.resume(queue: "sms", in: session))
        }
        try await harness.untilIdle()
        #expect(try await harness.show(id)?.state == .done)
        try await harness.stop()
    }
}

private struct Reminder: Job {
    static let kind = "reminder.send"
    static let policy = JobPolicy(queue: "sms", maxAttempts: 1)
    let appointment: String
}

private struct MorningRound: RunnableJob {
    static let kind = "round.remind"
    let day: Day

    func run(in context: JobContext) async throws -> JobOutcome {
        try await Jobs.enqueueAll(
            (1...3).map { Reminder(appointment: "\(day)/\($0)") }, in: context.transaction, now: context.now)
        return .done
    }
}

private actor Gateway {
    private var unknown: Set = ["2026-11-23/3"]
    private(set) var sent: [String] = []

    func send(_ appointment: String, key: String) throws {
        sent.append(appointment)
        if unknown.contains(appointment) { throw Discard("no such number") }
    }

    func learn(_ appointment: String) { unknown.remove(appointment) }
}
