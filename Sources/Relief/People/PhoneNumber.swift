import Contract
import WorkingDays

/// A Chinese phone number in its one form: `13897101234`, `09716123456`.
struct PhoneNumber: Sendable, Hashable {
    let text: String

    /// Reads a mobile or a landline with its area code; blanks, dashes and +86 are dropped. Throws a `Refusal` that doesn't
    /// quote the number.
    init(_ raw: String, field: String? = "phone") throws {
        var text = NumberText.cleaned(raw).filter { $0 != "(" && $0 != ")" }
        if text.hasPrefix("+86") { text.removeFirst(3) }
        let bytes = Array(text.utf8)
        let isMobile = bytes.count == 11 && text.hasPrefix("1") && bytes[1] >= UInt8(ascii: "3")
        let isLandline = (10...12).contains(bytes.count) && text.hasPrefix("0")
        guard text.isDigits, isMobile || isLandline else {
            throw Refusal.invalid(
                NumberText.isScientific(text)
                    ? NumberText.rounded(Phrase("phone number", "电话号码"))
                    : Phrase(
                        "A phone number must be a mobile of 11 digits, or a landline with its area code (0971-6123456).",
                        "电话号码应为 11 位手机号，或带区号的固定电话（0971-6123456）。"), field: field)
        }
        self.text = text
    }

    var masked: String { Mask.phone(text) }
}
