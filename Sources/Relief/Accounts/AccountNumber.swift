import BankFiles
import Contract

/// An account that money may go to, as given: its number without blanks and dashes.
struct AccountNumber: Sendable {
    let text: String
    let warnings: [String]

    /// 6 to 34 digits. A card whose check digit is wrong only warns; passbooks and corporate accounts have none.
    init(_ raw: String, kind: AccountKind, field: String? = "number") throws {
        let text = raw.filter { !$0.isWhitespace && $0 != "-" }
        guard (6...34).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else {
            throw Refusal.invalid(
                "An account number has 6 to 34 digits; look at the card or passbook again.", field: field)
        }
        self.text = text
        let isDoubtful = kind == .card && !CardNumber.hasValidCheckDigit(text)
        warnings = isDoubtful ? ["The card number's check digit is wrong: compare the card."] : []
    }

    /// Twelve digits of the branch, or none.
    static func branch(_ raw: String?, field: String? = "cnaps") throws -> String? {
        guard let text = raw?.filter({ !$0.isWhitespace }), !text.isEmpty else { return nil }
        guard text.utf8.count == 12, text.utf8.allSatisfy({ (48...57).contains($0) }) else {
            throw Refusal.invalid("A branch number (联行号) has twelve digits; ask the bank for it.", field: field)
        }
        return text
    }
}
