package import Contract
import Crypto
import FoundationEssentials
import Postgres

extension IssueToken: Executable {
    /// 32 random bytes; only their digest is stored. The reply is kept encrypted under its idempotency key, so that a lost
    /// one can be asked for again.
    package func execute(in context: CommandContext) async throws -> IssuedToken {
        let days = expiresInDays ?? 90
        guard (1...366).contains(days) else {
            throw Refusal.invalid("A token lasts 1 to 366 days, not \(days).", field: "expiresInDays")
        }
        let user = try await User.find(self.user, in: context)
        context.concerns(user.login)
        try await user.requireWhollyAdministered(in: context)
        let isDisabled = try await context.transaction.exists(
            "SELECT FROM relief.app_user WHERE id = \(user.id) AND disabled_at IS NOT NULL")
        if isDisabled { throw Refusal.conflict("\(user.login) is disabled.", field: "user") }
        let secret = SymmetricKey(size: .bits256).withUnsafeBytes { Hex.encode($0) }
        let token = "relief_\(secret)"
        let expiresAt = context.now.addingTimeInterval(Double(days) * 86_400)
        try await context.transaction.execute(
            """
            INSERT INTO relief.token (id, user_id, hash, note, expires_at, created_at)
            VALUES (\(UUID()), \(user.id), \(Array(SHA256.hash(data: Array(token.utf8)))), \(note), \(expiresAt),
                    \(context.now))
            """)
        context.note("days", .int(Int64(days)))
        return IssuedToken(token: token, user: user.login, expiresAt: expiresAt)
    }
}

extension RevokeTokens: Executable {
    package func execute(in context: CommandContext) async throws -> UserView {
        let user = try await User.find(self.user, in: context)
        context.concerns(user.login)
        if let reason { context.note("reason", .string(try PublicReason.checked(reason))) }
        try await user.requireWhollyAdministered(in: context)
        try await Users.revokeTokens(of: user.id, in: context)
        return try await Users.view(user.id, in: context)
    }
}

extension Users {
    static func revokeTokens(of user: UUID, in context: CommandContext) async throws {
        let count = try await context.transaction.execute(
            "UPDATE relief.token SET revoked_at = \(context.now) WHERE user_id = \(user) AND revoked_at IS NULL")
        context.note("tokens", .int(Int64(count)))
    }
}
