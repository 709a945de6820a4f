package import FoundationEssentials

/// Makes a user; without a grant it may do nothing yet.
package struct CreateUser: Command {
    package typealias Reply = UserView
    package static let name = "user.create"
    package static let summary = "Makes a user; without a grant it may do nothing yet."
    package static let permission = Permission.administer
    package static let route = Route.post("/v1/users")

    /// Short name, unique: `wang.fang`.
    package let login: String
    package let name: String
    /// Account on the daemon's host, by name or number, whose processes act as this user.
    package let unixUser: String?
    /// Number of the person that the user stands for: four eyes are people's, and so are all roles but administrator and
    /// auditor.
    package let person: String?
    /// Instead of `person`: the identity number; who isn't registered in the organisation yet is, under the user's name.
    package let idNumber: String?
    /// With `idNumber`.
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

/// Says which person a user stands for, for good.
package struct LinkUser: Command {
    package typealias Reply = UserView
    package static let name = "user.link"
    package static let summary = "Says which person a user stands for, for good."
    package static let permission = Permission.administer
    package static let route = Route.post("/v1/users/{user}/link")

    package let user: String
    /// Number of the person.
    package let person: String?
    /// Instead of `person`: the identity number; who isn't registered in the organisation yet is, under the user's name.
    package let idNumber: String?
    /// With `idNumber`.
    package let organisation: String?

    package init(user: String, person: String? = nil, idNumber: String? = nil, organisation: String? = nil) {
        self.user = user
        self.person = person
        self.idNumber = idNumber
        self.organisation = organisation
    }
}

/// Lists users.
package struct ListUsers: Query {
    package typealias Reply = Page<UserView>
    package static let name = "user.list"
    package static let summary = "Lists users."
    package static let permission = Permission.read
    package static let route = Route.get("/v1/users")

    package let cursor: String?
    package let limit: Int?

    package init(cursor: String? = nil, limit: Int? = nil) {
        self.cursor = cursor
        self.limit = limit
    }
}

/// Gives a user a role in an organisation and everything under it.
package struct GrantRole: Command {
    package typealias Reply = UserView
    package static let name = "user.grant"
    package static let summary = "Gives a user a role in an organisation and everything under it."
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

/// Takes a role from a user.
package struct RevokeRole: Command {
    package typealias Reply = UserView
    package static let name = "user.revoke"
    package static let summary = "Takes a role from a user."
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

/// Shuts a user out for good; what it did stays.
package struct DisableUser: Command {
    package typealias Reply = UserView
    package static let name = "user.disable"
    package static let summary = "Shuts a user out for good; what it did stays."
    package static let permission = Permission.administer
    package static let route = Route.post("/v1/users/{user}/disable")

    package let user: String
    package let reason: String

    package init(user: String, reason: String) {
        self.user = user
        self.reason = reason
    }
}

/// Issues a token for a machine or a remote user; it is shown once.
package struct IssueToken: Command {
    package typealias Reply = IssuedToken
    package static let name = "token.issue"
    package static let summary = "Issues a token for a machine or a remote user; it is shown once."
    package static let permission = Permission.administer
    package static let route = Route.post("/v1/users/{user}/tokens")
    package static let allowsDryRun = false

    package let user: String
    /// Days, 1 to 366; 90 where not given.
    package let expiresInDays: Int?
    /// What it is for.
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
    package static let summary =
        "Gives the holder of a token a new one, with the roles of today; the old one ends within a day."
    package static let permission = Permission.anyone
    package static let route = Route.post("/v1/token/renew")
    package static let allowsDryRun = false

    /// Days, 1 to as many as the old one was given for; as many where not given.
    package let expiresInDays: Int?

    package init(expiresInDays: Int? = nil) {
        self.expiresInDays = expiresInDays
    }
}

/// Lists tokens, the newest first: one's own, and those of users whom one administers.
package struct ListTokens: Query {
    package typealias Reply = Page<TokenView>
    package static let name = "token.list"
    package static let summary = "Lists tokens, the newest first: one's own, and those of users whom one administers."
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
    package static let summary = "Ends all tokens of a user at once, or one with all that was renewed from it."
    package static let permission = Permission.administer
    package static let route = Route.post("/v1/users/{user}/tokens/revoke")

    package let user: String
    package let reason: String?
    /// Its id, whole or the first eight digits as `token.list` has it; all where not given.
    package let token: String?

    package init(user: String, reason: String? = nil, token: String? = nil) {
        self.user = user
        self.reason = reason
        self.token = token
    }
}

/// Shows the user that asks.
package struct WhoAmI: Query {
    package typealias Reply = UserView
    package static let name = "whoami"
    package static let summary = "Shows the user that asks."
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
