import FoundationEssentials
import Postgres

/// Whose the accounts are that a bank's file names, found by their blind indexes: nothing is decrypted for it.
struct BankParties: Sendable {
    private var indexes: [String: [UInt8]] = [:]
    /// Of our payees' accounts, by id.
    private var payees: [UUID: [UInt8]] = [:]
    /// The unions whose funds have such an account.
    private var unions: [String: UUID] = [:]

    init(_ words: [BankWord], payments: [Payment], in context: CommandContext) async throws {
        let named = Set(words.compactMap(\.payeeAccount).compactMap(Self.plain))
        for number in named { indexes[number] = context.vault.blindIndex(number, .account) }
        let ours = Array(Set(words.compactMap(\.account)))
        let ourIndexes = ours.map { context.vault.blindIndex($0, .fundAccount) }
        // Only a verdict about the line leaves this: the payee's account or not, and which union's desk is to see it.
        let (payeeRows, fundRows) = try await context.seeingAll { transaction in
            let payeeRows =
                named.isEmpty
                ? []
                : try await transaction.query(
                    """
                    SELECT id, account_index FROM relief.payee_account
                    WHERE id = ANY (\(Array(Set(payments.map(\.payeeAccount))))) AND account_index <> ''
                    """)
            let fundRows = try await transaction.query(
                """
                SELECT named.account, (array_agg(f.org_id))[1] AS union_id
                FROM unnest(\(ours), \(ourIndexes)) AS named (account, account_index)
                JOIN relief.fund f USING (account_index)
                GROUP BY named.account HAVING count(DISTINCT f.org_id) = 1
                """)
            return (payeeRows, fundRows)
        }
        for row in payeeRows { payees[try row["id"]] = try row["account_index"] }
        for row in fundRows { unions[try row["account"]] = try row["union_id"] }
    }

    /// Whether the money went where it was sent. Where the bank names no account, or hides digits of it, that isn't known,
    /// and taken to be so.
    func isPayee(_ word: BankWord, of payment: Payment) -> Bool {
        guard let account = word.payeeAccount.flatMap(Self.plain), let named = indexes[account],
            let payee = payees[payment.payeeAccount]
        else { return true }
        return named == payee
    }

    /// The union on whose account a line stands; nil where that is nobody's of ours, or several unions'.
    func union(of word: BankWord) -> UUID? { word.account.flatMap { unions[$0] } }

    /// The number as accounts are registered; nil where digits of it are hidden.
    private static func plain(_ account: String) -> String? {
        let plain = NumberText.cleaned(account)
        return !plain.isEmpty && plain.utf8.allSatisfy(\.isDigitOrLetter) ? plain : nil
    }
}
