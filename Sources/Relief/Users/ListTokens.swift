package import Contract
import FoundationEssentials
import Postgres

extension ListTokens: Answerable {
    /// One's own, and those of users whom one administers wholly: with the same right one could issue and revoke them.
    package func answer(in context: QueryContext) async throws -> Page<TokenView> {
        let size = try Paging.size(limit)
        let after = try cursor.map { text in
            guard let id = UUID(uuidString: text) else { throw Paging.noCursor(text) }
            return id
        }
        let reach: SQL = """
            (u.id = \(context.principal.user)
             OR \(User.isWhollyAdministered(by: context.principal)))
            """
        if let user {
            let isThere = try await context.transaction.exists(
                "SELECT FROM relief.app_user u WHERE u.login = \(user) AND \(reach)")
            guard isThere else { throw User.notFound(user, field: "user") }
        }
        let rows = try await context.transaction.query(
            """
            SELECT t.id, u.login, t.note, t.created_at, t.expires_at, t.revoked_at, t.renewed_from, i.login AS issuer
            FROM relief.token t JOIN relief.app_user u ON u.id = t.user_id JOIN relief.app_user i ON i.id = t.issued_by
            WHERE \(reach) AND u.login = coalesce(\(user), u.login)
              AND (\(after)::uuid IS NULL
                   OR (t.created_at, t.id) < (SELECT c.created_at, c.id FROM relief.token c WHERE c.id = \(after)::uuid))
            ORDER BY t.created_at DESC, t.id DESC LIMIT \(size + 1)
            """)
        let ids: [UUID] = try rows.prefix(size).map { try $0["id"] }
        let items = try rows.prefix(size).map { row in
            let from: UUID? = try row["renewed_from"]
            return TokenView(
                id: Tokens.name(try row["id"]), user: try row["login"], note: try row["note"],
                issuedAt: try row["created_at"], issuedBy: try row["issuer"], expiresAt: try row["expires_at"],
                revokedAt: try row["revoked_at"], renewedFrom: from.map(Tokens.name))
        }
        return Page(items: items, next: rows.count > size ? ids.last?.uuidString.lowercased() : nil)
    }
}
