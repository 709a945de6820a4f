import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// Clears the cases whose notice stood its working days without an open objection, and opens their next step.
struct CloseDueNotices: SystemCommand {
    typealias Reply = WorkDone
    static let name = "notice.closeDue"
    static let summary = Phrase("Clears the cases whose public notice is over.", "公示期满的案件转入下一步。")
    /// A round takes this many; the rest follow at once.
    static let mostPerRound = 500

    func execute(in context: CommandContext) async throws -> WorkDone {
        let rows = try await context.transaction.query(
            """
            SELECT i.id, i.notice, i.case_id, n.number FROM relief.notice_item i JOIN relief.notice n ON n.id = i.notice
            WHERE i.state = 'listed' AND i.closes_on < \(context.today)
            ORDER BY n.number, i.id LIMIT \(Self.mostPerRound) FOR UPDATE OF i SKIP LOCKED
            """)
        var (cleared, notices) = (0, Set<UUID>())
        for row in rows {
            let number: String = try row["number"]
            let isCleared = try await context.item("\(Self.name) of notice \(number)") {
                try await Self.clear(row, in: context)
            }
            guard isCleared else { continue }
            cleared += 1
            notices.insert(try row["notice"])
        }
        var failed = rows.count - cleared
        for notice in notices {
            let isSettled = try await context.item("\(Self.name)") {
                try await Notices.settle(notice: notice, in: context)
            }
            if !isSettled { failed += 1 }
        }
        context.note("cases", .int(Int64(cleared)))
        context.note("failed", .int(Int64(failed)))
        return WorkDone(count: cleared)
    }

    /// Clears the case of an item of a notice, which the caller has locked, and opens its next step.
    static func clear(_ row: Row, in context: CommandContext) async throws {
        let file = try await CaseFile.find(id: row["case_id"], in: context)
        let version = try await Programmes.version(file.version, in: context)
        let item: UUID = try row["id"]
        try await context.transaction.execute(
            "UPDATE relief.notice_item SET state = 'cleared', closed_at = \(context.now) WHERE id = \(item)")
        try await context.transaction.execute(
            "UPDATE relief.case_file SET notice_closed_at = \(context.now) WHERE id = \(file.id)")
        try await CaseSteps.advance(file, version.pack, in: context)
        context.concerns(try row["number"])
        context.concerns(file.number)
    }
}
