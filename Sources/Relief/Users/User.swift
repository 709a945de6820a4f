package import Contract
import FoundationEssentials
import Postgres

/// One who acts: the row behind a principal.
struct User: Sendable {
    let id: UUID
    let login: String

    /// The user of a login, where the asker may see it: one with a role in the asker's subtrees, or one without any role
    /// that the asker made.
    static func find(_ login: String, field: String = "user", in context: some OperationContext) async throws -> User {
        let row = try await context.transaction.first(
            """
            SELECT u.id, u.login FROM relief.app_user u
            WHERE u.login = \(login) AND \(isVisible(to: context.principal))
            """)
        guard let row else { throw notFound(login, field: field) }
        return User(id: try row["id"], login: try row["login"])
    }

    static func notFound(_ login: String, field: String) -> Refusal {
        .notFound(
            Phrase(
                "There is no user \(login); check the name (relief user list).",
                "没有用户\(login)；请核对登录名（relief user list）。"), field: field)
    }

    /// Whoever holds a role elsewhere is administered from above: else a county could act as its province.
    func requireWhollyAdministered(in context: CommandContext) async throws {
        let isElsewhere = try await context.transaction.exists(
            "SELECT FROM relief.user_grant WHERE user_id = \(id) AND NOT relief.in_scope(org_path)")
        if isElsewhere {
            throw Refusal.forbidden(
                Phrase(
                    "\(login) is administered from above: ask there.",
                    "\(login) 由上级管理：请向上级申请。"), field: "user")
        }
    }

    /// The condition on `relief.app_user u`: all of its roles lie where the principal administers; where it has none, the
    /// principal made it or administers the whole tree.
    static func isWhollyAdministered(by principal: Principal) -> SQL {
        let paths = Principal.arrayText(principal.scope(for: .administer))
        return """
            CASE WHEN EXISTS (SELECT FROM relief.user_grant g WHERE g.user_id = u.id)
              THEN NOT EXISTS (
                SELECT FROM relief.user_grant g
                WHERE g.user_id = u.id AND NOT g.org_path <@ ANY (\(paths)::text::ltree[]))
              ELSE \(paths)::text::ltree[] <> '{}' AND (u.created_by = \(principal.user) OR EXISTS (
                SELECT FROM unnest(\(paths)::text::ltree[]) AS path WHERE nlevel(path) <= 1))
            END
            """
    }

    /// The condition on `relief.app_user u`.
    static func isVisible(to principal: Principal) -> SQL {
        """
        (u.id = \(principal.user)
         OR EXISTS (SELECT FROM relief.user_grant g WHERE g.user_id = u.id AND relief.in_scope(g.org_path))
         OR (NOT EXISTS (SELECT FROM relief.user_grant g WHERE g.user_id = u.id)
             AND (u.created_by = \(principal.user)
                  OR EXISTS (SELECT FROM relief.organisation o WHERE nlevel(o.path) = 1 AND relief.in_scope(o.path)))))
        """
    }
}

/// Staff and machines, and what they may do.
enum Users {
    static func view(_ id: UUID, in context: some OperationContext) async throws -> UserView {
        let row = try await context.transaction.one("SELECT \(columns) FROM relief.app_user u WHERE u.id = \(id)")
        return try await views([row], in: context)[0]
    }

    static let columns: SQL = """
        u.id, u.login, u.name, u.unix_uid, u.disabled_at,
        (SELECT p.number FROM relief.person p WHERE p.id = u.person) AS person_number
        """

    /// Users as shown, with those of their roles that the asker may see; one's own are all shown.
    static func views(_ rows: [Row], in context: some OperationContext) async throws -> [UserView] {
        let ids: [UUID] = try rows.map { try $0["id"] }
        let grants = try await context.transaction.query(
            """
            SELECT g.user_id, g.role, o.code FROM relief.user_grant g JOIN relief.organisation o ON o.id = g.org_id
            WHERE g.user_id = ANY (\(ids)) AND (relief.in_scope(g.org_path) OR g.user_id = \(context.principal.user))
            ORDER BY o.path, g.role
            """)
        var held: [UUID: [GrantView]] = [:]
        for grant in grants {
            held[try grant["user_id"], default: []].append(
                GrantView(role: try grant["role"], organisation: try grant["code"]))
        }
        return try rows.map { row in
            let (uid, disabledAt): (Int64?, Date?) = (try row["unix_uid"], try row["disabled_at"])
            return UserView(
                login: try row["login"], name: try row["name"], unixUser: uid.map(UnixAccounts.name),
                person: try row["person_number"], disabled: disabledAt != nil, grants: held[try row["id"]] ?? [])
        }
    }
}

extension ListUsers: Answerable {
    package func answer(in context: QueryContext) async throws -> Page<UserView> {
        let size = try Paging.size(limit)
        let rows = try await context.transaction.query(
            """
            SELECT \(Users.columns) FROM relief.app_user u
            WHERE \(User.isVisible(to: context.principal)) AND u.login > coalesce(\(cursor)::text, '')
              AND u.id <> \(Principal.system.user)
            ORDER BY u.login LIMIT \(size + 1)
            """)
        return Paging.page(try await Users.views(rows, in: context), size: size, cursor: \.login)
    }
}

extension WhoAmI: Answerable {
    package func answer(in context: QueryContext) async throws -> UserView {
        var view = try await Users.view(context.principal.user, in: context)
        guard let token = context.principal.token else { return view }
        view.token = Tokens.name(token.id)
        view.tokenExpiresAt = token.expiresAt
        let notCarried = token.notCarried.map { GrantView(role: $0.role, organisation: $0.organisation) }
        view.grants.removeAll { notCarried.contains($0) }
        view.notCarried = notCarried.isEmpty ? nil : notCarried
        let warnings = Self.warnings(token)
        view.warnings = warnings.isEmpty ? nil : warnings
        return view
    }

    /// What the holder of a token should do, and why.
    private static func warnings(_ token: HeldToken) -> [Phrase] {
        var warnings: [Phrase] = []
        if !token.notCarried.isEmpty {
            warnings.append(
                Phrase(
                    "This token was issued before \(token.notCarried.count) of your roles were given, and doesn't act with them: renew it (relief token renew).",
                    "该令牌签发于其中\(token.notCarried.count)项授岗之前，不能行使这些岗位的权限：请续期（relief token renew）。"))
        }
        if token.endsSoon { warnings.append(TokenEnd.phrase(token.expiresAt)) }
        return warnings
    }
}
