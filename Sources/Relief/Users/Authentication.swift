import Contract
import FoundationEssentials
import Postgres
import WorkingDays

extension Door {
    /// Who stands behind the credentials, with the roles that hold now; of a token those only that were given before it, so
    /// that none acts with more than was known when it was handed out.
    ///
    /// Throws `unauthenticated` for an unknown, expired or revoked token, an unknown or disabled user; the words don't tell
    /// which.
    package func authenticate(_ credentials: Credentials) async throws -> Principal {
        let now = clock.now()
        let shown: SQL
        let refusal: Refusal
        switch credentials {
        case .peer(let uid):
            shown = """
                SELECT id AS user_id, NULL::uuid AS token, NULL::timestamptz AS created_at, NULL::timestamptz AS expires_at
                FROM relief.app_user WHERE unix_uid = \(Int64(uid))
                """
            refusal = .unauthenticated(
                Phrase(
                    "The account \(uid) of this host is no user of relief: an administrator adds it (relief user create --unix-user).",
                    "本机账户 \(uid) 不是 relief 的用户：请由系统管理员添加（relief user create --unix-user）。")
            )
        case .token(let token):
            shown = """
                SELECT user_id, id AS token, created_at, expires_at FROM relief.token
                WHERE hash = \(vault.tokenMAC(token)) AND revoked_at IS NULL AND expires_at > \(now)
                """
            refusal = .unauthenticated(
                Phrase(
                    "The token is not valid, or no longer: ask an administrator for a new one.",
                    "令牌无效或已失效：请向系统管理员申请新的令牌。"))
        }
        let rows = try await pool.withConnection { connection in
            try await connection.query(
                """
                SELECT u.id, u.login, u.name, u.person, t.token, t.expires_at, g.role, o.code, g.org_path,
                       (g.granted_at <= t.created_at) IS NOT FALSE AS carried
                FROM (\(shown)) t JOIN relief.app_user u ON u.id = t.user_id
                LEFT JOIN relief.user_grant g ON g.user_id = u.id
                LEFT JOIN relief.organisation o ON o.id = g.org_id
                WHERE u.disabled_at IS NULL AND u.id <> \(Principal.system.user)
                ORDER BY g.granted_at, g.role
                """)
        }
        guard let first = rows.first, try Self.isOwn(credentials, of: first["id"]) else {
            let credential: Credential = if case .peer(let uid) = credentials { .peer(uid: uid) } else { .unknownToken }
            throw await noted(
                refusal, of: "door.authenticate", by: .init(principal: .unknown(credential), isUnknown: true))
        }
        let credential: Credential =
            switch credentials {
            case .peer(let uid): .peer(uid: uid)
            case .token: .token(try first["token"])
            }
        var (grants, notCarried): ([Principal.Grant], [Principal.Grant]) = ([], [])
        for row in rows {
            guard let role: Role = try row["role"] else { continue }
            let grant = Principal.Grant(role: role, organisation: try row["code"], path: try row["org_path"])
            if try row["carried"] { grants.append(grant) } else { notCarried.append(grant) }
        }
        var principal = Principal(
            user: try first["id"], login: try first["login"], name: try first["name"], person: try first["person"],
            grants: grants, credential: credential)
        if let token: UUID = try first["token"] {
            principal.token = HeldToken(
                id: token, expiresAt: try first["expires_at"], notCarried: notCarried, now: now)
        }
        return principal
    }

    /// A token names its user: a row that was moved to another opens nothing.
    private static func isOwn(_ credentials: Credentials, of user: UUID) -> Bool {
        guard case .token(let token) = credentials else { return true }
        return token.hasPrefix(Tokens.beginning(of: user))
    }
}
