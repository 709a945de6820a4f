import Contract
import FoundationEssentials
import Jobs
import Postgres
import WorkingDays

/// A system command about one thing, given when that thing asks for it: as soon as a run is released, when a case's notice
/// ends. A standing round looks after what an errand couldn't do.
protocol ErrandWork: SystemCommand where Reply == WorkDone {
    /// What it is about, as `SubjectJobs` writes it.
    var subject: String { get }

    /// Rows where there still is something to do: an errand that comes too late leaves no trace in the log.
    func due(today: Day) -> SQL
}

/// An errand, as a job: its command runs in the job's transaction.
struct Errand<Work: ErrandWork>: Job {
    static var kind: String { Work.name }
    static var policy: JobPolicy { JobPolicy(queue: "standing") }

    let work: Work

    /// Has the work done at a time, or at once; an errand of the same work that still waits takes the new time.
    static func run(_ work: Work, at time: Date? = nil, in context: CommandContext) async throws {
        try await Jobs.enqueue(
            Errand(work: work),
            Enqueue(
                runAt: time, uniqueKey: "\(Work.name)/\(work.subject)", onConflict: .replace, subject: work.subject),
            in: context.transaction, now: context.now)
    }

    /// Does the work; its effect, its place in the log and the job's completion commit together.
    func run(by door: Door, in context: JobContext) async throws -> JobOutcome {
        let transaction = context.transaction
        // While the log isn't sealed nothing is done, and no attempt is lost by it.
        if door.standing?.problem != nil { return .snooze(until: door.clock.now().addingTimeInterval(30)) }
        try await transaction.execute("SELECT set_config('relief.scope', '{\"\"}', true)")
        guard try await transaction.exists(work.due(today: Day(door.clock.now()))) else { return .done }
        _ = try await door.perform(work, as: .system, key: "job:\(context.id)", in: transaction)
        return .done
    }
}
