package import Contract
import FoundationEssentials
import Ledger
import Postgres
import WorkingDays

extension Funds {
    /// A fund with its items and figures.
    static func view(_ fund: Fund, in context: some OperationContext) async throws -> FundView {
        try await views("WHERE f.id = \(fund.id)", in: context)[0]
    }

    /// Funds with their figures from the four counters: what was received, less what was booked so by mistake; what was spent,
    /// less what the bank gave back; what is held for awards; what is left. `condition` begins with WHERE and may order and
    /// limit.
    static func views(_ condition: SQL, in context: some OperationContext) async throws -> [FundView] {
        let rows = try await context.transaction.query(
            """
            SELECT \(Fund.columns), o.code AS organisation, a.debits_posted, a.debits_pending, a.credits_posted,
                   (SELECT coalesce(sum(t.amount), 0)::bigint FROM ledger.transfer t
                    WHERE t.credit = f.net_account AND t.kind = 'correction') AS returned,
                   (SELECT coalesce(sum(t.amount), 0)::bigint FROM ledger.transfer t
                    WHERE t.debit = f.net_account AND t.kind = 'correction') AS reversed
            FROM relief.fund f JOIN relief.organisation o ON o.id = f.org_id
            JOIN ledger.account a ON a.id = f.net_account \(condition)
            """)
        let funds = try rows.map(Fund.init)
        let items = try await items(of: funds, in: context)
        return try zip(rows, funds).map { row, fund in
            let (credited, debited, held): (Fen, Fen, Fen) = try (
                row["credits_posted"], row["debits_posted"], row["debits_pending"]
            )
            let corrected: Fen = try row["returned"] + row["reversed"]
            return FundView(
                code: fund.code, name: fund.name, organisation: try row["organisation"], source: fund.source,
                year: fund.year, donorIntent: fund.donorIntent, items: items[fund.netAccount] ?? [],
                serves: fund.serves.isEmpty ? nil : fund.serves, bank: fund.bank, accountNumber: fund.accountMasked,
                accountHolder: fund.holder, cnaps: fund.cnaps, received: credited - corrected,
                spent: debited - corrected, held: held, available: credited - debited - held)
        }
    }

    private static func items(
        of funds: [Fund], in context: some OperationContext
    ) async throws -> [UUID: [FundItem]] {
        let rows = try await context.transaction.query(
            """
            SELECT account_id, item, valid_from, valid_to, source FROM ledger.earmark
            WHERE account_id = ANY (\(funds.map(\.netAccount))) AND allowed ORDER BY item, valid_from, seq
            """)
        var items: [UUID: [FundItem]] = [:]
        for row in rows {
            items[try row["account_id"], default: []].append(
                FundItem(
                    item: try row["item"], from: try row["valid_from"], to: try row["valid_to"],
                    source: try row["source"]))
        }
        return items
    }
}

extension ShowFund: Answerable {
    package func answer(in context: QueryContext) async throws -> FundView {
        try await Funds.view(.find(fund, in: context), in: context)
    }
}

extension ListFunds: Answerable {
    /// The funds of a union and of those under it.
    package func answer(in context: QueryContext) async throws -> Page<FundView> {
        let union: Organisation? =
            if let organisation { try await .find(organisation, in: context) } else { nil }
        let views = try await Funds.views(
            """
            WHERE (\(union?.path)::ltree IS NULL OR f.org_path <@ \(union?.path)::ltree)
              AND (\(year)::int IS NULL OR f.year = \(year)::int)
            ORDER BY f.org_path, f.year, f.code LIMIT 500
            """, in: context)
        return Page(items: views)
    }
}

extension ShowStatement: Answerable {
    package func answer(in context: QueryContext) async throws -> Page<FundEntry> {
        let size = try Paging.size(limit)
        let fund = try await Fund.find(fund, in: context)
        guard cursor == nil || cursor.flatMap({ Int64(digits: $0) }) != nil else {
            throw Refusal.invalid(
                Phrase(
                    "The cursor is none of this list: begin without one.",
                    "续页位置不属于此列表：请从头开始。"), field: "cursor")
        }
        let rows = try await context.transaction.query(
            """
            SELECT * FROM (
              SELECT t.seq, t.business_day, t.code, t.item, t.reference, t.amount, t.debit = \(fund.netAccount) AS spent,
                     (sum(CASE WHEN t.debit = \(fund.netAccount) THEN -t.amount ELSE t.amount END)
                      OVER (ORDER BY t.seq))::bigint AS balance
              FROM ledger.transfer t
              WHERE (t.debit = \(fund.netAccount) OR t.credit = \(fund.netAccount))
                AND t.kind IN ('posted', 'post', 'correction')) AS entry
            WHERE seq > \(cursor.flatMap(Int64.init) ?? 0) AND (\(from)::date IS NULL OR business_day >= \(from))
              AND (\(to)::date IS NULL OR business_day <= \(to))
            ORDER BY seq LIMIT \(size + 1)
            """)
        let entries = try rows.map { row in
            let (amount, spent): (Fen, Bool) = try (row["amount"], row["spent"])
            let code: String = try row["code"]
            return FundEntry(
                day: try row["business_day"], text: BookCode(rawValue: code)?.text ?? code, item: try row["item"],
                debit: spent ? amount : .zero, credit: spent ? .zero : amount, balance: try row["balance"],
                reference: try row["reference"], transfer: try row["seq"])
        }
        return Paging.page(entries, size: size) { String($0.transfer) }
    }
}

extension ExportBooks: Answerable {
    /// The books of one fund, or of all that the asker may see, one set after the other.
    package func answer(in context: QueryContext) async throws -> Document {
        let codes: [String]
        if let fund {
            codes = [try await Fund.find(fund, in: context).code]
        } else {
            codes = try await context.transaction.query("SELECT code FROM relief.fund ORDER BY code")
                .map { try $0["code"] }
        }
        let (today, format) = (context.today, format == .hledger ? Journal.Format.hledger : .beancount)
        // One snapshot of its own: an entry made meanwhile would break the balances asserted at the end.
        let text = try await context.door.pool.transaction(.snapshot) { transaction in
            var text = ""
            for code in codes {
                try await Journal(ledger: code, format: format).export(from: transaction, today: today) { text += $0 }
                text += "\n"
            }
            return text
        }
        return Document(
            fileName: "\(fund ?? "books")-\(today).\(self.format == .hledger ? "journal" : "beancount")",
            mediaType: "text/plain; charset=utf-8", text: text)
    }
}

extension BookCode {
    fileprivate var text: String {
        switch self {
        case .receipt: "Money received"
        case .receiptReversed: "Receipt taken back"
        case .payment: "Payment"
        case .returned: "Payment returned by the bank"
        }
    }
}
