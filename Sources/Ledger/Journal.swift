package import Postgres
package import WorkingDays

/// The books as a plain-text journal, which hledger or beancount, programs that we did not write, add up again: one
/// transaction per posted entry, and at the end an assertion of every account's balance as its counters have it.
///
/// Holds are no movements and don't appear.
package struct Journal: Sendable {
    package enum Format: String, Sendable, CaseIterable {
        case hledger, beancount
    }

    let ledger: String
    let format: Format

    /// The journal of one set of books.
    package init(ledger: String, format: Format) {
        self.ledger = ledger
        self.format = format
    }

    /// Writes the journal, text by text, oldest business day first. `session` has to be one transaction with one
    /// snapshot (repeatable read), or an entry made meanwhile would break the last assertions. `today` dates the
    /// assertions if nothing was ever posted. Holds a thousand entries at a time.
    package func export(
        from session: any Session, today: Day, to write: (String) async throws -> Void
    ) async throws {
        let accounts = try await session.query("SELECT * FROM ledger.account WHERE ledger = \(ledger) ORDER BY code")
            .map(Account.init(row:))
        try await session.execute(
            """
            DECLARE ledger_journal NO SCROLL CURSOR FOR
            SELECT t.* FROM ledger.transfer t JOIN ledger.account a ON a.id = t.debit
            WHERE a.ledger = \(ledger) AND t.kind IN ('posted', 'post', 'correction')
            ORDER BY t.business_day, t.seq
            """)
        var entries = try await Self.fetch(from: session)
        let opened = accounts.map { Day($0.openedAt) }.min() ?? today
        let first = min(opened, entries.first?.day ?? today)
        var last = first
        let page = JournalPage(format: format, accounts: accounts)
        try await write(page.head(ledger: ledger, first: first))
        while !entries.isEmpty {
            try await write(entries.map(page.transaction).joined())
            last = entries.last?.day ?? last
            entries = try await Self.fetch(from: session)
        }
        try await session.execute("CLOSE ledger_journal")
        try await write(page.closing(day: last))
    }

    private static func fetch(from session: any Session) async throws -> [Entry] {
        try await session.query("FETCH FORWARD 1000 FROM ledger_journal").map(Entry.init(row:))
    }
}
