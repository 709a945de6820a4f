package import FoundationEssentials

/// What an account is.
package enum AccountKind: String, Codable, CaseIterable, Sendable {
    case card
    case passbook
    case corporate
}

extension AccountKind: Choice {
    package var title: Phrase {
        switch self {
        case .card: Phrase("card", "银行卡")
        case .passbook: Phrase("passbook", "存折")
        case .corporate: Phrase("corporate", "对公账户")
        }
    }
}

/// Whether money may go to an account.
package enum AccountState: String, Codable, CaseIterable, Sendable {
    case pending
    case active
    case retired
}

extension AccountState: Choice {
    package var title: Phrase {
        switch self {
        case .pending: Phrase("pending", "待核准")
        case .active: Phrase("active", "可用")
        case .retired: Phrase("retired", "停用")
        }
    }
}

package struct RegisterAccount: Command {
    package typealias Reply = PayeeAccountView
    package static let name = "account.register"
    package static let summary = Phrase(
        "Names the account that a person or union is paid to; another person approves it, unless it is the first and in the owner's name.",
        "登记收款账户；由另一人核准，本人名下的首个账户除外。")
    package static let permission = Permission.registerPeople
    package static let route = Route.post("/v1/accounts")
    package static let fields = [
        "owner": FieldNote("Person number or organisation code.", "人员编号或工会代码。"),
        "kind": FieldNote("What kind of account.", "账户类别。"),
    ]

    package let owner: String
    package let holder: String
    package let bank: String
    package let cnaps: String?
    package let number: String
    package let kind: AccountKind

    package init(owner: String, holder: String, bank: String, cnaps: String? = nil, number: String, kind: AccountKind) {
        self.owner = owner
        self.holder = holder
        self.bank = bank
        self.cnaps = cnaps
        self.number = number
        self.kind = kind
    }
}

package struct ApproveAccount: Command {
    package typealias Reply = PayeeAccountView
    package static let name = "account.approve"
    package static let summary = Phrase(
        "Approves a payee account, by another person than named it.",
        "核准收款账户，须由登记人以外的人办理。")
    package static let permission = Permission.reviewCases
    package static let route = Route.post("/v1/accounts/{account}/approve")
    package static let fields = [
        "despite": FieldNote(
            "Why a doubtful account is approved all the same; without it a doubtful one is refused, and the doubts are listed.",
            "存疑账户仍予核准的理由；不写则退回并列出疑点。"),
        "sheet": FieldNote("The sheet that was looked at (account sheet).", "所查看的核准表编号（account sheet）。"),
    ]

    package let account: UUID
    package let sheet: String
    package let despite: String?
    package let unseen: Bool?

    package init(account: UUID, sheet: String, despite: String? = nil, unseen: Bool? = nil) {
        self.account = account
        self.sheet = sheet
        self.despite = despite
        self.unseen = unseen
    }
}

package struct ListAccounts: Query {
    package typealias Reply = Page<PayeeAccountView>
    package static let name = "account.list"
    package static let summary = Phrase(
        "Lists accounts that are paid to, with what is doubtful of each.",
        "列出收款账户及其存疑之处。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/accounts")
    package static let fields = [
        "organisation": FieldNote("Code of a union: accounts of its people, and of those under it.", "工会代码：本级及下级的账户。")
    ]

    package let organisation: String?
    package let state: AccountState?
    package let cursor: String?
    package let limit: Int?

    package init(organisation: String? = nil, state: AccountState? = nil, cursor: String? = nil, limit: Int? = nil) {
        self.organisation = organisation
        self.state = state
        self.cursor = cursor
        self.limit = limit
    }
}

package struct RevealAccount: Command {
    package typealias Reply = Revealed
    package static let name = "account.reveal"
    package static let summary = Phrase(
        "Shows an account number in the clear; who, why and when are logged.",
        "查看完整账号；何人、何因、何时均记入日志。")
    package static let permission = Permission.revealPersonalData
    package static let route = Route.post("/v1/accounts/{account}/reveal")
    package static let allowsDryRun = false

    package let account: UUID
    package let reason: String

    package init(account: UUID, reason: String) {
        self.account = account
        self.reason = reason
    }
}

/// An account that relief may be paid to.
package struct PayeeAccountView: Codable, Sendable {
    package var id: UUID
    package var owner: String
    package var holder: String
    package var bank: String
    package var cnaps: String?
    /// Masked but for the last four digits.
    package var number: String
    package var kind: AccountKind
    package var state: AccountState
    /// End of the cooling-off time of a changed account.
    package var usableFrom: Date?
    /// What is doubtful of it: kept since it was registered, or true today.
    package var warnings: [Phrase]
    /// What its cooling-off time was reckoned without.
    package var notes: [Phrase]?

    package init(
        id: UUID, owner: String, holder: String, bank: String, cnaps: String? = nil, number: String, kind: AccountKind,
        state: AccountState, usableFrom: Date? = nil, warnings: [Phrase], notes: [Phrase]? = nil
    ) {
        self.id = id
        self.owner = owner
        self.holder = holder
        self.bank = bank
        self.cnaps = cnaps
        self.number = number
        self.kind = kind
        self.state = state
        self.usableFrom = usableFrom
        self.warnings = warnings
        self.notes = notes
    }
}
