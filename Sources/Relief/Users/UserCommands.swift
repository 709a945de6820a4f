package import Contract
import FoundationEssentials
import Postgres

extension CreateUser: Executable {
    package func execute(in context: CommandContext) async throws -> UserView {
        let person = try await Users.person(
            number: person, idNumber: idNumber, organisation: organisation, name: name, in: context)
        let id = try await Users.insert(
            login: login, name: name, unixUID: unixUser.map(UnixAccounts.number), person: person, in: context)
        if person != nil { try await Users.tellPerson(of: id, in: context) }
        return try await Users.view(id, in: context)
    }
}

extension Users {
    /// Puts the row of a new user.
    static func insert(
        id: UUID = UUID(), login: String, name: String, unixUID: Int64?, person: UUID? = nil, in context: CommandContext
    ) async throws -> UUID {
        let letters = login.utf8.allSatisfy {
            (97...122).contains($0) || (48...57).contains($0) || "._-".utf8.contains($0)
        }
        guard (1...32).contains(login.utf8.count), letters, ("a"..."z").contains(login.prefix(1)) else {
            throw Refusal.invalid(
                Phrase(
                    "A login has 1 to 32 small letters, digits, dots, dashes and underscores, and begins with a letter: wang.fang.",
                    "登录名应为 1 至 32 个小写字母、数字、点、连字符和下划线，以字母开头，如 wang.fang。"),
                field: "login")
        }
        // A program may be a user, too.
        let title = try NameText.checked(name, .institution, field: "name")
        context.concerns(login)
        try await refuseTaken(login: login, unixUID: unixUID, in: context)
        do {
            try await context.transaction.execute(
                """
                INSERT INTO relief.app_user (id, login, name, unix_uid, person, linked_by, created_by, created_at)
                VALUES (\(id), \(login), normalize(\(title)), \(unixUID), \(person),
                        \(person == nil ? nil : context.principal.user), \(context.principal.user), \(context.now))
                """)
        } catch let error as PostgresError where error.sqlState == "23505" {
            throw taken(login, byLogin: error.constraint != "app_user_unix_uid_key")
        }
        return id
    }

    /// Refuses a login or an account of the host that another user has; one that the asker may not know waits for the word
    /// of a union above.
    private static func refuseTaken(login: String, unixUID: Int64?, in context: CommandContext) async throws {
        let row = try await context.transaction.first(
            """
            SELECT u.login = \(login) AS by_login, \(User.isVisible(to: context.principal)) AS is_seen,
                   coalesce((SELECT min(g.org_path::text) FROM relief.user_grant g WHERE g.user_id = u.id), '') AS path
            FROM relief.app_user u WHERE u.login = \(login) OR u.unix_uid = \(unixUID)
            ORDER BY 1 DESC LIMIT 1
            """)
        guard let row else { return }
        let isLogin: Bool = try row["by_login"]
        if try row["is_seen"] { throw taken(login, byLogin: isLogin) }
        let asked = isLogin ? login : unixUID.map(UnixAccounts.name) ?? login
        throw context.waits(
            isLogin ? .login : .hostAccount, asked, own: context.principal.scope(for: .administer).first ?? "",
            other: try row["path"], field: isLogin ? "login" : "unixUser")
    }

    private static func taken(_ login: String, byLogin: Bool) -> Refusal {
        byLogin
            ? .conflict(Phrase("The login \(login) is taken: choose another.", "账号 \(login) 已被使用，请另选。"), field: "login")
            : .conflict(
                Phrase(
                    "That account of the host acts as another user already.", "该主机账号已对应另一名用户。"), field: "unixUser")
    }

    /// Gives a user a role. The database refuses roles that never belong together (RR001).
    static func grant(
        _ role: Role, in union: Organisation, to user: UUID, in context: CommandContext
    ) async throws {
        do {
            try await context.transaction.execute(
                """
                INSERT INTO relief.user_grant (id, user_id, role, org_id, org_path, granted_by, granted_at)
                VALUES (\(UUID()), \(user), \(role), \(union.id), \(union.path)::ltree,
                        \(context.principal.user.uuidString.lowercased()), \(context.now))
                """)
        } catch let error as PostgresError where error.sqlState == "23505" {
            throw Refusal.conflict(
                Phrase(
                    "The user holds \(role.rawValue) in \(union.code) already.",
                    "该用户在 \(union.code) 已有角色“\(role.title.zh)”。"), field: "role")
        }
        context.concerns(union.code)
        context.note("role", .string(role.rawValue))
    }
}

extension GrantRole: Executable {
    package func execute(in context: CommandContext) async throws -> UserView {
        let user = try await User.find(self.user, in: context)
        let union = try await Organisation.find(organisation, in: context)
        context.concerns(user.login)
        try await Users.grant(role, in: union, to: user.id, in: context)
        return try await Users.view(user.id, in: context)
    }
}

extension RevokeRole: Executable {
    package func execute(in context: CommandContext) async throws -> UserView {
        let user = try await User.find(self.user, in: context)
        let union = try await Organisation.find(organisation, in: context)
        context.concerns(user.login)
        context.concerns(union.code)
        context.note("role", .string(role.rawValue))
        if user.id == context.principal.user, role == .administrator {
            throw Refusal.conflict(
                Phrase(
                    "Nobody takes the administration from oneself: another administrator does.",
                    "不能收回自己的系统管理员角色：须由另一管理员办理。"), field: "user")
        }
        let taken = try await context.transaction.execute(
            "DELETE FROM relief.user_grant WHERE user_id = \(user.id) AND role = \(role) AND org_id = \(union.id)")
        guard taken == 1 else {
            throw Refusal.conflict(
                Phrase(
                    "\(user.login) does not hold \(role.rawValue) in \(union.code).",
                    "\(user.login) 在 \(union.code) 没有角色“\(role.title.zh)”。"), field: "role")
        }
        return try await Users.view(user.id, in: context)
    }
}

extension DisableUser: Executable {
    package func execute(in context: CommandContext) async throws -> UserView {
        let user = try await User.find(self.user, in: context)
        context.concerns(user.login)
        context.note("reason", .string(try PublicReason.checked(reason)))
        guard user.id != context.principal.user else {
            throw Refusal.conflict(
                Phrase(
                    "Nobody disables oneself: another administrator does.",
                    "不能停用自己：须由另一管理员办理。"), field: "user")
        }
        try await user.requireWhollyAdministered(in: context)
        try await context.transaction.execute(
            "UPDATE relief.app_user SET disabled_at = \(context.now) WHERE id = \(user.id) AND disabled_at IS NULL")
        try await Tokens.revoke(of: user.id, in: context)
        return try await Users.view(user.id, in: context)
    }
}
