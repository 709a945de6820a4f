import Contract
import FoundationEssentials
import Jobs
import Postgres
import WorkingDays

/// A system command that schedules give again and again, round by round.
protocol StandingWork: SystemCommand where Reply == WorkDone {
    /// A round that did so many is followed by another at once.
    static var mostPerRound: Int { get }

    init()

    /// Rows where there is something to do: a round that has nothing to do leaves no trace in the log.
    static func due(now: Date, today: Day) -> SQL

    /// Whether there may be something to do outside of the database, as files to be taken in.
    static func hasWork(at door: Door) -> Bool
}

extension StandingWork {
    static func hasWork(at door: Door) -> Bool { true }
}

/// One round of a standing work, as a job: its command runs in the job's transaction.
struct Round<Work: StandingWork>: Job {
    static var kind: String { Work.name }
    static var policy: JobPolicy { JobPolicy(queue: "standing", maxAttempts: 5) }

    /// Does the round; its effect, its place in the log and the job's completion commit together.
    func run(by door: Door, in context: JobContext) async throws -> JobOutcome {
        guard Work.hasWork(at: door) else { return .done }
        // While the log isn't sealed nothing is done, and no attempt is lost by it.
        if door.standing?.problem != nil { return .snooze(until: door.clock.now().addingTimeInterval(30)) }
        let (now, transaction) = (door.clock.now(), context.transaction)
        try await transaction.execute("SELECT set_config('relief.scope', '{\"\"}', true)")
        guard try await transaction.exists(Work.due(now: now, today: Day(now)) + "LIMIT 1") else { return .done }
        let done = try await door.perform(Work(), as: .system, key: "job:\(context.id)", in: transaction)
        if done.count >= Work.mostPerRound { try await Jobs.enqueue(self, in: transaction, now: now) }
        return .done
    }
}

extension CloseDueNotices: StandingWork {
    static func due(now: Date, today: Day) -> SQL {
        "SELECT FROM relief.notice_item WHERE state = 'listed' AND closes_on < \(today) "
    }
}

extension MarkOverdueSteps: StandingWork {
    static var mostPerRound: Int { .max }

    static func due(now: Date, today: Day) -> SQL {
        "SELECT FROM relief.case_step WHERE state = 'open' AND overdue_at IS NULL AND due_on < \(today) "
    }
}

extension MarkDueRetests: StandingWork {
    static var mostPerRound: Int { .max }

    static func due(now: Date, today: Day) -> SQL {
        "SELECT FROM relief.archive WHERE ended_at IS NULL AND retest_due_at IS NULL AND retest_on <= \(today) "
    }
}
