import Contract
import FoundationEssentials
import Jobs
import Postgres
import WorkingDays

/// From a case or a run to its jobs, and back.
///
/// A job belongs to what it is about (`case/NUMBER`, `run/NUMBER`), and to all that the command which it carried out
/// concerned: a standing round works on many cases, and its leaf in the log names each.
enum SubjectJobs {
    /// Jobs shown with a case or a run, at most.
    private static let most = 20

    static func subject(case number: String) -> String { "case/\(number)" }
    static func subject(run number: String) -> String { "run/\(number)" }

    /// The jobs of a case that the asker was let see: its own, those of the runs that pay it as far as the asker may see
    /// these, and the rounds that worked on it.
    static func of(case number: String, in context: QueryContext) async throws -> [JobGlance] {
        let runs = try await context.transaction.query(
            """
            SELECT DISTINCT r.number FROM relief.payment p JOIN relief.run r ON r.id = p.run
            JOIN relief.case_file c ON c.id = p.case_id WHERE c.number = \(number)
            """)
        let subjects = try [subject(case: number)] + runs.map { subject(run: try $0["number"]) }
        return try await glances(subjects, worksOn: number, in: context)
    }

    /// The jobs of a run that the asker was let see.
    static func of(run number: String, in context: QueryContext) async throws -> [JobGlance] {
        try await glances([subject(run: number)], worksOn: number, in: context)
    }

    /// What the command of a job concerned, the first few.
    static func concerned(by job: JobID, in context: QueryContext) async throws -> [String] {
        let system = Principal.system.actor
        return try await context.seeingAll { transaction in
            try await transaction.query(
                """
                SELECT s.subject FROM relief.command_key k JOIN audit.subject s ON s.event = k.event
                WHERE k.actor = \(system) AND k.key = \("job:\(job)") ORDER BY s.subject LIMIT \(most)
                """
            ).map { try $0["subject"] }
        }
    }

    private static func glances(
        _ subjects: [String], worksOn number: String, in context: QueryContext
    ) async throws -> [JobGlance] {
        let system = Principal.system.actor
        // The keys of the program are the program's own: only their numbers leave the wider view.
        let rounds: [JobID] = try await context.seeingAll { transaction in
            try await transaction.query(
                """
                SELECT k.key FROM audit.subject s JOIN relief.command_key k ON k.event = s.event
                WHERE s.subject = \(number) AND k.actor = \(system) AND starts_with(k.key, 'job:')
                """
            ).compactMap { Int64(digits: (try $0["key"] as String).dropFirst(4)).map(JobID.init(rawValue:)) }
        }
        let jobs = try await JobsOverview.about(subjects, or: rounds, limit: most, in: context.transaction)
        return jobs.map {
            // What else a round worked on isn't this asker's to learn.
            JobGlance(
                id: $0.id.rawValue, kind: $0.kind, state: JobOperations.state(of: $0),
                subject: $0.subject.flatMap { subjects.contains($0) ? $0 : nil },
                dueAt: $0.runAt, finishedAt: $0.finishedAt)
        }
    }
}
