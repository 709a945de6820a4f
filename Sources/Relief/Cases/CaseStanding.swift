import Contract
import Postgres
import WorkingDays

extension Cases {
    /// What was shown must still be so before somebody signs it or the public reads it: other aid, a figure, or the archive
    /// may have changed since, and nobody saw it.
    static func requireStanding(_ file: CaseFile, _ now: Assessment, in context: some OperationContext) async throws {
        try await file.requireAnswering(in: context)
        try await requireNoticed(file, in: context)
        let shown = try await CaseSheet.shown(file, in: context).assessment
        if let change = change(of: file, from: shown, to: now) { throw change }
    }

    /// Why a case can't go on as it was shown; nil where it can.
    static func change(of file: CaseFile, from shown: Assessment, to now: Assessment) -> Refusal? {
        switch now.answer {
        case .no:
            Refusal.conflict(
                Phrase(
                    "Case \(file.number) no longer qualifies: reject it, or return it to its worker.",
                    "案件\(file.number)已不符合条件：请否决，或退回经办人。"), field: "outcome", details: now.refusals)
        case .unknown:
            Refusal.conflict(
                Phrase(
                    "Whether case \(file.number) qualifies can't be said now: what is listed has to be mended first.",
                    "目前不能判断案件\(file.number)是否符合条件：请先解决所列问题。"), field: "outcome", details: now.open)
        case .yes where !now.grantsTheSame(as: shown):
            Refusal.conflict(
                Phrase(
                    "Case \(file.number) comes to \(now.granted.en) now, not to \(shown.granted.en) as shown: return it.",
                    "案件\(file.number)现为\(now.granted.zh)，与审批单所示的\(shown.granted.zh)不同：请退回。"),
                field: "outcome", details: now.amountBecause.map(Phrase.init(asGiven:)))
        case .yes: nil
        }
    }

    /// Days off that were entered after a case was cleared count: its notice was too short then.
    private static func requireNoticed(_ file: CaseFile, in context: some OperationContext) async throws {
        let row = try await context.transaction.first(
            """
            SELECT relief.notice_end(i.id) AS ends FROM relief.notice_item i
            WHERE i.case_id = \(file.id) AND i.closed_at = \(file.noticeClosedAt)
              AND relief.notice_end(i.id) >= relief.civil_day(i.closed_at)
            """)
        guard let end: Day = try row?["ends"] else { return }
        throw Refusal.conflict(
            Phrase(
                "The public notice of case \(file.number) must stand until \(end), days off counted that were entered since: return the case and publish it again.",
                "案件\(file.number) 须公示至 \(end)（已计入此后录入的休息日），请退回并重新公示。"), field: "outcome")
    }
}

extension Assessment {
    /// What a yes gives, in words.
    fileprivate var granted: Phrase {
        if let level { return Phrase("the level \(level)", "级别 \(level)") }
        guard let amount else { return Phrase("nothing", "无") }
        let dates = Set(plan.compactMap(\.on)).sorted().map(\.description).joined(separator: ", ")
        return Phrase(
            "\(amount) yuan in \(plan.count) part(s)\(dates.isEmpty ? "" : " from \(dates)")",
            "\(amount)元分\(plan.count)期\(dates.isEmpty ? "" : "（\(dates)起）")")
    }
}
