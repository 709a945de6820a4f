package import Contract
import FoundationEssentials
import Postgres

/// What waits for the word of a union above.
enum Confirmations {
    /// Whoever asked isn't told which union is above both: it would say where the other is.
    static let columns: SQL = """
        c.id, c.kind, c.asked, c.asked_at, c.answer, c.settled_at,
        (SELECT u.login FROM relief.app_user u WHERE u.id = c.asked_by) AS asker,
        (SELECT o.code FROM relief.organisation o WHERE o.id = c.org_id AND relief.in_scope(o.path)) AS above,
        (SELECT u.login FROM relief.app_user u WHERE u.id = c.settled_by AND relief.in_scope(c.org_path)) AS settler
        """

    static func view(_ row: Row) throws -> ConfirmationView {
        ConfirmationView(
            id: try row["id"], kind: try row["kind"], asked: try row["asked"], askedBy: try row["asker"],
            askedAt: try row["asked_at"], above: try row["above"], answer: try row["answer"],
            settledBy: try row["settler"], settledAt: try row["settled_at"])
    }
}

extension ListConfirmations: Answerable {
    package func answer(in context: QueryContext) async throws -> Page<ConfirmationView> {
        let size = try Paging.size(limit)
        guard let after = cursor.map({ UUID(uuidString: $0) }) ?? .some(nil) else {
            throw Paging.noCursor(cursor ?? "")
        }
        let rows = try await context.transaction.query(
            """
            SELECT \(Confirmations.columns) FROM relief.confirmation c
            WHERE (\(all ?? false) OR c.settled_at IS NULL OR c.asked_by = \(context.principal.user))
              AND (\(after)::uuid IS NULL
                   OR (c.asked_at, c.id) < (SELECT p.asked_at, p.id FROM relief.confirmation p WHERE p.id = \(after)))
            ORDER BY c.asked_at DESC, c.id DESC LIMIT \(size + 1)
            """)
        return Paging.page(try rows.map(Confirmations.view), size: size) { $0.id.uuidString.lowercased() }
    }
}

extension SettleConfirmation: Executable {
    package func execute(in context: CommandContext) async throws -> ConfirmationView {
        let words = try PublicReason.checked(answer, field: "answer")
        let row = try await context.transaction.first(
            """
            SELECT kind, asked, asked_by, settled_at FROM relief.confirmation
            WHERE id = \(confirmation) AND relief.in_scope(org_path) FOR UPDATE
            """)
        guard let row else {
            throw Refusal.notFound(
                Phrase(
                    "There is no such confirmation; see relief confirmation list.",
                    "没有这项待确认事项；见 relief confirmation list。"),
                field: "confirmation")
        }
        let settled: Date? = try row["settled_at"]
        guard settled == nil else {
            throw Refusal.conflict(Phrase("It was answered already.", "该事项已经答复。"), field: "confirmation")
        }
        guard try row["asked_by"] != context.principal.user else {
            throw Refusal.forbidden(
                Phrase("Four eyes: nobody answers what he or she asked.", "岗位分离：不得答复本人提出的事项。"),
                field: "confirmation")
        }
        let kind: ConfirmationKind = try row["kind"]
        context.note("kind", .string(kind.rawValue))
        context.note("answer", .string(words))
        try await context.transaction.execute(
            """
            UPDATE relief.confirmation SET answer = \(words), settled_by = \(context.principal.user),
                settled_at = \(context.now) WHERE id = \(confirmation)
            """)
        return try Confirmations.view(
            await context.transaction.one(
                "SELECT \(Confirmations.columns) FROM relief.confirmation c WHERE c.id = \(confirmation)"))
    }
}
