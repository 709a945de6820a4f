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

extension ConfirmationKind: Choice {
    package var title: Phrase {
        switch self {
        case .unionCode: Phrase("union code", "工会代码")
        case .login: Phrase("login", "登录名")
        case .hostAccount: Phrase("host account", "主机账户")
        case .role: Phrase("role", "角色")
        case .fundCode: Phrase("fund code", "资金代码")
        case .payeeAccount: Phrase("payee account", "收款账户")
        case .household: Phrase("household", "家庭户")
        case .archive: Phrase("archive", "档案")
        case .grant: Phrase("grant", "补助")
        }
    }
}

package struct ListConfirmations: Query {
    package typealias Reply = Page<ConfirmationView>
    package static let name = "confirmation.list"
    package static let summary = Phrase(
        "Lists what waits for the word of a union above, and what was answered.",
        "列出等待上级工会答复的事项及已答复的事项。")
    package static let permission = Permission.anyone
    package static let route = Route.get("/v1/confirmations")
    package static let fields = [
        "all": FieldNote("Also what was answered.", "含已答复的。", entry: .flag)
    ]

    package let all: Bool?
    package let cursor: String?
    package let limit: Int?

    package init(all: Bool? = nil, cursor: String? = nil, limit: Int? = nil) {
        self.all = all
        self.cursor = cursor
        self.limit = limit
    }
}

package struct SettleConfirmation: Command {
    package typealias Reply = ConfirmationView
    package static let name = "confirmation.settle"
    package static let summary = Phrase("Answers what waits for the word of a union above.", "答复等待上级工会确认的事项。")
    package static let permission = Permission.administer
    package static let route = Route.post("/v1/confirmations/{confirmation}/settle")
    package static let fields = [
        "answer": FieldNote(
            "What whoever asked is told, no more of the other side than they may know; the audit log keeps it.",
            "给申请方的答复，不得透露其无权知道的内容；将记入审计日志。")
    ]

    package let confirmation: UUID
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
