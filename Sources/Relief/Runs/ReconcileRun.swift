package import Contract
import FoundationEssentials
import Postgres

extension ReconcileRun: Executable {
    /// Every payment of the run is in one figure, and the books say the same as the bank; then the run is reconciled.
    package func execute(in context: CommandContext) async throws -> Reconciliation {
        let run = try await Run.find(run, in: context)
        guard [.released, .filed, .answered, .reconciled].contains(run.state) else {
            throw Refusal.conflict(
                Phrase(
                    "Run \(run.number) is \(run.state.rawValue): the bank has nothing of it yet.",
                    "批次 \(run.number) 目前为“\(run.state.title.zh)”：银行尚未收到。"))
        }
        let rows = try await context.transaction.query(
            """
            SELECT CASE WHEN p.returned_on IS NOT NULL THEN 'returned' WHEN p.state = 'reissued' THEN 'rejected'
                        WHEN p.state IN ('inFile', 'sent', 'accepted') THEN 'waiting' ELSE p.state END AS figure,
                   count(*) AS count, sum(p.amount)::bigint AS total,
                   coalesce(sum(posted.amount), 0)::bigint AS posted, coalesce(sum(back.amount), 0)::bigint AS back
            FROM relief.payment p
            LEFT JOIN ledger.transfer posted ON posted.id = p.posting AND posted.kind = 'post'
            LEFT JOIN ledger.transfer back ON back.corrects_id = p.posting
            WHERE p.run = \(run.id) GROUP BY 1
            """)
        var figures: [String: ReconciliationFigure] = [:]
        var booksAgree = true
        for row in rows {
            let (name, total, posted, back): (String, Fen, Fen, Fen) = try (
                row["figure"], row["total"], row["posted"], row["back"]
            )
            figures[name] = ReconciliationFigure(count: try row["count"], total: total)
            booksAgree =
                booksAgree && posted == (name == "booked" || name == "returned" ? total : .zero)
                && back == (name == "returned" ? total : .zero)
        }
        let open = try await context.transaction.query(
            """
            SELECT m.file_name, l.ordinal, l.class, coalesce(l.reference, l.bank_reference, '') AS reference, l.detail
            FROM relief.bank_line l JOIN relief.bank_message m ON m.id = l.message
            WHERE l.run = \(run.id) AND \(BankLines.open)
            ORDER BY m.imported_at, m.id, l.ordinal
            """
        ).map { row in
            let (file, line, name): (String, Int, String) = try (row["file_name"], row["ordinal"], row["class"])
            let (reference, detail): (String, String?) = try (row["reference"], row["detail"])
            return "\(file) line \(line), \(reference): \(name)\(detail.map { ", \($0)" } ?? "")"
        }
        let none = ReconciliationFigure(count: 0, total: .zero)
        let all = figures.values.reduce(into: none) { sum, figure in
            sum.count += figure.count
            sum.total += figure.total
        }
        let isBalanced = booksAgree && open.isEmpty && figures["unknown"] == nil && figures["waiting"] == nil
        if isBalanced, [.filed, .answered].contains(run.state) {
            try await context.transaction.execute(
                "UPDATE relief.run SET state = 'reconciled', reconciled_at = \(context.now) WHERE id = \(run.id)")
        }
        context.concerns(run.number)
        context.note("balanced", .bool(isBalanced))
        return Reconciliation(
            run: run.number, expected: all, booked: figures["booked"] ?? none, rejected: figures["rejected"] ?? none,
            returned: figures["returned"] ?? none, unknown: figures["unknown"] ?? none,
            waiting: figures["waiting"] ?? none, unmatched: open, balanced: isBalanced)
    }
}
