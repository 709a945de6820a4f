import Contract
import FoundationEssentials
import Postgres

/// Decisions: who, over which exact bytes, by which version of the rules, with inputs and reasons to replay them.
enum Decisions {
    enum Kind: String { case submit, review, committee, approve, close }

    static func record(
        _ kind: Kind, outcome: DecisionOutcome, reason: String?, of file: CaseFile, step: Int?,
        version: ProgrammeVersion, inputs: AssessmentInputs, assessment: Assessment, in context: CommandContext
    ) async throws {
        let inputs = String(decoding: try JSON.encode(inputs), as: UTF8.self)
        let trace = String(decoding: try JSON.encode(assessment), as: UTF8.self)
        do {
            try await context.transaction.execute(
                """
                INSERT INTO relief.decision (id, case_id, step, kind, outcome, decided_by, reason, sheet, version, inputs,
                  trace, decided_at)
                VALUES (\(UUID()), \(file.id), \(step), \(kind.rawValue), \(outcome), \(context.principal.user), \(reason),
                  \(file.sheet), \(version.id), \(inputs)::text::jsonb, \(trace)::text::jsonb, \(context.now))
                """)
        } catch let error as PostgresError where error.constraint == "reason_when_not_passed" {
            throw Refusal.invalid(
                Phrase(
                    "A no and a return need a reason that the applicant can read.",
                    "不通过或退回须写明申请人能看懂的理由。"), field: "reason")
        } catch let error as PostgresError where error.constraint == "one_approval_each" {
            throw Refusal.conflict(
                Phrase(
                    "\(context.principal.login) has approved case \(file.number) already: it takes another person.",
                    "\(context.principal.login) 已经批准过案件\(file.number)：须由另一人批准。"))
        }
        context.note("outcome", .string(outcome.rawValue))
        context.note("sheet", file.sheet.map { .string($0) } ?? .null)
    }

    /// How many different people approved what stands on the present sheet.
    static func approvals(of file: CaseFile, in context: CommandContext) async throws -> Int {
        try await context.transaction.value(
            """
            SELECT count(DISTINCT relief.who(decided_by)) FROM relief.decision
            WHERE case_id = \(file.id) AND kind = 'approve' AND outcome = 'pass' AND sheet = \(file.sheet)
            """)
    }
}
