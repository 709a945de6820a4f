import Contract
import Crypto
import FoundationEssentials
import Postgres
import WorkingDays

extension Door {
    /// Who stands behind the credentials, with the roles that hold now.
    ///
    /// Throws `unauthenticated` for an unknown, expired or revoked token, an unknown or disabled user; the words don't tell
    /// which.
    package func authenticate(_ credentials: Credentials) async throws -> Principal {
        let now = clock.now()
        let who: SQL
        let refusal: Refusal
        switch credentials {
        case .peer(let uid):
            who = "SELECT id AS user_id, NULL::uuid AS token FROM relief.app_user WHERE unix_uid = \(Int64(uid))"
            refusal = .unauthenticated(
                "The account \(uid) of this host is no user of relief: an administrator adds it (relief user create --unix-user)."
            )
        case .token(let token):
            let hash = Array(SHA256.hash(data: Array(token.utf8)))
            who = """
                SELECT user_id, id AS token FROM relief.token
                WHERE hash = \(hash) AND revoked_at IS NULL AND expires_at > \(now)
                """
            refusal = .unauthenticated("The token is not valid, or no longer: ask an administrator for a new one.")
        }
        let rows = try await pool.withConnection { connection in
            try await connection.query(
                """
                SELECT u.id, u.login, u.name, u.person, who.token, g.role, o.code, g.org_path
                FROM (\(who)) AS who JOIN relief.app_user u ON u.id = who.user_id
                LEFT JOIN relief.user_grant g ON g.user_id = u.id
                LEFT JOIN relief.organisation o ON o.id = g.org_id
                WHERE u.disabled_at IS NULL AND u.id <> \(Principal.system.user)
                ORDER BY g.granted_at, g.role
                """)
        }
        guard let first = rows.first else {
            let credential: Credential = if case .peer(let uid) = credentials { .peer(uid: uid) } else { .unknownToken }
            throw await noted(
                refusal, of: "door.authenticate", by: .init(principal: .unknown(credential), isUnknown: true))
        }
        let grants = try rows.compactMap { row -> Principal.Grant? in
            guard let role: Role = try row["role"] else { return nil }
            return Principal.Grant(role: role, organisation: try row["code"], path: try row["org_path"])
        }
        let credential: Credential =
            switch credentials {
            case .peer(let uid): .peer(uid: uid)
            case .token: .token(try first["token"])
            }
        return Principal(
            user: try first["id"], login: try first["login"], name: try first["name"], person: try first["person"],
            grants: grants, credential: credential)
    }
}
