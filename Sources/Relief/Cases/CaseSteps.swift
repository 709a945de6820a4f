import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// Moves a case along the chain of its programme.
enum CaseSteps {
    /// Lays out the whole chain when a case is opened, so that everybody sees what is to come.
    static func layOut(_ file: UUID, _ pack: Pack, in context: CommandContext) async throws {
        try await context.transaction.execute(
            """
            INSERT INTO relief.case_step (id, case_id, ordinal, kind, title, state)
            SELECT gen_random_uuid(), \(file), step.ordinal, step.kind, step.title, 'waiting'
            FROM unnest(\(pack.steps.map(\.kind.rawValue)), \(pack.steps.map(\.title)))
              WITH ORDINALITY AS step (kind, title, ordinal)
            """)
    }

    /// Opens a step; its deadline counts working days from today.
    static func open(_ ordinal: Int, of file: CaseFile, _ pack: Pack, in context: CommandContext) async throws {
        try await open(ordinal, of: [file.id], pack, in: context)
    }

    private static func open(_ ordinal: Int, of files: [UUID], _ pack: Pack, in context: CommandContext) async throws {
        guard let step = pack.step(ordinal) else {
            try await context.transaction.execute("UPDATE relief.case_file SET step = NULL WHERE id = ANY (\(files))")
            return
        }
        let calendar = try await Calendars.current(in: context)
        let due = step.days.map { calendar.day(workingDays: $0, after: context.today) }
        try await context.transaction.execute(
            """
            UPDATE relief.case_step SET state = 'open', opened_at = \(context.now), due_on = \(due)
            WHERE case_id = ANY (\(files)) AND ordinal = \(ordinal)
            """)
        try await context.transaction.execute(
            "UPDATE relief.case_file SET step = \(ordinal) WHERE id = ANY (\(files))")
    }

    /// Ends the open step and opens the next.
    static func advance(_ file: CaseFile, _ pack: Pack, in context: CommandContext) async throws {
        guard let ordinal = file.step else { return }
        try await advance([file.id], past: ordinal, pack, in: context)
    }

    /// The same for cases that stand at the same step of one programme.
    static func advance(
        _ files: [UUID], past ordinal: Int, _ pack: Pack, in context: CommandContext
    ) async throws {
        try await context.transaction.execute(
            """
            UPDATE relief.case_step SET state = 'done', done_at = \(context.now)
            WHERE case_id = ANY (\(files)) AND ordinal = \(ordinal)
            """)
        try await open(ordinal + 1, of: files, pack, in: context)
    }

    /// Sends the case back to its worker: the chain begins anew when it is submitted again.
    static func sendBack(_ file: CaseFile, in context: CommandContext) async throws {
        try await context.transaction.execute(
            """
            UPDATE relief.case_step SET state = 'waiting', opened_at = NULL, due_on = NULL, overdue_at = NULL, done_at = NULL
            WHERE case_id = \(file.id)
            """)
        try await file.move(to: .returned, in: context)
    }

    /// Ends the chain early: rejected, withdrawn.
    static func end(_ file: CaseFile, as state: CaseState, in context: CommandContext) async throws {
        try await context.transaction.execute(
            "UPDATE relief.case_step SET state = 'skipped' WHERE case_id = \(file.id) AND state IN ('waiting', 'open')")
        try await file.move(to: state, in: context)
    }
}
