package import Contract
package import FoundationEssentials
package import Postgres
import WorkingDays

/// Logins that nothing but a token lets in, and whose last one ends within its notice, or has: told ahead, so that nobody
/// stands before a locked door one morning. Who was shut out on purpose isn't among them.
package struct TokensEnding: Sendable {
    /// A login, and when its last token ends.
    package typealias End = (login: String, at: Date)

    package let soon: [End]
    package let ended: [End]

    /// `reach`: a condition on `relief.app_user u`, for whoever may not know all logins.
    package static func look(
        now: Date, within reach: SQL = "true", in session: some Session
    ) async throws -> TokensEnding {
        let rows = try await session.query(
            """
            SELECT u.login, max(t.expires_at) AS ends FROM relief.app_user u JOIN relief.token t ON t.user_id = u.id
            WHERE u.disabled_at IS NULL AND u.unix_uid IS NULL AND t.revoked_at IS NULL AND \(reach)
            GROUP BY u.login HAVING max(t.expires_at) <= \(now.addingTimeInterval(HeldToken.notice))
            ORDER BY ends, u.login
            """)
        let ends = try rows.map { row in (login: try row["login"] as String, at: try row["ends"] as Date) }
        return TokensEnding(soon: ends.filter { $0.at > now }, ended: ends.filter { $0.at <= now })
    }

    /// What will lock people out unless they act.
    package var warnings: [Phrase] {
        guard let first = soon.first else { return [] }
        let names = Self.names(soon)
        return [
            Phrase(
                "\(soon.count) login(s) have tokens that end from \(Day(first.at)) on: \(names). Each holder renews it (relief token renew).",
                "\(soon.count)个账号的令牌自\(Day(first.at))起到期：\(names)。请持有人及时续期（relief token renew）。")
        ]
    }

    /// The first few by name, and how many more.
    package static func names(_ ends: [End]) -> String {
        ends.prefix(20).map { "\($0.login) \(Day($0.at))" }.joined(separator: ", ")
            + (ends.count > 20 ? " … +\(ends.count - 20)" : "")
    }
}
