package import Contract
import Crypto
import FoundationEssentials
import Ledger
import Postgres
import WorkingDays

extension CreateFund: Executable {
    /// Opens the fund with a set of books of its own: money of two funds never mixes.
    package func execute(in context: CommandContext) async throws -> FundView {
        let union = try await Organisation.find(organisation, in: context)
        let account = try checkedAccount()
        try checkNames()
        let (fund, net, bankAccount) = (UUID(), UUID(), UUID())
        context.concerns(code)
        try await refuseElsewhere(union, in: context)
        do {
            try await context.transaction.execute(
                """
                INSERT INTO relief.fund (id, code, name, org_id, org_path, source, year, donor_intent, serves, bank, cnaps,
                  holder, account, account_index, account_masked, net_account, bank_account, created_by, created_at)
                VALUES (\(fund), \(code), \(name), \(union.id), \(union.path)::ltree, \(source), \(year), \(donorIntent),
                  \(serves ?? []), \(bank), \(cnaps), \(accountHolder),
                  \(context.vault.seal(account, .fundAccount, row: fund)),
                  \(context.vault.blindIndex(account, .fundAccount)), \(Funds.masked(account)), \(net), \(bankAccount),
                  \(context.principal.user), \(context.now))
                """)
        } catch let error as PostgresError where error.constraint == "fund_code_key" {
            throw Refusal.conflict(
                Phrase(
                    "The code \(code) is taken: each fund has its own.",
                    "代码 \(code) 已被占用：每笔资金须有自己的代码。"), field: "code")
        }
        do {
            try await context.books.open(
                .init(
                    id: net, code: code, name: name, ledger: code, kind: .netAssets,
                    limit: .debitsMustNotExceedCredits, isEarmarked: true))
            try await context.books.open(
                .init(
                    id: bankAccount, code: "\(code)-BANK", name: bank, ledger: code, kind: .asset,
                    limit: .creditsMustNotExceedDebits))
        } catch let refusal as LedgerRefusal where refusal.reason == .codeTaken {
            throw Refusal.conflict(
                Phrase(
                    "The code \(code) is too like another fund's: choose another.",
                    "代码 \(code) 与另一笔资金的过于相近：请另选。"), field: "code")
        }
        for item in items {
            try await Funds.allow(item, on: net, in: context)
        }
        context.note("source", .string(source.rawValue))
        context.note("items", .array(items.map { .string($0.item) }))
        return try await Funds.view(.find(code, in: context), in: context)
    }

    /// A code that a fund has which the asker may not know of waits for the word of a union above; so does one whose books
    /// would have that fund's name.
    private func refuseElsewhere(_ union: Organisation, in context: CommandContext) async throws {
        let bank = "-BANK"
        let alike = [code, code + bank] + (code.hasSuffix(bank) ? [String(code.dropLast(bank.count))] : [])
        let found = try await context.seeingAll {
            try await $0.query("SELECT org_path FROM relief.fund WHERE code = ANY (\(alike)) ORDER BY code")
        }
        let paths: [String] = try found.map { try $0["org_path"] }
        guard let other = paths.first(where: { !context.principal.mayKnow($0) }) else { return }
        throw context.waits(.fundCode, code, own: union.path, other: other, field: "code")
    }

    /// Digits and letters, without the spaces that people put between them.
    private func checkedAccount() throws -> String {
        let account = NumberText.cleaned(accountNumber)
        guard (6...34).contains(account.utf8.count), account.utf8.allSatisfy(\.isDigitOrLetter) else {
            throw Refusal.invalid(
                Phrase("An account number must have 6 to 34 digits or letters.", "账号应为 6 至 34 位数字或字母。"),
                field: "accountNumber")
        }
        return account
    }

