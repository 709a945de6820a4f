import Contract
import Postgres
import WorkingDays

/// Hands the file of one run to the bank, as soon as it is released and the bank may have it.
struct HandOverRun: ErrandWork {
    typealias Reply = WorkDone
    static let name = "run.handOver"
    static let summary = Phrase("Puts the file of a released run into the bank's folder.", "把已交付批次的文件放入银行目录。")

    let run: String

    var subject: String { SubjectJobs.subject(run: run) }

    func due(today: Day) -> SQL {
        "SELECT FROM relief.run r WHERE r.number = \(run) AND \(FileReleasedRuns.isDue(on: today))"
    }

    func execute(in context: CommandContext) async throws -> WorkDone {
        let run = try await Run.find(run, in: context)
        let isDue = try await context.transaction.exists(
            "SELECT FROM relief.run r WHERE r.id = \(run.id) AND \(FileReleasedRuns.isDue(on: context.today))")
        context.note("due", .bool(isDue))
        guard isDue, let bank = context.door.bankFolder else { return WorkDone(count: 0) }
        try await FileReleasedRuns.handOver(run, to: bank, in: context)
        return WorkDone(count: 1)
    }
}
