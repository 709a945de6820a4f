package import FoundationEssentials
import Postgres

/// An account of the books; it is never removed, at most closed.
package struct Account: Sendable, Hashable, Identifiable {
    /// Where the account stands in the balance sheet or the statement of activities.
    package enum Kind: String, Sendable, Hashable, Codable, CaseIterable, ParameterEncodable, ColumnDecodable {
        case asset, liability
        case netAssets = "net_assets"
        case income, expense
    }

    /// Which side may never outgrow the other; holds count.
    package enum Limit: String, Sendable, Hashable, Codable, CaseIterable, ParameterEncodable, ColumnDecodable {
        case none
        case debitsMustNotExceedCredits = "debits_must_not_exceed_credits"
        case creditsMustNotExceedDebits = "credits_must_not_exceed_debits"
    }

    /// What is said to open an account.
    package struct Opening: Sendable, Hashable {
        package var id: UUID
        /// A capital letter or digit, then letters, digits and hyphens, 64 at most; unique in all books.
        package var code: String
        package var name: String
        /// The set of books that the account belongs to; money never moves between two sets.
        package var ledger: String
        package var kind: Kind
        package var limit: Limit
        /// True if the account may be debited only for items that `Books.allow` names.
        package var isEarmarked: Bool

        package init(
            id: UUID, code: String, name: String, ledger: String, kind: Kind, limit: Limit = .none,
            isEarmarked: Bool = false
        ) {
            self.id = id
            self.code = code
            self.name = name
            self.ledger = ledger
            self.kind = kind
            self.limit = limit
            self.isEarmarked = isEarmarked
        }
    }

    package let opening: Opening
    package let balance: Balance
    package let openedAt: Date
    package let closedAt: Date?

    package var id: UUID { opening.id }
    package var code: String { opening.code }
    package var name: String { opening.name }
    package var ledger: String { opening.ledger }
    package var kind: Kind { opening.kind }
    package var limit: Limit { opening.limit }
    package var isEarmarked: Bool { opening.isEarmarked }

    init(row: Row) throws {
        opening = Opening(
            id: try row["id"], code: try row["code"], name: try row["name"], ledger: try row["ledger"],
            kind: try row["kind"], limit: try row["balance_limit"], isEarmarked: try row["earmarked"])
        balance = try Balance(row: row)
        openedAt = try row["opened_at"]
        closedAt = try row["closed_at"]
    }
}