    private func checkNames() throws {
        guard (1...32).contains(code.utf8.count), code.first != "-",
            code.utf8.allSatisfy({ (65...90).contains($0) || (48...57).contains($0) || $0 == 45 })
        else {
            throw Refusal.invalid(
                Phrase(
                    "A fund's code has 1 to 32 capital letters, digits and hyphens, like XN-JQZX-2026; “\(code)” has not.",
                    "资金代码应为 1 至 32 个大写字母、数字和连字符，如 XN-JQZX-2026；“\(code)”不符。"),
                field: "code")
        }
        for (text, field) in [(name, "name"), (bank, "bank"), (accountHolder, "accountHolder")]
        where try NameText.checked(text, .institution, NameText.title, field: field, longest: 120) != text {
            throw Refusal.invalid(
                Phrase("The \(field) must have no space at an end.", "名称首尾不能有空格。"), field: field)
        }
        guard (2000...2200).contains(year) else {
            throw Refusal.invalid(
                Phrase(
                    "The year of a fund must lie between 2000 and 2200.",
                    "资金年度应在 2000 至 2200 之间。"), field: "year")
        }
        if let cnaps, cnaps.utf8.count != 12 || !cnaps.isDigits {
            throw Refusal.invalid(
                Phrase(
                    "A bank's CNAPS number (联行号) must have 12 digits.",
                    "联行号应为 12 位数字。"), field: "cnaps")
        }
        guard source != .donation || !(donorIntent ?? "").trimmingWhitespace.isEmpty else {
            throw Refusal.invalid(
                Phrase(
                    "Donated money is spent as the donor wished: say how.",
                    "捐赠款按捐赠人意愿使用：请写明意愿。"), field: "donorIntent")
        }
    }
}

extension ReceiveMoney: Executable {
    package func execute(in context: CommandContext) async throws -> FundView {
        let fund = try await Fund.find(fund, in: context)
        guard amount > .zero, amount.rawValue <= 1_000_000_000_000_000 else {
            throw Refusal.invalid(
                Phrase(
                    "Money that arrived must be more than nothing.",
                    "到账金额须大于零。"), field: "amount")
        }
        try ActDay.check(on, in: context)
        guard on.year >= fund.year - 1 else {
            throw Refusal.invalid(
                Phrase(
                    "Money of the fund of \(fund.year) did not arrive in \(on.year).",
                    "\(fund.year) 年度的资金不会在 \(on.year) 年到账。"), field: "on")
        }
        guard (1...64).contains(reference.length), reference.trimmingWhitespace == reference else {
            throw Refusal.invalid(
                Phrase(
                    "Give the reference of the bank's entry, at most 64 characters.",
                    "请给出银行入账的参考号，最多 64 个字符。"), field: "reference")
        }
        if let note { context.note("note", .string(try PublicReason.checked(note, field: "note"))) }
        let transfer = Transfer(
            id: try await fund.receipt(reference, after: fund.reversals(of: reference, in: context)),
            debit: fund.bankAccount, credit: fund.netAccount, amount: amount.rawValue,
            code: BookCode.receipt.rawValue, reference: reference)
        let taken = Refusal.conflict(
            Phrase(
                "The entry \(reference) is in the books of fund \(fund.code) already.",
                "入账 \(reference) 已在资金 \(fund.code) 的账上。"), field: "reference")
        do {
            guard try await !context.books(on: on).transfer(transfer).existed else { throw taken }
        } catch let refusal as LedgerRefusal where refusal.reason == .existsWithDifferentBody {
            throw taken
        }
        context.concerns(fund.code)
        context.note("amount", .int(amount.rawValue))
        context.note("reference", .string(reference))
        return try await Funds.view(fund, in: context)
    }
}

