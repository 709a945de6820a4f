package import FoundationEssentials

package struct CreateUser: Command {
    package typealias Reply = UserView
    package static let name = "user.create"
    package static let summary = Phrase("Makes a user; without a grant it may do nothing yet.", "新建用户；未授予角色之前不能办理任何事项。")
    package static let permission = Permission.administer
    package static let route = Route.post("/v1/users")
    package static let fields = [
        "login": FieldNote("Short name, unique: wang.fang.", "简短、唯一，如 wang.fang。"),
        "unixUser": FieldNote(
            "Account on the daemon's host, by name or number, whose processes act as this user.",
            "服务器主机账户（名称或编号），其进程以该用户身份操作。"),
    ].merging(LinkUser.fields) { own, _ in own }

    package let login: String
    package let name: String
    package let unixUser: String?
    package let person: String?
    package let idNumber: String?
    package let organisation: String?

    package init(
        login: String, name: String, unixUser: String? = nil, person: String? = nil, idNumber: String? = nil,
        organisation: String? = nil
    ) {
        self.login = login
        self.name = name
        self.unixUser = unixUser
        self.person = person
        self.idNumber = idNumber
        self.organisation = organisation
    }
}

package struct LinkUser: Command {
    package typealias Reply = UserView
    package static let name = "user.link"
    package static let summary = Phrase("Says which person a user stands for, for good.", "指明用户代表哪个人员，不可更改。")
    package static let permission = Permission.administer
    package static let route = Route.post("/v1/users/{user}/link")
    package static let fields = [
        "person": FieldNote(
            "Number of the person that the user stands for: all roles but administrator and auditor need one.",
            "用户所代表人员的编号：除系统管理员和审计员外的角色都需要。"),
        "idNumber": FieldNote(
            "Instead of --person: the identity number; - reads it. Who isn't registered yet is.",
            "代替 --person：身份证号；写 - 则从标准输入读取。尚未登记的随即登记。", entry: .secret),
        "organisation": FieldNote("With --id-number: where the person is registered.", "与 --id-number 合用：登记在哪个工会。"),
    ]

    package let user: String
    package let person: String?
    package let idNumber: String?
    package let organisation: String?

    package init(user: String, person: String? = nil, idNumber: String? = nil, organisation: String? = nil) {
        self.user = user
        self.person = person
        self.idNumber = idNumber
        self.organisation = organisation
    }
}

package struct ListUsers: Query {
    package typealias Reply = Page<UserView>
    package static let name = "user.list"
    package static let summary = Phrase("Lists users.", "列出用户。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/users")

    package let cursor: String?
    package let limit: Int?

    package init(cursor: String? = nil, limit: Int? = nil) {
        self.cursor = cursor
        self.limit = limit
    }
}

package struct GrantRole: Command {
    package typealias Reply = UserView
    package static let name = "user.grant"
    package static let summary = Phrase(
        "Gives a user a role in an organisation and everything under it.",
        "授予用户在某工会及其下级的角色。")
    package static let permission = Permission.administer
    package static let route = Route.post("/v1/users/{user}/grant")

    package let user: String
    package let role: Role
    package let organisation: String

    package init(user: String, role: Role, organisation: String) {
        self.user = user
        self.role = role
        self.organisation = organisation
    }
}

package struct RevokeRole: Command {
    package typealias Reply = UserView
    package static let name = "user.revoke"
    package static let summary = Phrase("Takes a role from a user.", "收回用户的角色。")
    package static let permission = Permission.administer
    package static let route = Route.post("/v1/users/{user}/revoke")

    package let user: String
    package let role: Role
    package let organisation: String

    package init(user: String, role: Role, organisation: String) {
        self.user = user
        self.role = role
        self.organisation = organisation
    }
}

package struct DisableUser: Command {
    package typealias Reply = UserView
    package static let name = "user.disable"
    package static let summary = Phrase("Shuts a user out for good; what it did stays.", "永久停用用户；其办理记录保留。")
    package static let permission = Permission.administer
    package static let route = Route.post("/v1/users/{user}/disable")

    package let user: String
    package let reason: String

    package init(user: String, reason: String) {
        self.user = user
        self.reason = reason
    }
}

package struct IssueToken: Command {
    package typealias Reply = IssuedToken
    package static let name = "token.issue"
    package static let summary = Phrase(
        "Issues a token for a machine or a remote user; it is shown once.",
        "为程序或远程用户签发令牌，只显示一次。")
    package static let permission = Permission.administer
    package static let route = Route.post("/v1/users/{user}/tokens")
    package static let allowsDryRun = false
    package static let fields = [
        "expiresInDays": FieldNote("Days, 1 to 366; 90 where not given.", "有效天数，1 至 366；不写则为 90。"),
        "note": FieldNote("What it is for.", "用途。"),
    ]

    package let user: String
    package let expiresInDays: Int?
    package let note: String?

    package init(user: String, expiresInDays: Int? = nil, note: String? = nil) {
        self.user = user
        self.expiresInDays = expiresInDays
        self.note = note
    }
}

