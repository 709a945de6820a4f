package import FoundationEssentials
import Postgres
package import WorkingDays

/// Money to be moved, or set aside, from one account to another, as its maker words it. The maker chooses the id and
/// keeps it before asking: the same id never moves money twice.
package struct Transfer: Sendable, Hashable, Identifiable {
    package var id: UUID
    package var debit: UUID
    package var credit: UUID
    /// Fen, from 1 to 10¹⁵.
    package var amount: Int64
    /// What kind of movement it is in the trade (`appropriation`, `payment`…), 64 characters at most.
    package var code: String
    /// What the money is for; an earmarked account asks for an allowed one.
    package var item: String?
    /// What the outside world knows it by, such as a payment's reference; 64 characters at most.
    package var reference: String?

    package init(
        id: UUID, debit: UUID, credit: UUID, amount: Int64, code: String, item: String? = nil,
        reference: String? = nil
    ) {
        self.id = id
        self.debit = debit
        self.credit = credit
        self.amount = amount
        self.code = code
        self.item = item
        self.reference = reference
    }
}

/// What is to become of a hold: it is posted or voided, once.
package struct Resolution: Sendable, Hashable, Identifiable {
    package var id: UUID
    package var hold: UUID
    /// Fen to post; nil posts the whole hold, less releases the rest. Without meaning for a void.
    package var amount: Int64?
    /// nil keeps the hold's.
    package var reference: String?

    package init(id: UUID, hold: UUID, amount: Int64? = nil, reference: String? = nil) {
        self.id = id
        self.hold = hold
        self.amount = amount
        self.reference = reference
    }
}

/// An entry as it stands in the books, for ever.
package struct Entry: Sendable, Hashable, Identifiable {
    package enum Kind: String, Sendable, Hashable, Codable, CaseIterable, ParameterEncodable, ColumnDecodable {
        case posted, pending, post, void, expire, correction
    }

    package let transfer: Transfer
    package let kind: Kind
    /// The entry's place in the order of the books.
    package let seq: Int64
    /// The hold that a post, void or expire resolves.
    package let holdID: UUID?
    /// The entry that a correction takes back.
    package let correctsID: UUID?
    package let day: Day
    package let at: Date
    package let expiresAt: Date?

    package var id: UUID { transfer.id }

    init(row: Row) throws {
        transfer = Transfer(
            id: try row["id"], debit: try row["debit"], credit: try row["credit"], amount: try row["amount"],
            code: try row["code"], item: try row["item"], reference: try row["reference"])
        kind = try row["kind"]
        seq = try row["seq"]
        holdID = try row["pending_id"]
        correctsID = try row["corrects_id"]
        day = try row["business_day"]
        at = try row["at"]
        expiresAt = try row["expires_at"]
    }
}

/// Money set aside, and what became of it.
package struct Hold: Sendable, Hashable, Identifiable {
    package let entry: Entry
    /// The entry that resolved it; nil while it is open.
    package let resolution: Entry?

    package var id: UUID { entry.id }
    package var isOpen: Bool { resolution == nil }
}

/// The answer to one operation.
package struct Receipt: Sendable, Hashable {
    package let id: UUID
    package let seq: Int64
    package let kind: Entry.Kind
    /// Fen moved, held or released.
    package let amount: Int64
    /// True if the same entry stood in the books already and nothing was done.
    package let existed: Bool
    /// The debited account after the operation.
    package let debit: Balance
    /// The credited account after the operation.
    package let credit: Balance

    init(row: Row) throws {
        id = try row["id"]
        seq = try row["seq"]
        kind = try row["kind"]
        amount = try row["amount"]
        existed = try row["existed"]
        debit = try Balance(row: row, prefix: "debit_")
        credit = try Balance(row: row, prefix: "credit_")
    }
}

/// The answer to a batch: how many lines were entered now, and how many stood there before.
package struct BatchReceipt: Sendable, Hashable {
    package let entered: Int
    package let existed: Int

    init(entered: Int, existed: Int) {
        self.entered = entered
        self.existed = existed
    }

    init(row: Row) throws {
        self.init(entered: try row["entered"], existed: try row["existed"])
    }
}