extension ReverseReceipt: Executable {
    package func execute(in context: CommandContext) async throws -> FundView {
        let fund = try await Fund.find(fund, in: context)
        let reason = try PublicReason.checked(reason)
        let receipt = try await fund.receipt(reference, after: fund.reversals(of: reference, in: context))
        do {
            try await context.books.correct(
                receipt, id: UUID(derivedFrom: "reversed \(receipt)"), code: BookCode.receiptReversed.rawValue,
                reference: reference)
        } catch let refusal as LedgerRefusal where refusal.reason == .notCorrectable {
            throw Refusal.notFound(
                Phrase(
                    "Fund \(fund.code) received nothing under the reference \(reference), or it was taken back (relief fund statement).",
                    "资金 \(fund.code) 没有参考号为 \(reference) 的到账，或已冲回（relief fund statement）。"),
                field: "reference")
        } catch let refusal as LedgerRefusal where [.exceedsCredits, .exceedsDebits].contains(refusal.reason) {
            let (free, needed) = (Fen(refusal.facts.available ?? 0), Fen(refusal.facts.needed ?? 0))
            throw Refusal.conflict(
                Phrase(
                    "Only \(free) yuan of fund \(fund.code) are neither held nor spent: the entry is of \(needed).",
                    "资金 \(fund.code) 未冻结、未支出的只有 \(free) 元：该笔入账为 \(needed) 元。"), field: "reference")
        }
        context.concerns(fund.code)
        context.note("reference", .string(reference))
        context.note("reason", .string(reason))
        return try await Funds.view(fund, in: context)
    }
}

extension Fund {
    /// The id of the entry by which money of a reference arrived: it is made from the reference, so that the books
    /// themselves refuse to take the same money in twice, and anew after each time that it was taken back.
    fileprivate func receipt(_ reference: String, after reversals: Int) -> UUID {
        UUID(derivedFrom: "receipt \(id) \(reference)" + (reversals == 0 ? "" : " after \(reversals)"))
    }

    fileprivate func reversals(of reference: String, in context: CommandContext) async throws -> Int {
        try await context.transaction.value(
            """
            SELECT count(*) FROM ledger.transfer WHERE debit = \(netAccount) AND kind = 'correction'
               AND code = \(BookCode.receiptReversed.rawValue) AND reference = \(reference)
            """)
    }
}

extension AllowItem: Executable {
    package func execute(in context: CommandContext) async throws -> FundView {
        let fund = try await Fund.find(fund, in: context)
        try await Funds.allow(
            FundItem(item: item, from: from, to: to, source: source), on: fund.netAccount, in: context)
        context.concerns(fund.code)
        context.note("item", .string(item))
        context.note("source", .string(source))
        return try await Funds.view(fund, in: context)
    }
}

extension Funds {
    static func allow(_ item: FundItem, on account: UUID, in context: CommandContext) async throws {
        guard (1...64).contains(item.item.length), item.item.trimmingWhitespace == item.item else {
            throw Refusal.invalid(
                Phrase(
                    "An item is named in 1 to 64 characters, like education.",
                    "支出项目名称应为 1 至 64 个字符，如 education。"), field: "item")
        }
        guard item.to.map({ item.from <= $0 }) ?? true else {
            throw Refusal.invalid(
                Phrase(
                    "The last day of \(item.item) comes before its first.",
                    "\(item.item) 的截止日早于起始日。"), field: "to")
        }
        guard (1...500).contains(item.source.trimmingWhitespace.length) else {
            throw Refusal.invalid(
                Phrase(
                    "Name the document that allows \(item.item).",
                    "请写明准许 \(item.item) 的依据文件。"), field: "source")
        }
        try await context.books.allow(
            id: UUID(), account: account, item: item.item, from: item.from, through: item.to,
            source: item.source.trimmingWhitespace)
    }

    /// All but the last four characters hidden.
    static func masked(_ account: String) -> String {
        String(repeating: "*", count: max(0, account.count - 4)) + account.suffix(4)
    }
}

extension UUID {
    /// The same id for the same text, for ever (SHA-256, version 8).
    init(derivedFrom text: String) {
        var bytes = Array(SHA256.hash(data: Array(text.utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        self = bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }
}

extension UInt8 {
    var isDigitOrLetter: Bool {
        (48...57).contains(self) || (65...90).contains(self) || (97...122).contains(self)
    }
}
