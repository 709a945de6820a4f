package import FoundationEssentials
package import Postgres
package import WorkingDays

/// The books, open for one command: every entry bears its time and business day.
///
/// All operations throw `LedgerRefusal` when the books say no. The transaction has then failed like after any other
/// database error: ask inside a savepoint if it is to go on. An operation repeated with the same id and body answers
/// `existed` and does nothing.
package struct Books: Sendable {
    let session: any Session
    let now: Date
    let day: Day

    /// `session` should be a transaction in which the cause of the entries is written too.
    package init(_ session: any Session, now: Date, day: Day) {
        self.session = session
        self.now = now
        self.day = day
    }

    /// Opens an account with nothing in it.
    @discardableResult
    package func open(_ account: Account.Opening) async throws -> Account {
        try await Account(
            row: answer(
                """
                SELECT * FROM ledger.open_account(\(account.id), \(account.code), \(account.name), \(account.ledger),
                    \(account.kind), \(account.limit), \(account.isEarmarked), \(now))
                """))
    }

    /// Closes an account whose debits equal its credits and that has no open holds.
    @discardableResult
    package func close(_ account: UUID) async throws -> Account {
        try await Account(row: answer("SELECT * FROM ledger.close_account(\(account), \(now))"))
    }

    /// Allows an earmarked account to be spent on an item, both days included; without a last day until it is revoked.
    /// `source` names the document that says so.
    package func allow(
        id: UUID, account: UUID, item: String, from first: Day, through last: Day? = nil, source: String
    ) async throws {
        _ = try await answer(
            "SELECT ledger.allow_item(\(id), \(account), \(item), \(first), \(last), \(source), \(now))")
    }

    /// Takes an item back from a day on; what was entered before stays lawful.
    package func revoke(id: UUID, account: UUID, item: String, from first: Day, source: String) async throws {
        _ = try await answer("SELECT ledger.revoke_item(\(id), \(account), \(item), \(first), \(source), \(now))")
    }

    /// Moves money now.
    @discardableResult
    package func transfer(_ transfer: Transfer) async throws -> Receipt {
        try await Receipt(
            row: answer(
                """
                SELECT * FROM ledger.transfer(\(transfer.id), \(transfer.debit), \(transfer.credit),
                    \(transfer.amount), \(transfer.code), \(transfer.item), \(transfer.reference), \(day), \(now))
                """))
    }

    /// Sets money aside until it is posted, voided or, if there is a limit in time, expires.
    @discardableResult
    package func hold(_ transfer: Transfer, until expiry: Date? = nil) async throws -> Receipt {
        try await Receipt(
            row: answer(
                """
                SELECT * FROM ledger.hold(\(transfer.id), \(transfer.debit), \(transfer.credit), \(transfer.amount),
                    \(transfer.code), \(transfer.item), \(transfer.reference), \(expiry), \(day), \(now))
                """))
    }

    /// Moves what a hold set aside, or a part and releases the rest. Without a code the entry bears the hold's.
    @discardableResult
    package func post(_ resolution: Resolution, code: String? = nil) async throws -> Receipt {
        try await Receipt(
            row: answer(
                """
                SELECT * FROM ledger.post_hold(\(resolution.id), \(resolution.hold), \(resolution.amount), \(code),
                    \(resolution.reference), \(day), \(now))
                """))
    }

    /// Releases a hold; nothing moves.
    @discardableResult
    package func void(_ resolution: Resolution, code: String? = nil) async throws -> Receipt {
        try await Receipt(
            row: answer(
                """
                SELECT * FROM ledger.void_hold(\(resolution.id), \(resolution.hold), \(code),
                    \(resolution.reference), \(day), \(now))
                """))
    }

    /// Expires at most so many of the holds whose time has come; answers how many, so that one asks again until 0.
    @discardableResult
    package func expireHolds(atMost limit: Int = 1_000) async throws -> Int {
        try await answer("SELECT ledger.expire_holds(\(limit), \(day), \(now))")[0]
    }

    /// Takes back what a posted entry moved, wholly (no amount) or in part, by an opposite entry that names it.
    @discardableResult
    package func correct(
        _ entry: UUID, id: UUID, amount: Int64? = nil, code: String, reference: String? = nil
    ) async throws -> Receipt {
        try await Receipt(
            row: answer(
                "SELECT * FROM ledger.correct(\(id), \(entry), \(amount), \(code), \(reference), \(day), \(now))"))
    }

    /// The one row of an operation's answer; its refusal as such.
    func answer(_ sql: SQL) async throws -> Row {
        do {
            return try await session.one(sql)
        } catch {
            throw LedgerRefusal(error) ?? error
        }
    }
}
