package import Contract
import FoundationEssentials
import Postgres
import WorkingDays

extension ShowRunSheet: Answerable {
    /// A part of the sheet's payments. A run may pay a hundred thousand: PostgreSQL takes the sheet apart.
    package func answer(in context: QueryContext) async throws -> RunSheetView {
        let size = try Paging.size(limit)
        let run = try await Run.find(run, in: context)
        let kept = try await Sheets.find(sheet ?? run.sheet, of: run.number, in: context)
        let head: String = try await context.transaction.value(
            "SELECT (content::jsonb - 'lines')::text FROM relief.sheet WHERE id = \(kept.id)")
        let shown = try JSON.decode(Head.self, from: Data(head.utf8))
        let lines = try await lines(of: kept.id, size: size + 1, in: context)
        let page = Paging.page(lines, size: size, cursor: \.reference)
        return RunSheetView(
            run: run.number, sheet: kept.id, madeAt: kept.madeAt, current: kept.id == run.sheet, fund: shown.fund,
            fundAccount: shown.fundAccount, executeOn: shown.executeOn, payments: shown.count, total: shown.total,
            items: page.items, next: page.next)
    }

    private struct Head: Decodable {
        let fund: String
        let fundAccount: String
        let executeOn: Day
        let count: Int
        let total: Fen
    }

    /// Whoever sees the run sees whom it pays, wherever they stand today.
    private func lines(of sheet: String, size: Int, in context: QueryContext) async throws -> [RunSheetLine] {
        let rows = try await context.seeingAll { transaction in
            try await transaction.query(
                """
                SELECT l.*, CASE WHEN a.account <> ''::bytea THEN a.holder END AS holder FROM (
                  SELECT l.* FROM relief.sheet s, jsonb_to_recordset(s.content::jsonb -> 'lines')
                    AS l (reference text, instalment text, payee text, bank text, account text, amount bigint)
                  WHERE s.id = \(sheet) AND l.reference COLLATE "C" > \(cursor ?? "")
                  ORDER BY l.reference COLLATE "C" LIMIT \(size)) AS l
                LEFT JOIN relief.payment p ON p.reference = l.reference
                LEFT JOIN relief.payee_account a ON a.id = p.payee_account
                ORDER BY l.reference COLLATE "C"
                """)
        }
        return try rows.map { row in
            RunSheetLine(
                reference: try row["reference"], instalment: try row["instalment"], payee: try row["payee"],
                holder: try row["holder"], bank: try row["bank"], account: try row["account"],
                amount: try row["amount"])
        }
    }
}
