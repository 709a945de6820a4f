package import Contract
import FoundationEssentials
import Postgres

extension BankLineClass: ParameterEncodable, ColumnDecodable {}

/// The bank's lines as people see and settle them (G11).
enum BankLines {
    /// The condition on `relief.bank_line AS l` of those that a person has to settle and nobody has.
    static let open: SQL = """
        relief.waits_for_person(l.class)
        AND NOT EXISTS (SELECT FROM relief.bank_line_resolution s WHERE s.line = l.id)
        AND NOT EXISTS (SELECT FROM relief.bank_match m WHERE m.line = l.id AND m.confirmed_by IS NOT NULL)
        """

    /// Lines as shown, the newest first; `condition` begins with WHERE.
    static func views(_ condition: SQL, limit: Int, in context: some OperationContext) async throws -> [BankLineView] {
        try await context.transaction.query(
            """
            SELECT l.id, l.class, m.file_name, l.ordinal, m.imported_at, r.number AS run, p.reference AS payment, l.reference,
                   l.bank_reference, l.amount, l.day, l.detail, u.name AS settled_by, s.resolved_at, s.reason, k.match, k.proposed_by, k.confirmed_by
            FROM relief.bank_line l JOIN relief.bank_message m ON m.id = l.message
            LEFT JOIN relief.run r ON r.id = l.run LEFT JOIN relief.payment p ON p.id = l.payment
            LEFT JOIN relief.bank_line_resolution s ON s.line = l.id LEFT JOIN relief.app_user u ON u.id = s.resolved_by
            LEFT JOIN LATERAL (SELECT o.id AS match, a.name AS proposed_by, b.name AS confirmed_by FROM relief.bank_match o
              JOIN relief.app_user a ON a.id = o.proposed_by LEFT JOIN relief.app_user b ON b.id = o.confirmed_by
              WHERE o.line = l.id ORDER BY o.confirmed_by IS NOT NULL DESC, o.proposed_at DESC LIMIT 1) AS k ON true
            \(condition)
            ORDER BY m.imported_at DESC, l.id DESC LIMIT \(limit)
            """
        ).map { row in
            BankLineView(
                line: try row["id"], class: try row["class"], file: try row["file_name"], ordinal: try row["ordinal"],
                importedAt: try row["imported_at"], run: try row["run"], payment: try row["payment"],
                reference: try row["reference"], bankReference: try row["bank_reference"], amount: try row["amount"],
                day: try row["day"], detail: try row["detail"], settledBy: try row["settled_by"],
                settledAt: try row["resolved_at"], reason: try row["reason"], match: try row["match"],
                proposedBy: try row["proposed_by"], confirmedBy: try row["confirmed_by"])
        }
    }

    static func view(_ line: UUID, in context: some OperationContext) async throws -> BankLineView {
        guard let view = try await views("WHERE l.id = \(line)", limit: 1, in: context).first else {
            throw Refusal.notFound(
                Phrase(
                    "The bank has sent no such line (relief bank list).",
                    "银行没有发来这条明细（relief bank list）。"), field: "line")
        }
        return view
    }
}

extension ListBankLines: Answerable {
    package func answer(in context: QueryContext) async throws -> Page<BankLineView> {
        let size = try Paging.size(limit)
        let last = try cursor.map { text in
            guard let id = UUID(uuidString: text) else { throw Paging.noCursor(text) }
            return id
        }
        let found = try await BankLines.views(
            """
            WHERE (\(all ?? false) OR \(`class` != nil) OR (\(BankLines.open)))
              AND (\(`class`)::text IS NULL OR l.class = \(`class`))
              AND (\(run)::text IS NULL OR r.number = \(run)) AND (\(payment)::text IS NULL OR p.reference = \(payment))
              AND (\(last)::uuid IS NULL OR (m.imported_at, l.id) < (
                SELECT n.imported_at, k.id FROM relief.bank_line k JOIN relief.bank_message n ON n.id = k.message
                WHERE k.id = \(last)))
            """, limit: size + 1, in: context)
        return Paging.page(found, size: size) { $0.line.uuidString }
    }
}

extension SettleBankLine: Executable {
    /// A person's finding about a line of somebody else's import: the database refuses the importer's.
    package func execute(in context: CommandContext) async throws -> BankLineView {
        let found = try await BankLines.view(line, in: context)
        guard found.class.waitsForPerson, found.confirmedBy == nil else {
            throw Refusal.conflict(
                Phrase(
                    "The line is \(found.class.rawValue): there is nothing to settle.",
                    "该明细为“\(found.class.title.zh)”：无须处理。"), field: "line")
        }
        guard found.settledBy == nil else {
            throw Refusal.conflict(
                Phrase(
                    "\(found.settledBy ?? "") settled the line already: \(found.reason ?? "")",
                    "\(found.settledBy ?? "")已处理过该明细：\(found.reason ?? "")"), field: "line")
        }
        let reason = try await PublicReason.checked(
            reason,
            about: """
                SELECT p.case_id FROM relief.payment p JOIN relief.run r ON r.id = p.run
                WHERE p.reference = \(found.payment) OR (\(found.payment)::text IS NULL AND r.number = \(found.run))
                """, in: context)
        try await context.transaction.execute(
            """
            INSERT INTO relief.bank_line_resolution (id, line, reason, resolved_by, resolved_at)
            VALUES (\(UUID()), \(line), \(reason), \(context.principal.user), \(context.now))
            """)
        if let run = found.run { context.concerns(run) }
        if let payment = found.payment {
            context.concerns(payment)
            context.concerns(
                try await context.transaction.value(
                    "SELECT relief.case_number(p.case_id) FROM relief.payment p WHERE p.reference = \(payment)"))
        }
        context.note("class", .string(found.class.rawValue))
        context.note("reason", .string(reason))
        return try await BankLines.view(line, in: context)
    }
}
