import Contract
import FoundationEssentials
import Ledger
import Postgres
import WorkingDays

/// What an import leaves for ever: the file and its lines.
extension BankImport {
    /// A file that was taken in before, by its bytes, by whoever saw as much: the same lines, and nothing happens.
    static func known(
        _ sha256: String, fileName: String, in context: CommandContext
    ) async throws -> BankImportView? {
        // Who holds the same bytes is told of all their lines, by class only.
        let rows = try await context.seeingAll { transaction in
            try await transaction.query(
                """
                SELECT m.kind, m.lines, l.class, count(l.id) AS count
                FROM relief.bank_message m LEFT JOIN relief.bank_line l ON l.message = m.id
                WHERE m.id = (SELECT k.id FROM relief.bank_message k WHERE k.sha256 = \(sha256)
                  AND (SELECT bool_and(k.scope @> path) FROM unnest(\(scope(of: context))::ltree[]) AS path)
                  ORDER BY k.imported_at LIMIT 1)
                GROUP BY m.id, l.class
                """)
        }
        guard let first = rows.first else { return nil }
        var classes: [String: Int] = [:]
        for row in rows {
            if let name: String = try row["class"] { classes[name] = try row["count"] }
        }
        context.note("alreadyImported", true)
        return BankImportView(
            fileName: fileName, format: try first["kind"], alreadyImported: true, lines: try first["lines"],
            classes: classes, problems: [])
    }

    /// The subtrees whose lines the importer's taking in covers, as the text of an `ltree[]`.
    private static func scope(of context: CommandContext) -> String {
        Principal.arrayText(context.principal.scope(for: ImportBankFile.permission).sorted())
    }

    /// Keeps the file's digest and its lines. nil: another took the same bytes in at this moment.
    func keep(fileName: String, sha256: String, in context: CommandContext) async throws -> UUID? {
        let id = UUID()
        let importer = context.principal.isSystem ? nil : context.principal.user
        let entered = try await context.transaction.execute(
            """
            INSERT INTO relief.bank_message (id, file_name, sha256, scope, kind, message_id, lines, imported_by, imported_at)
            VALUES (\(id), \(fileName), \(sha256), \(Self.scope(of: context))::ltree[], \(message.kind.rawValue),
              \(message.messageID), \(lines.count), \(importer), \(context.now)) ON CONFLICT (sha256, scope) DO NOTHING
            """)
        guard entered == 1 else { return nil }
        try await context.transaction.execute(
            """
            INSERT INTO relief.bank_line (id, message, ordinal, saying, reference, bank_reference, amount, day, class,
              payment, run, org_id, detail)
            SELECT l.id, \(id), l.n, l.saying, l.reference, l.bank_reference, l.amount, l.day::date, l.class, l.payment, l.run,
              l."union", l.detail
            FROM unnest(\(lines.map { _ in UUID() }), \(lines.map(\.word.reference)), \(lines.map(\.word.bankReference)),
                 \(lines.map { $0.word.amount?.rawValue }), \(lines.map { $0.word.day?.description })::text[],
                 \(lines.map(\.verdict.rawValue)), \(lines.map(\.payment)), \(lines.map(\.run)), \(lines.map(\.detail)),
                 \(lines.map(\.word.saying.rawValue)), \(lines.map(\.union)))
              WITH ORDINALITY AS l (id, reference, bank_reference, amount, day, class, payment, run, detail, saying, "union", n)
            """)
        return id
    }
}
