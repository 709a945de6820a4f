package import FoundationEssentials
import Postgres

/// The books said no, and nothing changed. The reasons are those of the table `ledger.refusal`.
package struct LedgerRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Reason: String, Sendable, Hashable, CaseIterable {
        case exceedsCredits = "RL001"
        case exceedsDebits = "RL002"
        case existsWithDifferentBody = "RL003"
        case alreadyPosted = "RL004"
        case alreadyVoided = "RL005"
        case holdExpired = "RL006"
        case exceedsHold = "RL007"
        case unknownHold = "RL008"
        case unknownAccount = "RL009"
        case accountClosed = "RL010"
        case otherLedger = "RL011"
        case itemNotAllowed = "RL012"
        case sameAccount = "RL013"
        case badAmount = "RL014"
        case exceedsOriginal = "RL015"
        case notCorrectable = "RL016"
        case accountNotEmpty = "RL017"
        case codeTaken = "RL018"
        case immutable = "RL019"
    }

    /// What the refusal is about; of a batch, the first line at fault.
    package struct Facts: Sendable, Hashable, Codable {
        /// The id of the transfer asked for, or of the entry to be corrected.
        package var id: UUID?
        package var hold: UUID?
        /// The account's code, or its id if there is no such account.
        package var account: String?
        package var item: String?
        /// Fen that could have been moved.
        package var available: Int64?
        /// Fen that were asked for.
        package var needed: Int64?
    }

    package let reason: Reason
    /// One English sentence.
    package let message: String
    package let facts: Facts

    /// The refusal behind a database error; nil if it is none.
    package init?(_ error: any Error) {
        guard let error = error as? PostgresError, let state = error.sqlState, let reason = Reason(rawValue: state)
        else { return nil }
        self.reason = reason
        message = error.message
        facts =
            error.detail.flatMap { try? JSONDecoder().decode(Facts.self, from: Data($0.utf8)) } ?? Facts()
    }

    package var description: String {
        var parts = [message]
        if let account = facts.account { parts.append("account \(account)") }
        if let item = facts.item { parts.append("item \(item)") }
        if let available = facts.available { parts.append("available \(available) fen") }
        if let needed = facts.needed { parts.append("needed \(needed) fen") }
        if let hold = facts.hold { parts.append("hold \(hold)") }
        if let id = facts.id { parts.append("id \(id)") }
        return parts.joined(separator: "; ")
    }
}
