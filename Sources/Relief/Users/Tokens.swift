package import Contract
import Crypto
import FoundationEssentials
import Postgres

/// What tokens are made of, and how they end.
enum Tokens {
    /// How every token of a user begins: its keyed digest is of this, too, so that a row moved to another user opens nothing.
    static func beginning(of user: UUID) -> String {
        "relief_" + user.uuidString.lowercased().replacing("-", with: "") + "_"
    }

    /// 32 random bytes after its beginning; only its keyed digest is stored.
    private static func secret(of user: UUID) -> String {
        beginning(of: user) + SymmetricKey(size: .bits256).withUnsafeBytes { Hex.encode($0) }
    }

    static func checked(days: Int, atMost longest: Int) throws -> Int {
        guard (1...longest).contains(days) else {
            throw Refusal.invalid(
                longest == 366
                    ? Phrase("A token lasts 1 to 366 days, not \(days).", "令牌有效期为1至366天，不能是\(days)天。")
                    : Phrase(
                        "A renewed token lasts as long as the old one, \(longest) days, or less, not \(days): an administrator issues a longer one.",
                        "续期的令牌有效期不得超过原令牌的\(longest)天，不能是\(days)天；更长的请由管理员签发。"),
                field: "expiresInDays")
        }
        return days
    }

    /// Puts a new token, and gives it in the clear.
    static func put(
        for user: UUID, days: Int, note: String?, renewedFrom old: UUID? = nil, in context: CommandContext
    ) async throws -> (token: String, expiresAt: Date) {
        let token = secret(of: user)
        let row = try await context.transaction.one(
            """
            INSERT INTO relief.token (id, user_id, hash, note, days, issued_by, renewed_from, expires_at, created_at)
            VALUES (\(UUID()), \(user), \(context.vault.tokenMAC(token)), \(note), \(days), \(context.principal.user), \(old),
                    \(context.now)::timestamptz + make_interval(hours => 24 * \(days)::int), \(context.now))
            RETURNING expires_at
            """)
        context.note("days", .int(Int64(days)))
        return (token, try row["expires_at"])
    }

    /// Waits for whoever gives the user a token at this moment, so that it is seen and ends with the others.
    static func hold(_ user: UUID, in context: CommandContext) async throws {
        try await context.transaction.execute("SELECT FROM relief.app_user WHERE id = \(user) FOR UPDATE")
    }

    static func revoke(of user: UUID, in context: CommandContext) async throws {
        try await hold(user, in: context)
        let count = try await context.transaction.execute(
            "UPDATE relief.token SET revoked_at = \(context.now) WHERE user_id = \(user) AND revoked_at IS NULL")
        context.note("tokens", .int(Int64(count)))
    }

    /// Ends one token and its whole line: a renewal is no way around it.
    static func revoke(_ name: String, of user: User, in context: CommandContext) async throws {
        try await hold(user.id, in: context)
        let wanted = name.lowercased()
        guard wanted.utf8.count >= 8, wanted.utf8.allSatisfy({ isIDDigit($0) }) else { throw noToken(name, of: user) }
        let found: [UUID] = try await context.transaction.query(
            "SELECT id FROM relief.token WHERE user_id = \(user.id) AND starts_with(id::text, \(wanted))"
        ).map { try $0["id"] }
        guard let token = found.first else { throw noToken(name, of: user) }
        guard found.count == 1 else {
            throw Refusal.conflict(
                Phrase("Several tokens begin with \(name): give the whole id.", "有多个令牌以\(name)开头：请填写完整编号。"),
                field: "token")
        }
        let count = try await context.transaction.execute(
            """
            WITH RECURSIVE before (id, renewed_from) AS (
              SELECT t.id, t.renewed_from FROM relief.token t WHERE t.id = \(token)
              UNION ALL SELECT t.id, t.renewed_from FROM before JOIN relief.token t ON t.id = before.renewed_from
            ), line (id) AS (
              SELECT id FROM before WHERE renewed_from IS NULL
              UNION ALL SELECT t.id FROM line JOIN relief.token t ON t.renewed_from = line.id
            )
            UPDATE relief.token t SET revoked_at = \(context.now) FROM line WHERE t.id = line.id AND t.revoked_at IS NULL
            """)
        context.note("token", .string(Tokens.name(token)))
        context.note("tokens", .int(Int64(count)))
    }

    private static func isIDDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...102).contains(byte) || byte == UInt8(ascii: "-")
    }

    private static func noToken(_ name: String, of user: User) -> Refusal {
        .notFound(
            Phrase(
                "\(user.login) has no token \(name); look at its id (relief token list --user \(user.login)).",
                "\(user.login)没有令牌\(name)；请查看其编号（relief token list --user \(user.login)）。"), field: "token")
    }

    /// What a person calls a token.
    static func name(_ id: UUID) -> String { String(id.uuidString.lowercased().prefix(8)) }
}

extension IssueToken: Executable {
    /// The reply is kept encrypted under its idempotency key, so that a lost one can be asked for again.
    package func execute(in context: CommandContext) async throws -> IssuedToken {
        let days = try Tokens.checked(days: expiresInDays ?? 90, atMost: 366)
        let user = try await User.find(self.user, in: context)
        context.concerns(user.login)
        try await user.requireWhollyAdministered(in: context)
        let isDisabled = try await context.transaction.exists(
            "SELECT FROM relief.app_user WHERE id = \(user.id) AND disabled_at IS NOT NULL")
        if isDisabled {
            throw Refusal.conflict(
                Phrase(
                    "\(user.login) is disabled.",
                    "\(user.login) 已停用。"), field: "user")
        }
        let new = try await Tokens.put(for: user.id, days: days, note: note, in: context)
        return IssuedToken(token: new.token, user: user.login, expiresAt: new.expiresAt)
    }
}

extension RevokeTokens: Executable {
    package func execute(in context: CommandContext) async throws -> UserView {
        let user = try await User.find(self.user, in: context)
        context.concerns(user.login)
        if let reason { context.note("reason", .string(try PublicReason.checked(reason))) }
        try await user.requireWhollyAdministered(in: context)
        if let token {
            try await Tokens.revoke(token, of: user, in: context)
        } else {
            try await Tokens.revoke(of: user.id, in: context)
        }
        return try await Users.view(user.id, in: context)
    }
}
