import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// Archives (建档): which households other aid may rest on.
enum Archives {
    static func enter(_ file: CaseFile, _ pack: Pack, _ assessment: Assessment, in context: CommandContext) async throws
    {
        guard let household = file.subject.household, let level = assessment.level else {
            throw Refusal.conflict(
                Phrase(
                    "Case \(file.number) gives no level of hardship.",
                    "案件\(file.number)没有评定困难等级。"))
        }
        // A new archive takes the place of the one that it re-tests. The household may be a union's above the case's.
        try await context.seeingAll { transaction in
            try await transaction.execute(
                """
                UPDATE relief.archive SET ended_at = \(context.now), end_reason = \("re-tested by \(file.number)")
                WHERE household = \(household) AND ended_at IS NULL
                """)
            try await transaction.execute(
                """
                INSERT INTO relief.archive (id, household, case_id, level, archived_on, retest_on)
                VALUES (\(UUID()), \(household), \(file.id), \(level), \(context.today),
                        \(context.today.adding(months: pack.retestMonths ?? 12)))
                """)
        }
        try await file.move(to: .followUp, in: context)
        context.note("level", .string(level))
    }
}
