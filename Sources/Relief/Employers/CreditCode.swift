import Contract

/// A unified social credit code (统一社会信用代码, GB 32100-2015): 18 characters without I, O, S, V, Z.
struct CreditCode: Sendable, Hashable {
    let text: String
    /// Codes in use are known whose check character fails, so that a failing one only warns.
    let hasRightCheckCharacter: Bool

    private static let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY")

    init(_ raw: String, field: String? = "uscc") throws {
        let text = NumberText.cleaned(raw).uppercased()
        let places = text.compactMap(Self.alphabet.firstIndex(of:))
        guard text.count == 18, places.count == 18 else {
            throw Refusal.invalid(
                Phrase(
                    "A unified social credit code must have 18 digits and capital letters without I, O, S, V, Z; “\(text)” has not.",
                    "统一社会信用代码应为 18 位数字和大写字母（不含 I、O、S、V、Z）；“\(text)”不是。"), field: field)
        }
        var (sum, weight) = (0, 1)
        for place in places.dropLast() {
            sum += place * weight
            weight = weight * 3 % 31
        }
        self.text = text
        hasRightCheckCharacter = places[17] == (31 - sum % 31) % 31
    }

    var warnings: [String] {
        hasRightCheckCharacter ? [] : ["The check character of \(text) is wrong: compare the business licence."]
    }
}
