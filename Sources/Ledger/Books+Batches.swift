package import FoundationEssentials
import Postgres

/// Many lines in one call, all or none, as one moment: the limit holds for their sum, and the account that they share is
/// written once. Some hundred to some thousand lines a call are best. Lines that stood in the books before are counted
/// as existing and left alone.
extension Books {
    /// Moves money now, line by line.
    @discardableResult
    package func transfer(_ transfers: [Transfer]) async throws -> BatchReceipt {
        guard !transfers.isEmpty else { return BatchReceipt(entered: 0, existed: 0) }
        return try await BatchReceipt(
            row: answer(
                """
                SELECT * FROM ledger.transfer_batch(\(transfers.map(\.id)), \(transfers.map(\.debit)),
                    \(transfers.map(\.credit)), \(transfers.map(\.amount)), \(transfers.map(\.code)),
                    \(transfers.map(\.item)), \(transfers.map(\.reference)), \(day), \(now))
                """))
    }

    /// Sets money aside, as for a whole run.
    @discardableResult
    package func hold(_ transfers: [Transfer], until expiry: Date? = nil) async throws -> BatchReceipt {
        guard !transfers.isEmpty else { return BatchReceipt(entered: 0, existed: 0) }
        return try await BatchReceipt(
            row: answer(
                """
                SELECT * FROM ledger.hold_batch(\(transfers.map(\.id)), \(transfers.map(\.debit)),
                    \(transfers.map(\.credit)), \(transfers.map(\.amount)), \(transfers.map(\.code)),
                    \(transfers.map(\.item)), \(transfers.map(\.reference)), \(expiry), \(day), \(now))
                """))
    }

    /// Posts holds, as for a whole result file of the bank.
    @discardableResult
    package func post(_ resolutions: [Resolution], code: String? = nil) async throws -> BatchReceipt {
        guard !resolutions.isEmpty else { return BatchReceipt(entered: 0, existed: 0) }
        return try await BatchReceipt(
            row: answer(
                """
                SELECT * FROM ledger.post_hold_batch(\(resolutions.map(\.id)), \(resolutions.map(\.hold)),
                    \(resolutions.map(\.amount)), \(code), \(resolutions.map(\.reference)), \(day), \(now))
                """))
    }

    /// Releases holds.
    @discardableResult
    package func void(_ resolutions: [Resolution], code: String? = nil) async throws -> BatchReceipt {
        guard !resolutions.isEmpty else { return BatchReceipt(entered: 0, existed: 0) }
        return try await BatchReceipt(
            row: answer(
                """
                SELECT * FROM ledger.void_hold_batch(\(resolutions.map(\.id)), \(resolutions.map(\.hold)), \(code),
                    \(resolutions.map(\.reference)), \(day), \(now))
                """))
    }
}
