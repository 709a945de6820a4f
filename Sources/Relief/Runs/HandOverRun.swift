import Contract
import Postgres
import WorkingDays

/// Hands the file of one run to the bank, as soon as it is released.
struct HandOverRun: ErrandWork {
    typealias Reply = WorkDone
    static let name = "run.handOver"
    static let summary = "Puts the file of a released run into the bank's folder."

    let run: String

    var subject: String { SubjectJobs.subject(run: run) }

    func due(today: Day) -> SQL {
        "SELECT FROM relief.run WHERE number = \(run) AND state = 'released'"
    }

    func execute(in context: CommandContext) async throws -> WorkDone {
        let run = try await Run.find(run, in: context)
        guard run.state == .released, let bank = context.door.bankFolder else { return WorkDone(count: 0) }
        try await FileReleasedRuns.handOver(run, to: bank, in: context)
        return WorkDone(count: 1)
    }
}
