import FoundationEssentials
import WorkingDays

/// How accounts, entries and assertions are written in each journal format.
struct JournalPage {
    let format: Journal.Format
    let accounts: [Account]
    private let paths: [UUID: String]

    init(format: Journal.Format, accounts: [Account]) {
        self.format = format
        self.accounts = accounts
        paths = Dictionary(uniqueKeysWithValues: accounts.map { ($0.id, Self.path(of: $0)) })
    }

    /// The declarations: currency, accounts, and for beancount the Chinese names of its five roots.
    func head(ledger: String, first: Day) -> String {
        switch format {
        case .hledger:
            var text = "; \(Self.plain(ledger))\ncommodity 1000.00 CNY\n\n"
            for account in accounts {
                text += "account \(Self.path(of: account))  ; type:\(account.kind.hledgerType)\n"
            }
            return text + "\n"
        case .beancount:
            var text = "option \"title\" \(Self.quoted(ledger))\noption \"operating_currency\" \"CNY\"\n"
            for kind in Account.Kind.allCases {
                text += "option \"name_\(kind.beancountRoot)\" \"\(kind.journalRoot)\"\n"
            }
            text += "\n"
            for account in accounts {
                text += "\(first) open \(Self.path(of: account)) CNY\n"
            }
            return text + "\n"
        }
    }

    /// One posted entry: code or id, what it was, its tags, its two sides.
    func transaction(_ entry: Entry) -> String {
        let transfer = entry.transfer
        let id = transfer.id.uuidString.lowercased()
        var tags = [("seq", String(entry.seq)), ("kind", entry.kind.rawValue)]
        tags += [("item", transfer.item), ("reference", transfer.reference)].compactMap { tag, value in
            value.map { (tag, $0) }
        }
        tags += [("hold", entry.holdID), ("corrects", entry.correctsID)].compactMap { tag, value in
            value.map { (tag, $0.uuidString.lowercased()) }
        }
        var text = ""
        switch format {
        case .hledger:
            text += "\(entry.day) * (\(id)) \(Self.plain(transfer.code))\n"
            for (tag, value) in tags { text += "    ; \(tag):\(Self.plain(value))\n" }
        case .beancount:
            text += "\(entry.day) * \(Self.quoted(transfer.code))\n  id: \"\(id)\"\n"
            for (tag, value) in tags { text += "  \(tag): \(Self.quoted(value))\n" }
        }
        text += "    \(paths[transfer.debit] ?? id)  \(Self.yuan(transfer.amount)) CNY\n"
        text += "    \(paths[transfer.credit] ?? id)  \(Self.yuan(-transfer.amount)) CNY\n\n"
        return text
    }

    /// The balance of every account after the last entry, exact to the fen.
    func closing(day: Day) -> String {
        switch format {
        case .hledger:
            guard !accounts.isEmpty else { return "" }
            var text = "\(day) * (closing) 期末余额\n"
            for account in accounts {
                text += "    \(Self.path(of: account))  0.00 CNY = \(Self.yuan(account.balance.net)) CNY\n"
            }
            return text
        case .beancount:
            // An assertion of beancount holds for the beginning of its day; without "~ 0" it forgives a fen.
            return accounts.map { account in
                "\(day.adding(days: 1)) balance \(Self.path(of: account)) \(Self.yuan(account.balance.net)) ~ 0 CNY\n"
            }.joined()
        }
    }

    /// Root, code, name. The code, unique and of letters that both formats allow, is what tells accounts apart; it
    /// stands before the name because beancount wants a capital or a digit after the root.
    private static func path(of account: Account) -> String {
        let name = String(
            String.UnicodeScalarView(
                account.name.unicodeScalars.map { scalar in
                    let isPlain = !scalar.isASCII || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                    return isPlain && !scalar.properties.isWhitespace ? scalar : "-"
                }))
        return "\(account.kind.journalRoot):\(account.code):\(name)"
    }

    /// Text for a description, comment or tag of hledger: without the characters that would end it.
    private static func plain(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    scalar.value < 0x20 || scalar.value == 0x7F || ",;|".unicodeScalars.contains(scalar) ? " " : scalar
                }))
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { quoted += "\\" }
            quoted.unicodeScalars.append(scalar.value < 0x20 ? " " : scalar)
        }
        return quoted + "\""
    }

    /// Fen as yuan with two decimals.
    static func yuan(_ fen: Int64) -> String {
        let digits = fen.magnitude.quotientAndRemainder(dividingBy: 100)
        return "\(fen < 0 ? "-" : "")\(digits.quotient).\(digits.remainder < 10 ? "0" : "")\(digits.remainder)"
    }
}

extension Account.Kind {
    fileprivate var journalRoot: String {
        switch self {
        case .asset: "资产"
        case .liability: "负债"
        case .netAssets: "净资产"
        case .income: "收入"
        case .expense: "费用"
        }
    }

    fileprivate var hledgerType: String {
        switch self {
        case .asset: "A"
        case .liability: "L"
        case .netAssets: "E"
        case .income: "R"
        case .expense: "X"
        }
    }

    fileprivate var beancountRoot: String {
        switch self {
        case .asset: "assets"
        case .liability: "liabilities"
        case .netAssets: "equity"
        case .income: "income"
        case .expense: "expenses"
        }
    }
}
