import Contract
import FoundationEssentials
import Ledger
import Postgres
import WorkingDays

/// The funds: which one pays for an award, and the money set aside in it.
enum Funds {
    /// The fund that pays for an award: sources in the programme's order, of each the union nearest to the case upward,
    /// then the oldest money. It serves the programme, allows the item on the day, and has the amount left.
    ///
    /// Looks at parents' funds too. The refusal says of each fund asked why not, and of money only that it isn't enough.
    static func choose(
        programme: String, path: String, item: String, amount: Fen, sources: [FundSource], day: Day,
        in context: CommandContext
    ) async throws -> Fund {
        let candidates = try await context.seeingAll { transaction in
            try await transaction.query(
                """
                SELECT \(Fund.columns), f.serves = '{}' OR \(programme)::text = ANY (f.serves) AS serving,
                       ledger.item_allowed(f.net_account, \(item), \(day)) AS allowed,
                       a.credits_posted - a.debits_posted - a.debits_pending >= \(amount) AS enough
                FROM relief.fund f JOIN ledger.account a ON a.id = f.net_account
                WHERE f.org_path @> \(path)::ltree AND f.source = ANY (\(sources.map(\.rawValue)))
                ORDER BY array_position(\(sources.map(\.rawValue)), f.source), nlevel(f.org_path) DESC, f.year, f.code
                """)
        }
        var reasons: [String] = []
        for row in candidates {
            let fund = try Fund(row)
            let (serving, allowed, enough): (Bool, Bool, Bool) = try (row["serving"], row["allowed"], row["enough"])
            if serving, allowed, enough { return fund }
            let reason =
                !serving
                ? "does not serve the programme \(programme)"
                : !allowed ? "may not be spent on \(item) on \(day)" : "has less than \(amount) yuan left"
            reasons.append("Fund \(fund.code) \(reason).")
        }
        if reasons.isEmpty {
            let names = sources.map(\.rawValue).joined(separator: ", ")
            reasons = ["Neither this union nor one above it has a fund of the sources \(names)."]
        }
        throw Refusal.conflict(
            "No fund can pay \(amount) yuan for \(item): open or fill one, or allow the item.", details: reasons)
    }

    /// Sets the money of instalments aside in one batch; answers each one's hold. `reference` is the case's number.
    static func hold(
        _ parts: [(id: UUID, amount: Fen)], fund: Fund, item: String, reference: String, in context: CommandContext
    ) async throws -> [UUID: UUID] {
        let holds = parts.map { part in
            Transfer(
                id: UUID(), debit: fund.netAccount, credit: fund.bankAccount, amount: part.amount.rawValue,
                code: BookCode.payment.rawValue, item: item, reference: reference)
        }
        try await refusing(fund) { try await context.books.hold(holds) }
        return Dictionary(uniqueKeysWithValues: zip(parts, holds).map { ($0.id, $1.id) })
    }

    /// Gives back what was set aside; nothing has moved.
    static func void(holds: [UUID], in context: CommandContext) async throws {
        try await context.books.void(holds.map { Resolution(id: UUID(), hold: $0) })
    }

    /// Says in words why the books refused.
    @discardableResult
    static func refusing<Result>(_ fund: Fund, _ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let refusal as LedgerRefusal {
            switch refusal.reason {
            case .exceedsCredits, .exceedsDebits:
                throw Refusal.conflict("Fund \(fund.code) has not enough money left for this.", field: "amount")
            case .itemNotAllowed:
                throw Refusal.conflict(
                    "Fund \(fund.code) may not be spent on \(refusal.facts.item ?? "this") on this day.", field: "item")
            default: throw Refusal.conflict("The books of fund \(fund.code) refuse: \(refusal).")
            }
        }
    }
}

/// What kind of movement an entry of a fund's books is.
enum BookCode: String {
    /// Money arrived.
    case receipt
    /// What was booked as arrived had not.
    case receiptReversed
    /// An instalment: held at the award, posted when the bank booked it.
    case payment
    /// The bank gave a booked payment back.
    case returned
}

extension CommandContext {
    /// The books, open for this command.
    var books: Books { books(on: today) }

    /// The books for entries of another business day, as the bank's booking day.
    func books(on day: Day) -> Books {
        Books(transaction, now: now, day: day)
    }
}
