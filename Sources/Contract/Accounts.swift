package import FoundationEssentials

/// What an account is.
package enum AccountKind: String, Codable, CaseIterable, Sendable {
    case card
    case passbook
    case corporate
}

/// Whether money may go to an account.
package enum AccountState: String, Codable, CaseIterable, Sendable {
    case pending
    case active
    case retired
}

/// Names the account that a person or union is paid to; another person approves it, unless it is the first and in the
/// owner's name.
package struct RegisterAccount: Command {
    package typealias Reply = PayeeAccountView
    package static let name = "account.register"
    package static let summary =
        "Names the account that a person or union is paid to; another person approves it, unless it is the first and in the owner's name."
    package static let permission = Permission.registerPeople
    package static let route = Route.post("/v1/accounts")

    /// Person number or organisation code.
    package let owner: String
    /// Name on the account.
    package let holder: String
    package let bank: String
    /// Twelve digits of the branch (联行号).
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

/// Approves a payee account, by another person than named it.
package struct ApproveAccount: Command {
    package typealias Reply = PayeeAccountView
    package static let name = "account.approve"
    package static let summary = "Approves a payee account, by another person than named it."
    package static let permission = Permission.reviewCases
    package static let route = Route.post("/v1/accounts/{account}/approve")

    package let account: UUID
    /// `AccountSheetView.sheet` of what was seen.
    package let sheet: String
    /// Why a doubtful account is approved all the same; refused without, and the refusal lists the doubts.
    package let despite: String?
    /// Whether the sheet was taken without having been looked at: the log says so.
    package let unseen: Bool?

    package init(account: UUID, sheet: String, despite: String? = nil, unseen: Bool? = nil) {
        self.account = account
        self.sheet = sheet
        self.despite = despite
        self.unseen = unseen
    }
}

/// Lists accounts that are paid to, with what is doubtful of each.
package struct ListAccounts: Query {
    package typealias Reply = Page<PayeeAccountView>
    package static let name = "account.list"
    package static let summary = "Lists accounts that are paid to, with what is doubtful of each."
    package static let permission = Permission.read
    package static let route = Route.get("/v1/accounts")

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

/// Shows an account number in the clear; who, why and when are logged.
package struct RevealAccount: Command {
    package typealias Reply = Revealed
    package static let name = "account.reveal"
    package static let summary = "Shows an account number in the clear; who, why and when are logged."
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
