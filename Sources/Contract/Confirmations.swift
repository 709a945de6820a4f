package import FoundationEssentials

/// What a clash with something that the asker may not know of is about.
package enum ConfirmationKind: String, Codable, CaseIterable, Sendable {
    case unionCode
    case login
    /// An account of the daemon's host.
    case hostAccount
    /// A role that never belongs with another of the same person.
    case role
    case fundCode
    /// A payee's bank account.
    case payeeAccount
    /// Somebody who lives in a household already.
    case household
    case archive
    /// What is granted once.
    case grant
}

/// Lists what waits for the word of a union above, and what was answered.
package struct ListConfirmations: Query {
    package typealias Reply = Page<ConfirmationView>
    package static let name = "confirmation.list"
    package static let summary = "Lists what waits for the word of a union above, and what was answered."
    package static let permission = Permission.anyone
    package static let route = Route.get("/v1/confirmations")

    /// Also what was answered.
    package let all: Bool?
    package let cursor: String?
    package let limit: Int?

    package init(all: Bool? = nil, cursor: String? = nil, limit: Int? = nil) {
        self.all = all
        self.cursor = cursor
        self.limit = limit
    }
}

/// Answers what waits for the word of a union above.
package struct SettleConfirmation: Command {
    package typealias Reply = ConfirmationView
    package static let name = "confirmation.settle"
    package static let summary = "Answers what waits for the word of a union above."
    package static let permission = Permission.administer
    package static let route = Route.post("/v1/confirmations/{confirmation}/settle")

    package let confirmation: UUID
    /// What the asker is told; no more of the other side than he or she may know.
    package let answer: String

    package init(confirmation: UUID, answer: String) {
        self.confirmation = confirmation
        self.answer = answer
    }
}

/// Something asked that met what the asker may not know of.
package struct ConfirmationView: Codable, Sendable {
    package var id: UUID
    package var kind: ConfirmationKind
    /// What was asked for: a code, a login, the owner of an account, a household, a person.
    package var asked: String
    package var askedBy: String
    package var askedAt: Date
    /// Code of the nearest union above both sides, whose administrator answers; nil for whoever asked.
    package var above: String?
    package var answer: String?
    package var settledBy: String?
    package var settledAt: Date?

    package init(
        id: UUID, kind: ConfirmationKind, asked: String, askedBy: String, askedAt: Date, above: String? = nil,
        answer: String? = nil, settledBy: String? = nil, settledAt: Date? = nil
    ) {
        self.id = id
        self.kind = kind
        self.asked = asked
        self.askedBy = askedBy
        self.askedAt = askedAt
        self.above = above
        self.answer = answer
        self.settledBy = settledBy
        self.settledAt = settledAt
    }
}
