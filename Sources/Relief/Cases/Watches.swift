import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// Marks open steps that passed their deadline, so that lists and reports show them (F23).
struct MarkOverdueSteps: SystemCommand {
    typealias Reply = WorkDone
    static let name = "case.markOverdue"
    static let summary = Phrase("Marks the open steps that passed their deadline.", "标记逾期的步骤。")

    func execute(in context: CommandContext) async throws -> WorkDone {
        let rows = try await context.transaction.query(
            """
            UPDATE relief.case_step s SET overdue_at = \(context.now) FROM relief.case_file c
            WHERE c.id = s.case_id AND s.state = 'open' AND s.overdue_at IS NULL AND s.due_on < \(context.today)
            RETURNING c.number
            """)
        for row in rows { context.concerns(try row["number"]) }
        context.note("steps", .int(Int64(rows.count)))
        return WorkDone(count: rows.count)
    }
}

/// Marks archives whose re-test is due (F05); the worker then opens the year's P01 case.
struct MarkDueRetests: SystemCommand {
    typealias Reply = WorkDone
    static let name = "archive.markRetests"
    static let summary = Phrase("Marks the archives that are to be tested again.", "标记须复核的档案。")

    func execute(in context: CommandContext) async throws -> WorkDone {
        let rows = try await context.transaction.query(
            """
            UPDATE relief.archive a SET retest_due_at = \(context.now) FROM relief.household h
            WHERE h.id = a.household AND a.ended_at IS NULL AND a.retest_due_at IS NULL AND a.retest_on <= \(context.today)
            RETURNING h.number
            """)
        for row in rows { context.concerns(try row["number"]) }
        context.note("archives", .int(Int64(rows.count)))
        return WorkDone(count: rows.count)
    }
}
