import FoundationEssentials
import Postgres

/// Whose the accounts are that a bank's file names, found by their blind indexes: nothing is decrypted for it.
struct BankParties: Sendable {
    private var indexes: [String: [UInt8]] = [:]
    /// Of our payees' accounts, by id.
    private var payees: [UUID: [UInt8]] = [:]
    /// The accounts of funds that the asker sees, and the union where it is one union's.
    private var ours: [String: UUID?] = [:]

    init(_ words: [BankWord], payments: [Payment], in context: CommandContext) async throws {
        let named = Set(words.compactMap(\.partyAccount).compactMap(Self.plain))
        for number in named { indexes[number] = context.vault.blindIndex(number, .account) }
        let accounts = Array(Set(words.compactMap(\.account)))
        let accountIndexes = accounts.map { context.vault.blindIndex($0, .fundAccount) }
        // Only a verdict about the line leaves this: the payee's account or not.
        let payeeRows = try await context.seeingAll { transaction in
            named.isEmpty
                ? []
                : try await transaction.query(
                    """
                    SELECT id, account_index FROM relief.payee_account
                    WHERE id = ANY (\(Array(Set(payments.map(\.payeeAccount))))) AND account_index <> ''
                    """)
        }
        for row in payeeRows { payees[try row["id"]] = try row["account_index"] }
        // What stands on an account of unions that the importer doesn't see is told to nobody there.
        let fundRows = try await context.transaction.query(
            """
            SELECT named.account, CASE count(DISTINCT f.org_id) WHEN 1 THEN (array_agg(f.org_id))[1] END AS union_id
            FROM unnest(\(accounts), \(accountIndexes)) AS named (account, account_index)
            JOIN relief.fund f USING (account_index)
            GROUP BY named.account
            """)
        for row in fundRows { ours[try row["account"]] = .some(try row["union_id"]) }
    }

    /// Whether the money went where it was sent. Where the bank names no account, or hides digits of it, that isn't known,
    /// and taken to be so.
    func isPayee(_ word: BankWord, of payment: Payment) -> Bool { agrees(word, payment) ?? true }

    /// The same for certain.
    func isSurelyPayee(_ word: BankWord, of payment: Payment) -> Bool { agrees(word, payment) ?? false }

    private func agrees(_ word: BankWord, _ payment: Payment) -> Bool? {
        guard let named = index(of: word), let payee = payees[payment.payeeAccount] else { return nil }
        return named == payee
    }

    /// The blind index of the account on the other side; nil where the bank names none, or hides digits of it.
    func index(of word: BankWord) -> [UInt8]? { word.partyAccount.flatMap(Self.plain).flatMap { indexes[$0] } }

    /// Whether a line stands on an account of a fund that the asker sees, or on none that the bank names.
    func isOurs(_ word: BankWord) -> Bool { word.account.map { ours[$0] != nil } ?? true }

    /// The union on whose account a line stands; nil where that is nobody's of ours, or several unions'.
    func union(of word: BankWord) -> UUID? { word.account.flatMap { ours[$0] ?? nil } }

    /// The number as accounts are registered; nil where digits of it are hidden.
    private static func plain(_ account: String) -> String? {
        let plain = NumberText.cleaned(account)
        return !plain.isEmpty && plain.utf8.allSatisfy(\.isDigitOrLetter) ? plain : nil
    }
}
