import BankFiles
import Contract
import WorkingDays

/// An account that money may go to, as given: its number without blanks and dashes.
struct AccountNumber: Sendable {
    let text: String
    /// What of the number itself is doubtful.
    let doubts: [AccountDoubt]

    /// 6 to 34 digits. A number that may be right is taken with its doubts: banks give passbooks and corporate accounts
    /// numbers of any length, without check digits.
    init(_ raw: String, kind: AccountKind, field: String? = "number") throws {
        let text = NumberText.cleaned(raw)
        if NumberText.isScientific(text) {
            throw Refusal.invalid(NumberText.rounded(Phrase("account number", "账号")), field: field)
        }
        guard (6...34).contains(text.utf8.count), text.isDigits else {
            throw Refusal.invalid(
                Phrase(
                    "An account number must have 6 to 34 digits; look at the card or passbook again.",
                    "账号应为 6 至 34 位数字；请核对银行卡或存折。"), field: field)
        }
        self.text = text
        doubts = Self.doubts(text, kind)
    }

    private static func doubts(_ text: String, _ kind: AccountKind) -> [AccountDoubt] {
        var doubts: [AccountDoubt] = []
        let isCardLong = (16...19).contains(text.utf8.count)
        if kind == .card, !isCardLong { doubts.append(.cardLength) }
        if kind == .card, isCardLong, !CardNumber.hasValidCheckDigit(text) { doubts.append(.checkDigit) }
        if NumberText.isRounded(text) { doubts.append(.rounded) }
        // 62 begins the cards of China UnionPay (ISO/IEC 7812).
        if kind == .passbook, text.hasPrefix("62"), text.utf8.count < 16 { doubts.append(.cut) }
        return doubts
    }

    /// What a number is where nobody says it: as long as a card's, a card.
    static func kind(of raw: String) -> AccountKind {
        NumberText.cleaned(raw).utf8.count >= 16 ? .card : .passbook
    }

    /// Twelve digits of the branch, or none.
    static func branch(_ raw: String?, field: String? = "cnaps") throws -> String? {
        guard let text = raw.map({ NumberText.cleaned($0) }), !text.isEmpty else { return nil }
        guard text.utf8.count == 12, text.isDigits else {
            throw Refusal.invalid(
                Phrase("A branch number (联行号) must have twelve digits; ask the bank for it.", "联行号应为 12 位数字；请向银行查询。"),
                field: field)
        }
        return text
    }
}
