import Contract
import Foundation
import Jobs
import Postgres
import Support
import Testing
import WorkingDays

@testable import Relief

/// A job of the tests whose effect can't be repeated.
private struct Wire: Job {
    static let kind = "test.wire"
    static var policy: JobPolicy { JobPolicy(queue: "bank", maxAttempts: 1) }
}

/// Jobs, queues and schedules through the door.
@Suite(.database)
struct EngineRoomTests {
    /// The firings from one day to another, as `day hour:minute schedule → business date`, in parts of a size.
    private func plan(
        _ office: Office, _ from: String, _ to: String, _ schedule: String? = nil, size: Int = 500
    ) async throws -> [String] {
        var (found, cursor): ([String], String?) = ([], nil)
        repeat {
            let page = try await office.door.answer(
                NextFirings(
                    from: Desk.day(from).start(), to: Desk.day(to).start(), schedule: schedule, limit: size,
                    cursor: cursor), as: office.admin)
            #expect(page.items.count <= size)
            found += page.items.map {
                "\(Day($0.at)) \(Int($0.at.timeIntervalSince(Day($0.at).start())) / 60) \($0.schedule) \($0.businessDate)"
            }
            cursor = page.next
        } while cursor != nil
        return found
    }

    @Test func `what will run between two days goes by the calendar of working days`() async throws {
        let office = try await Office.open()
        _ = try await office.door.perform(
            SetCalendar(
                days: [
                    CalendarDay(day: Desk.day("2026-07-03"), working: false, name: "休"),
                    CalendarDay(day: Desk.day("2026-07-05"), working: true, name: "班"),
                ], source: "测试"), as: office.programmes)
        #expect(
            try await plan(office, "2026-07-02", "2026-07-07", "runs.daily")
                == ["02", "05", "06"].map { "2026-07-\($0) 480 runs.daily 2026-07-\($0)" })
        let wrong = [
            NextFirings(from: office.clock.now(), to: office.clock.now().addingTimeInterval(-1)),
            NextFirings(schedule: "nothing"), NextFirings(cursor: "7"),
        ]
        for query in wrong {
            await #expect(throws: Refusal.self) { try await office.door.answer(query, as: office.admin) }
        }
    }

    @Test func `a plan read in parts of any size is the same, and leaves out what is paused`() async throws {
        let office = try await Office.open()
        let whole = try await plan(office, "2026-07-01", "2026-07-02")
        #expect(whole.count > 3_000 && Set(whole).count == whole.count)
        #expect(try await plan(office, "2026-07-01", "2026-07-02", size: 97) == whole)
        let paused = try await office.door.perform(
            PauseSchedule(schedule: "notices", reason: "日历正在更正"), as: office.admin)
        #expect(paused.paused && paused.pausedBy == "admin" && paused.nextAt == nil)
        let rest = try await plan(office, "2026-07-01", "2026-07-02")
        #expect(rest == whole.filter { !$0.contains(" notices ") } && rest.count < whole.count)
        let refusal = await #expect(throws: Refusal.self) {
            try await office.door.answer(NextFirings(schedule: "notices"), as: office.admin)
        }
        #expect(refusal?.code == .conflict && refusal?.message.contains("schedule resume") == true)
        let resumed = try await office.door.perform(ResumeSchedule(schedule: "notices"), as: office.admin)
        #expect(!resumed.paused && resumed.nextAt == office.clock.now().addingTimeInterval(300))
        #expect(try await plan(office, "2026-07-01", "2026-07-02") == whole)
    }

    @Test func `a schedule runs out of turn for a reason that the log keeps`() async throws {
        let office = try await Office.open()
        let job = try await office.door.perform(
            RunSchedule(schedule: "runs.daily", reason: "银行文件迟到"), as: office.admin)
        #expect(job.kind == "run.prepareDue" && job.state == .available)
        let view = try await office.door.answer(ListSchedules(), as: office.admin).items.first { $0.lastJob == job.id }
        #expect(view?.name == "runs.daily" && view?.lastAt == office.clock.now())
        let leaf: String = try await Database.current.pool.withConnection {
            try await $0.value("SELECT convert_from(leaf, 'UTF8') FROM audit.event WHERE command = 'schedule.run'")
        }
        #expect(leaf.contains("银行文件迟到"))
        for wrong in [
            RunSchedule(schedule: "nothing", reason: "银行文件迟到"), RunSchedule(schedule: "runs.daily", reason: " "),
            RunSchedule(schedule: "runs.daily", reason: "打电话给13997123456"),
            // It has run at this very instant.
            RunSchedule(schedule: "runs.daily", reason: "再来一次"),
        ] {
            await #expect(throws: Refusal.self) { try await office.door.perform(wrong, as: office.admin) }
        }
    }

    @Test func `a queue is limited, paused and freed, and says so`() async throws {
        let office = try await Office.open()
        _ = try await bury(office)
        let limited = try await office.door.perform(
            LimitQueue(queue: "bank", running: 4, rate: "10/minute"), as: office.admin)
        #expect(limited.maxRunning == 4 && limited.rate == "10/minute" && !limited.paused)
        let paused = try await office.door.perform(PauseQueue(queue: "bank"), as: office.admin)
        #expect(paused.paused && paused.pausedBy == "admin" && paused.maxRunning == 4)
        _ = try await office.door.perform(LimitQueue(queue: "bank"), as: office.admin)
        let free = try await office.door.perform(ResumeQueue(queue: "bank"), as: office.admin)
        #expect(!free.paused && free.maxRunning == nil && free.rate == nil)
        for wrong in [
            LimitQueue(queue: "bank", running: 0), LimitQueue(queue: "bank", rate: "often"),
            LimitQueue(queue: "Bank!", running: 1),
        ] {
            await #expect(throws: Refusal.self) { try await office.door.perform(wrong, as: office.admin) }
        }
        // Who mistypes a queue in an emergency mustn't believe that it stopped.
        let mistyped = await #expect(throws: Refusal.self) {
            try await office.door.perform(PauseQueue(queue: "banc"), as: office.admin)
        }
        #expect(mistyped.map { "\($0)".contains("banc") && "\($0)".contains("bank") } == true)
    }

    @Test func `a job is given up for a reason that the log keeps, and a doubt isn't`() async throws {
        let office = try await Office.open()
        let (doubt, dead) = try await bury(office)
        for wrong in [
            CancelJob(job: doubt, reason: "不要了"), CancelJob(job: dead[0], reason: " "),
            CancelJob(job: dead[0], reason: String(repeating: "长", count: 10_000)),
        ] {
            await #expect(throws: Refusal.self) { try await office.door.perform(wrong, as: office.admin) }
        }
        let given = try await office.door.perform(CancelJob(job: dead[0], reason: "重复登记"), as: office.admin)
        #expect(given.state == .cancelled)
        let leaf: String = try await Database.current.pool.withConnection {
            try await $0.value("SELECT convert_from(leaf, 'UTF8') FROM audit.event WHERE command = 'job.cancel'")
        }
        #expect(leaf.contains("重复登记"))
        #expect(
            try await office.door.answer(ListJobs(state: .cancelled), as: office.admin).items.map(\.id) == [dead[0]])
    }

    @Test func `jobs that wait for their time are told from those that failed`() async throws {
        let office = try await Office.open()
        let (now, later) = (office.clock.now(), office.clock.now().addingTimeInterval(600))
        let (new, failed) = try await office.door.pool.transaction { transaction in
            let new = try await Jobs.enqueue(Wire(), Enqueue(runAt: later), in: transaction, now: now)
            let failed = try await Jobs.enqueue(Wire(), Enqueue(runAt: later), in: transaction, now: now)
            try await transaction.execute("UPDATE jobs.job SET last_error = 'no' WHERE id = \(failed.rawValue)")
            return (new, failed)
        }
        for (state, id) in [(Contract.JobState.scheduled, new), (.retryable, failed)] {
            let found = try await office.door.answer(ListJobs(state: state), as: office.admin).items
            #expect(found.map(\.id) == [id.rawValue])
        }
    }

    /// Three dead letters of a kind, one of them in doubt: its number, and those of the others.
    private func bury(_ office: Office) async throws -> (doubt: Int64, dead: [Int64]) {
        let ids: [Int64] = try await office.door.pool.transaction { transaction in
            var ids: [Int64] = []
            for _ in 0..<3 {
                ids.append(try await Jobs.enqueue(Wire(), in: transaction, now: office.clock.now()).rawValue)
            }
            try await transaction.execute(
                """
                WITH gone AS (DELETE FROM jobs.job WHERE kind = 'test.wire' RETURNING *)
                INSERT INTO jobs.dead_letter
                SELECT \(office.clock.now()), 'The bank is closed.', NULL, gone.id = \(ids[0]), gone.* FROM gone
                """)
            return ids
        }
        return (ids[0], Array(ids.dropFirst()))
    }

    @Test func `all dead jobs of a kind run again, and those in doubt stay for a person`() async throws {
        let office = try await Office.open()
        let (doubt, dead) = try await bury(office)
        let retried = try await office.door.perform(RetryDeadJobs(kind: "test.wire"), as: office.admin)
        #expect(retried.retried == 2 && retried.left == 1)
        let ready = try await office.door.answer(ListJobs(state: .available), as: office.admin).items
        #expect(Set(ready.map(\.id)) == Set(dead))
        let alone = try await office.door.answer(ListJobs(state: .inDoubt), as: office.admin).items
        #expect(alone.map(\.id) == [doubt])
        await #expect(throws: Refusal.self) {
            try await office.door.perform(RetryJob(job: doubt), as: office.admin)
        }
        await #expect(throws: Refusal.self) {
            try await office.door.perform(RetryDeadJobs(kind: "test.other"), as: office.admin)
        }
    }

    @Test func `a dead job whose place was taken stays dead, and says by whom`() async throws {
        let office = try await Office.open()
        let (doubt, dead) = try await bury(office)
        try await Database.current.pool.withConnection {
            try await $0.script("UPDATE jobs.dead_letter SET unique_key = 'pay/1'")
        }
        let rival = try await office.door.pool.transaction {
            try await Jobs.enqueue(Wire(), Enqueue(uniqueKey: "pay/1"), in: $0, now: office.clock.now())
        }
        let resolve = ResolveJob(job: doubt, happened: false, reason: "对账单上没有")
        for attempt in [
            { try await office.door.perform(RetryJob(job: dead[0]), as: office.admin) },
            { try await office.door.perform(resolve, as: office.admin) },
        ] {
            let refusal = await #expect(throws: Refusal.self) { try await attempt() }
            #expect(refusal?.code == .conflict && refusal?.message.contains("Job \(rival) ") == true)
        }
    }

    @Test(arguments: [true, false])
    func `who knows what happened settles a doubt, once`(happened: Bool) async throws {
        let office = try await Office.open()
        let (doubt, dead) = try await bury(office)
        let resolve = ResolveJob(job: doubt, happened: happened, reason: "对账单上有这笔款")
        let settled = try await office.door.perform(resolve, as: office.admin)
        #expect(
            settled.state == (happened ? .completed : .available) && settled.attempt == (happened ? settled.attempt : 0)
        )
        for job in [doubt, dead[0]] {
            let again = ResolveJob(job: job, happened: happened, reason: "再问一次")
            await #expect(throws: Refusal.self) { try await office.door.perform(again, as: office.admin) }
        }
    }

    @Test func `the engine room is seen at one instant`() async throws {
        let office = try await Office.open()
        let (doubt, dead) = try await bury(office)
        let top = try await office.door.answer(ShowTop(), as: office.admin)
        #expect(top.now == office.clock.now() && top.running.isEmpty && top.engines.isEmpty)
        #expect(Set(top.failures.map(\.id)) == Set(dead + [doubt]))
        let bank = try #require(top.queues.first { $0.name == "bank" })
        #expect(bank.failed == 2 && bank.inDoubt == 1)
        #expect(top.schedules.count == StandingOrders.table.count)
        let times = top.schedules.compactMap(\.nextAt)
        #expect(times == times.sorted())
    }

    @Test func `a follower is told what changed since the answer before`() async throws {
        let office = try await Office.open()
        let door = office.door
        let start = try await door.answer(TailJobs(), as: office.admin)
        #expect(start.items.isEmpty)
        let job = try await door.perform(
            RunSchedule(schedule: "deadlines", reason: "补跑"), as: office.admin)
        let made = try await door.answer(TailJobs(cursor: start.next), as: office.admin)
        #expect(made.items.map(\.id) == [job.id] && made.items.map(\.state) == [.available])
        try await office.runDueJobs()
        let ended = try await door.answer(TailJobs(kind: job.kind, cursor: made.next), as: office.admin)
        #expect(ended.items.map(\.state) == [.completed])
        #expect(try await door.answer(TailJobs(state: .running, cursor: made.next), as: office.admin).items.isEmpty)
        await #expect(throws: Refusal.self) { try await door.answer(TailJobs(cursor: "x"), as: office.admin) }
    }
}
