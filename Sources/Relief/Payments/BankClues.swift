import Contract
import FoundationEssentials
import Postgres

/// Which payment money may be of that came in without saying so: banks send a failed payment back as a plain credit, with a
/// remark. A clue moves nothing; it tells the person who looks at the line where to look.
struct BankClues: Sendable {
    struct Clue: Sendable {
        let payment: UUID
        let reference: String
        let run: UUID
    }

    /// By the line's place in the file: the payments that its best clue leads to, one where it is clear.
    private var clues: [Int: [Clue]] = [:]

    /// Credits beyond so many in one file are left to the reader: a file of returns has few.
    private static let mostCredits = 500

    /// What a bank writes on money that it sends back.
    private static let words = ["退汇", "退款", "退回", "退票", "退还", "冲正", "户名", "账号", "账户", "销户", "return"]

    /// Looks at the credits given, by their place in the file, in what the asker may see.
    init(_ credits: [(place: Int, word: BankWord)], _ parties: BankParties, in context: CommandContext) async throws {
        let credits = credits.prefix(Self.mostCredits)
        guard !credits.isEmpty else { return }
        let words = credits.map(\.word)
        let rows = try await context.transaction.query(
            """
            WITH credit AS (
              SELECT c.*, nullif(relief.name_key(coalesce(c.name, '')), '') AS name_key
              FROM unnest(\(credits.map(\.place)), \(words.map { $0.amount?.rawValue }),
                \(words.map { word in word.account.map { context.vault.blindIndex($0, .fundAccount) } }),
                \(words.map { Self.references(in: $0.remittance).first }), \(words.map(parties.index)),
                \(words.map(\.partyName)), \(words.map(Self.isRemarked)))
                AS c (place, amount, account, reference, party, name, remarked)
            ), found AS (
              SELECT c.place, c.account, 1 AS rank, p.* FROM credit c JOIN relief.payment p
                ON p.reference = c.reference AND p.amount = c.amount
              UNION ALL
              SELECT c.place, c.account, 2, p.* FROM credit c JOIN relief.payee_account a ON a.account_index = c.party
                JOIN relief.payment p ON p.payee_account = a.id AND p.amount = c.amount
              UNION ALL
              SELECT c.place, c.account, 3, p.* FROM credit c JOIN relief.payee_account a ON a.holder_key = c.name_key
                JOIN relief.payment p ON p.payee_account = a.id AND p.amount = c.amount
              UNION ALL
              SELECT c.place, c.account, 4, p.* FROM credit c CROSS JOIN LATERAL (
                SELECT p.* FROM relief.payment p JOIN relief.run r ON r.id = p.run JOIN relief.fund u ON u.id = r.fund
                WHERE p.amount = c.amount AND p.state IN ('sent', 'accepted', 'unknown', 'booked')
                  AND (c.account IS NULL OR c.account = u.account_index) ORDER BY p.created_at DESC LIMIT 50) AS p
              WHERE c.remarked
            ), ranked AS (
              SELECT f.place, f.id, f.reference, f.run, f.rank, min(f.rank) OVER (PARTITION BY f.place) AS best
              FROM found f JOIN relief.run r ON r.id = f.run JOIN relief.fund u ON u.id = r.fund
              WHERE f.state IN ('sent', 'accepted', 'unknown', 'booked')
                AND (f.account IS NULL OR f.account = u.account_index)
            )
            SELECT place, id, reference, run FROM ranked WHERE rank = best ORDER BY place, reference
            """)
        for row in rows {
            clues[try row["place"], default: []].append(
                Clue(payment: try row["id"], reference: try row["reference"], run: try row["run"]))
        }
    }

    func candidates(at place: Int) -> [Clue] { clues[place] ?? [] }

    /// References of ours in a text that somebody wrote.
    static func references(in text: String) -> [String] {
        text.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
            .filter { $0.utf8.count == Payment.referenceLength && $0.first == "R" }.map(String.init)
    }

    private static func isRemarked(_ word: BankWord) -> Bool {
        word.saying == .returned || Self.words.contains { word.remittance.lowercased().contains($0) }
    }
}
