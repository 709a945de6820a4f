package import FoundationEssentials
import Postgres

extension Books {
    /// An account; nil if there is none with this id.
    package func account(_ id: UUID) async throws -> Account? {
        try await session.first("SELECT * FROM ledger.account WHERE id = \(id)").map(Account.init(row:))
    }

    /// An account; nil if there is none with this code.
    package func account(code: String) async throws -> Account? {
        try await session.first("SELECT * FROM ledger.account WHERE code = \(code)").map(Account.init(row:))
    }

    /// All accounts of a set of books, by code.
    package func accounts(ledger: String) async throws -> [Account] {
        try await session.query("SELECT * FROM ledger.account WHERE ledger = \(ledger) ORDER BY code")
            .map(Account.init(row:))
    }

    /// The counters as they stood at an instant, by the entries' own time; zero before the first entry.
    package func balance(of account: UUID, at instant: Date) async throws -> Balance {
        try await Balance(row: session.one("SELECT * FROM ledger.balance_at(\(account), \(instant))"))
    }

    /// An entry; nil if the id was never used.
    package func entry(_ id: UUID) async throws -> Entry? {
        try await session.first("SELECT * FROM ledger.transfer WHERE id = \(id)").map(Entry.init(row:))
    }

    /// A hold with its resolution; nil if there is none with this id.
    package func hold(_ id: UUID) async throws -> Hold? {
        let rows = try await session.query(
            """
            SELECT * FROM ledger.transfer WHERE id = \(id) AND kind = 'pending'
            UNION ALL
            SELECT * FROM ledger.transfer WHERE pending_id = \(id)
            """)
        let entries = try rows.map(Entry.init(row:))
        return entries.first { $0.kind == .pending }.map { hold in
            Hold(entry: hold, resolution: entries.first { $0.holdID == id })
        }
    }

    /// The newest entries of an account, debits and credits, older than entry number `seq` (nil: from the newest on).
    package func entries(of account: UUID, before seq: Int64? = nil, limit: Int = 100) async throws -> [Entry] {
        try await session.query(
            """
            SELECT * FROM ledger.transfer
            WHERE (debit = \(account) OR credit = \(account)) AND seq < coalesce(\(seq), 9223372036854775807)
            ORDER BY seq DESC LIMIT \(limit)
            """
        ).map(Entry.init(row:))
    }
}
