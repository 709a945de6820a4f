package import Contract
import FoundationEssentials
import Postgres

extension RenewToken: Executable {
    /// For how long the old token still opens, so that a lost answer locks nobody out.
    private static let overlap: TimeInterval = 86_400

    package func execute(in context: CommandContext) async throws -> RenewedToken {
        guard let held = context.principal.token else {
            throw Refusal.conflict(
                Phrase(
                    "A token is renewed by itself: ask with it (relief token renew --token-file FILE).",
                    "令牌须凭其本身续期：请带上令牌办理（relief token renew --token-file 文件）。"))
        }
        context.concerns(context.principal.login)
        // Whoever revokes at this moment comes before or after, never between.
        try await Tokens.hold(context.principal.user, in: context)
        let old = try await context.transaction.one(
            "SELECT note, days, expires_at, revoked_at FROM relief.token WHERE id = \(held.id) FOR UPDATE")
        let (ends, revoked): (Date, Date?) = (try old["expires_at"], try old["revoked_at"])
        guard revoked == nil, ends > context.now else {
            throw Refusal(
                .unauthenticated,
                Phrase(
                    "The token was revoked or has ended: an administrator issues a new one.",
                    "该令牌已吊销或已到期：请联系管理员重新签发。"))
        }
        let longest: Int = try old["days"]
        let days = try Tokens.checked(days: expiresInDays ?? longest, atMost: longest)
        try await endEarlierRenewals(of: held.id, in: context)
        let last = min(ends, context.now.addingTimeInterval(Self.overlap))
        try await context.transaction.execute(
            "UPDATE relief.token SET expires_at = \(last) WHERE id = \(held.id)")
        let new = try await Tokens.put(
            for: context.principal.user, days: days, note: old["note"], renewedFrom: held.id, in: context)
        context.note("renewed", .string(Tokens.name(held.id)))
        return RenewedToken(
            token: new.token, user: context.principal.login, expiresAt: new.expiresAt, oldExpiresAt: last)
    }

    /// What was made of the token before, and of that in turn: its answer was lost, or somebody else took it.
    private func endEarlierRenewals(of token: UUID, in context: CommandContext) async throws {
        try await context.transaction.execute(
            """
            WITH RECURSIVE made (id) AS (
              SELECT t.id FROM relief.token t WHERE t.renewed_from = \(token)
              UNION ALL SELECT t.id FROM made JOIN relief.token t ON t.renewed_from = made.id
            )
            UPDATE relief.token t SET revoked_at = \(context.now) FROM made WHERE t.id = made.id AND t.revoked_at IS NULL
            """)
    }
}