/// Gives the holder of a token a new one of the same length, with the roles of today; the old one ends within a day.
package struct RenewToken: Command {
    package typealias Reply = RenewedToken
    package static let name = "token.renew"
    package static let summary = Phrase(
        "Gives the holder of a token a new one, with the roles of today; the old one ends within a day.",
        "持有人换发新令牌，按现有角色；原令牌一天内失效。")
    package static let permission = Permission.anyone
    package static let route = Route.post("/v1/token/renew")
    package static let allowsDryRun = false
    package static let fields = [
        "expiresInDays": FieldNote(
            "Days, 1 to as many as the old one was given for; as many where not given.",
            "有效天数，不超过原令牌的天数；不写则相同。")
    ]

    package let expiresInDays: Int?

    package init(expiresInDays: Int? = nil) {
        self.expiresInDays = expiresInDays
    }
}

package struct ListTokens: Query {
    package typealias Reply = Page<TokenView>
    package static let name = "token.list"
    package static let summary = Phrase(
        "Lists tokens, the newest first: one's own, and those of users whom one administers.",
        "列出令牌，最新的在前：本人的，以及所管理用户的。")
    package static let permission = Permission.anyone
    package static let route = Route.get("/v1/tokens")

    package let user: String?
    package let cursor: String?
    package let limit: Int?

    package init(user: String? = nil, cursor: String? = nil, limit: Int? = nil) {
        self.user = user
        self.cursor = cursor
        self.limit = limit
    }
}

/// Ends all tokens of a user at once, or one with what it was renewed with and what was renewed from it.
package struct RevokeTokens: Command {
    package typealias Reply = UserView
    package static let name = "token.revoke"
    package static let summary = Phrase(
        "Ends all tokens of a user at once, or one with all that was renewed from it.",
        "立即吊销用户的全部令牌，或其中一个及由它换发的令牌。")
    package static let permission = Permission.administer
    package static let route = Route.post("/v1/users/{user}/tokens/revoke")
    package static let fields = [
        "token": FieldNote(
            "One token and what was renewed from it, by its id; all where not given.",
            "按标识吊销一个令牌及由它换发的令牌；不写则全部。")
    ]

    package let user: String
    package let reason: String?
    package let token: String?

    package init(user: String, reason: String? = nil, token: String? = nil) {
        self.user = user
        self.reason = reason
        self.token = token
    }
}

package struct WhoAmI: Query {
    package typealias Reply = UserView
    package static let name = "whoami"
    package static let summary = Phrase("Shows the user that asks.", "查看当前用户。")
    package static let permission = Permission.anyone
    package static let route = Route.get("/v1/whoami")

    package init() {}
}

/// One who acts: a member of staff or a machine.
package struct UserView: Codable, Sendable {
    package var login: String
    package var name: String
    package var unixUser: String?
    package var person: String?
    package var disabled: Bool
    /// The roles; of who asks with a token, those that it acts with.
    package var grants: [GrantView]
    /// Of who asks with a token: its id.
    package var token: String?
    package var tokenExpiresAt: Date?
    /// Roles given after the token was issued: it doesn't act with them.
    package var notCarried: [GrantView]?
    package var warnings: [Phrase]?

    package init(
        login: String, name: String, unixUser: String? = nil, person: String? = nil, disabled: Bool, grants: [GrantView]
    ) {
        self.login = login
        self.name = name
        self.unixUser = unixUser
        self.person = person
        self.disabled = disabled
        self.grants = grants
    }
}

/// A role in an organisation and everything under it.
package struct GrantView: Codable, Sendable, Hashable {
    package var role: Role
    package var organisation: String

    package init(role: Role, organisation: String) {
        self.role = role
        self.organisation = organisation
    }
}

/// A new token, in the clear this one time.
package struct IssuedToken: Codable, Sendable {
    package var token: String
    package var user: String
    package var expiresAt: Date

    package init(token: String, user: String, expiresAt: Date) {
        self.token = token
        self.user = user
        self.expiresAt = expiresAt
    }
}

/// A renewed token, in the clear this one time.
package struct RenewedToken: Codable, Sendable {
    package var token: String
    package var user: String
    package var expiresAt: Date
    /// Until when the one that it was renewed with still opens.
    package var oldExpiresAt: Date

    package init(token: String, user: String, expiresAt: Date, oldExpiresAt: Date) {
        self.token = token
        self.user = user
        self.expiresAt = expiresAt
        self.oldExpiresAt = oldExpiresAt
    }
}

/// A token as it may be told: nothing that opens.
package struct TokenView: Codable, Sendable {
    package var id: String
    package var user: String
    package var note: String?
    package var issuedAt: Date
    package var issuedBy: String
    package var expiresAt: Date
    package var revokedAt: Date?
    /// The token that it was renewed with.
    package var renewedFrom: String?

    package init(
        id: String, user: String, note: String?, issuedAt: Date, issuedBy: String, expiresAt: Date,
        revokedAt: Date? = nil, renewedFrom: String? = nil
    ) {
        self.id = id
        self.user = user
        self.note = note
        self.issuedAt = issuedAt
        self.issuedBy = issuedBy
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
        self.renewedFrom = renewedFrom
    }
}
