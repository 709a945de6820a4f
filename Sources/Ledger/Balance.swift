import Postgres

/// The four counters of an account, in fen: what was debited and credited, posted and still held.
package struct Balance: Sendable, Hashable, Codable {
    package var debitsPending: Int64
    package var debitsPosted: Int64
    package var creditsPending: Int64
    package var creditsPosted: Int64

    package init(
        debitsPending: Int64 = 0, debitsPosted: Int64 = 0, creditsPending: Int64 = 0, creditsPosted: Int64 = 0
    ) {
        self.debitsPending = debitsPending
        self.debitsPosted = debitsPosted
        self.creditsPending = creditsPending
        self.creditsPosted = creditsPosted
    }

    package static let zero = Balance()

    /// Fen that may still leave an account limited by its credits (a fund): holds count as gone.
    package var leftToDebit: Int64 { creditsPosted - debitsPosted - debitsPending }

    /// Fen that may still be taken from an account limited by its debits (cash): holds count as gone.
    package var leftToCredit: Int64 { debitsPosted - creditsPosted - creditsPending }

    /// Posted debits less posted credits, in fen: the figure of a journal, positive for what is owned.
    package var net: Int64 { debitsPosted - creditsPosted }

    /// Reads the four counters whose columns begin with `prefix`.
    init(row: Row, prefix: String = "") throws {
        debitsPending = try row[prefix + "debits_pending"]
        debitsPosted = try row[prefix + "debits_posted"]
        creditsPending = try row[prefix + "credits_pending"]
        creditsPosted = try row[prefix + "credits_posted"]
    }
}
