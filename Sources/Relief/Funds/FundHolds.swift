import Contract
import FoundationEssentials
import Ledger
import Postgres
import WorkingDays

/// The funds: which one pays for an award, and the money set aside in it.
enum Funds {
    /// The fund that pays for an award: sources in the programme's order, of each the union nearest to the case upward
    /// along its fund parents of the day, then the oldest money. It serves the programme, allows the item on the day, and has
    /// the amount left.
    ///
    /// Looks at parents' funds too. The refusal says of each fund asked why not, and of money only that it isn't enough.
    static func choose(
        programme: String, path: String, item: String, amount: Fen, sources: [FundSource], day: Day,
        in context: CommandContext
    ) async throws -> Fund {
        let line = try await Organisations.line(path, on: day, in: context)
        let candidates = try await context.seeingAll { transaction in
            try await transaction.query(
                """
                SELECT \(Fund.columns), f.serves = '{}' OR \(programme)::text = ANY (f.serves) AS serving,
                       ledger.item_allowed(f.net_account, \(item), \(day)) AS allowed,
                       a.credits_posted - a.debits_posted - a.debits_pending >= \(amount) AS enough
                FROM relief.fund f JOIN ledger.account a ON a.id = f.net_account
                JOIN relief.organisation o ON o.id = f.org_id
                WHERE o.code = ANY (\(line)) AND f.source = ANY (\(sources.map(\.rawValue)))
                ORDER BY array_position(\(sources.map(\.rawValue)), f.source), array_position(\(line), o.code) DESC,
                  f.year, f.code
                """)
        }
        var reasons: [Phrase] = []
        for row in candidates {
            let fund = try Fund(row)
            let (serving, allowed, enough): (Bool, Bool, Bool) = try (row["serving"], row["allowed"], row["enough"])
            if serving, allowed, enough { return fund }
            reasons.append(
                !serving
                    ? fund.servesNot(programme) : !allowed ? fund.mayNot(item, on: day) : fund.hasLess(than: amount))
        }
        if reasons.isEmpty {
            let names = sources.map(\.rawValue).joined(separator: ", ")
            reasons = [
                Phrase(
                    "Neither this union nor one above it has a fund of the sources \(names): open one (relief fund create).",
                    "本级及上级工会均无来源为\(names)的资金：请先设立（relief fund create）。")
            ]
        }
        throw Refusal.conflict(
            Phrase(
                "No fund can pay \(amount) yuan for \(item): open or fill one, or allow the item.",
                "没有资金可列支\(item)\(amount)元：请设立或补充资金，或准许列支该用途。"), details: reasons)
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
        try await refusing(fund, on: context.today) { try await context.books.hold(holds) }
        return Dictionary(uniqueKeysWithValues: zip(parts, holds).map { ($0.id, $1.id) })
    }

    /// Gives back what was set aside; nothing has moved.
    static func void(holds: [UUID], in context: CommandContext) async throws {
        try await context.books.void(holds.map { Resolution(id: UUID(), hold: $0) })
    }

    /// Says in words why the books refused.
    @discardableResult
    static func refusing<Result>(_ fund: Fund, on day: Day, _ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let refusal as LedgerRefusal {
            switch refusal.reason {
            case .exceedsCredits, .exceedsDebits:
                throw Refusal.conflict(fund.hasLess(than: refusal.facts.needed.map { Fen($0) }), field: "amount")
            case .itemNotAllowed:
                throw Refusal.conflict(fund.mayNot(refusal.facts.item, on: day), field: "item")
            default:
                throw Refusal.conflict(
                    Phrase(
                        "The books of fund \(fund.code) refuse: \(refusal).",
                        "资金 \(fund.code) 的账簿不接受：\(refusal)。"))
            }
        }
    }
}

/// Why a fund doesn't pay, and what can be done.
extension Fund {
    fileprivate func servesNot(_ programme: String) -> Phrase {
        Phrase(
            "Fund \(code) does not serve the programme \(programme): fill another that does, or open one (relief fund create).",
            "资金\(code)不用于项目\(programme)：请补充其他可用资金，或另行设立（relief fund create）。")
    }

    fileprivate func mayNot(_ item: String?, on day: Day) -> Phrase {
        let item = item ?? "ITEM"
        return Phrase(
            "Fund \(code) may not be spent on \(item) on \(day): allow it first, with the document that does (relief fund allow --fund \(code) --item \(item) --from DAY --source DOCUMENT).",
            "资金\(code)在\(day)不得列支\(item)：请先凭文件准许（relief fund allow --fund \(code) --item \(item) --from 日期 --source 文件）。"
        )
    }

    fileprivate func hasLess(than amount: Fen?) -> Phrase {
        let amount = amount.map { ("\($0) yuan", "\($0)元") } ?? ("that much", "所需金额")
        return Phrase(
            "Fund \(code) has less than \(amount.0) left: enter money that arrived for it (relief fund receive), or stop an award.",
            "资金\(code)余额不足\(amount.1)：到账后先登记（relief fund receive），或停止其他救助。")
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
