import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// Clears one case on the day after its notice ended.
struct ClearNotice: ErrandWork {
    typealias Reply = WorkDone
    static let name = "notice.clear"
    static let summary = Phrase("Clears a case whose public notice is over.", "公示期满的案件转入下一步。")

    let `case`: String

    var subject: String { SubjectJobs.subject(case: `case`) }

    /// Has a case cleared when the day has passed through which it stands on its notice.
    static func plan(_ number: String, after day: Day, in context: CommandContext) async throws {
        try await Errand.run(ClearNotice(case: number), at: day.adding(days: 1).start(), in: context)
    }

    func due(today: Day) -> SQL {
        """
        SELECT FROM relief.notice_item i JOIN relief.case_file c ON c.id = i.case_id
        WHERE c.number = \(`case`) AND i.state = 'listed' AND i.closes_on < \(today)
        """
    }

    func execute(in context: CommandContext) async throws -> WorkDone {
        let rows = try await context.transaction.query(
            """
            SELECT i.id, i.notice, i.case_id, n.number FROM relief.notice_item i JOIN relief.notice n ON n.id = i.notice
            JOIN relief.case_file c ON c.id = i.case_id
            WHERE c.number = \(`case`) AND i.state = 'listed' AND i.closes_on < \(context.today)
            ORDER BY i.id FOR UPDATE OF i
            """)
        for row in rows {
            try await CloseDueNotices.clear(row, in: context)
            try await Notices.settle(notice: try row["notice"], in: context)
        }
        return WorkDone(count: rows.count)
    }
}
