import Contract
import Postgres
package import WorkingDays

/// A resident identity number (公民身份号码, GB 11643-1999) of 18 characters; also residence permits and permanent residence
/// cards of 18 digits, which are built alike.
///
/// The area code isn't checked: codes of abolished counties stay valid.
package struct IdentityNumber: Sendable, Hashable {
    /// 17 digits and a check character, `X` upper case.
    package let text: String
    package let birthDay: Day
    package let isMale: Bool

    /// Reads a number as people write it: blanks, a small x, or the 15 digits of before 1999, which become 18. Throws a
    /// `Refusal` that says what is wrong without quoting the number.
    package init(_ raw: String, field: String? = "idNumber") throws {
        var text = NumberText.cleaned(raw).uppercased()
        if NumberText.isScientific(text) { throw Self.rounded(field) }
        if text.utf8.count == 15, text.utf8.allSatisfy(Self.isDigit) {
            // Of the old form nobody born in 1919 or 1920 is left to ask, and every new number has 19 or 20 there.
            guard !["19", "20"].contains(text.dropFirst(6).prefix(2)) else {
                throw Refusal.invalid(
                    Phrase(
                        "These are the first 15 of an identity number's 18 characters: the others were cut off; look at the card again.",
                        "这是18位身份证号的前15位，后3位缺失；请核对证件。"), field: field)
            }
            let body = "\(text.prefix(6))19\(text.dropFirst(6))"
            text = body + String(Self.checkCharacter(of: body))
        }
        guard text.utf8.count == 18, text.utf8.dropLast().allSatisfy(Self.isDigit),
            text.utf8.last.map({ Self.isDigit($0) || $0 == UInt8(ascii: "X") }) == true
        else {
            throw Refusal.invalid(
                Phrase(
                    "An identity number must have 17 digits and a check character (0–9 or X); look at the card again.",
                    "身份证号应为 17 位数字加 1 位校验码（0–9 或 X）；请核对证件。"), field: field)
        }
        let digits = Array(text)
        guard let year = Int(digits: String(digits[6..<10])), let month = Int(digits: String(digits[10..<12])),
            let day = Int(digits: String(digits[12..<14])), let birthDay = Day(year: year, month: month, day: day)
        else {
            throw Refusal.invalid(
                Phrase(
                    "The birth date in the identity number is not a day; look at the card again.",
                    "身份证号中的出生日期不存在；请核对证件。"), field: field)
        }
        guard digits[17] == Self.checkCharacter(of: String(digits.dropLast())) else {
            if NumberText.isRounded(text) { throw Self.rounded(field) }
            throw Refusal.invalid(
                Phrase(
                    "The check character of the identity number is wrong: a digit was mistyped; look at the card again.",
                    "身份证号校验码不对，有数字录错；请核对证件。"), field: field)
        }
        self.text = text
        self.birthDay = birthDay
        isMale = (Int(String(digits[16])) ?? 0) % 2 == 1
    }

    /// The area and the year of birth: 365 days and 1,000 numbers of a day are left to whoever knows the county.
    package var masked: String { text.prefix(10) + String(repeating: "*", count: 8) }
    package var sex: String { isMale ? "male" : "female" }

    /// As it is kept in a row of `relief.person` with its `id` and `id_number`; nil once erased. What the number tells (the
    /// day of birth, the sex) stands nowhere else.
    init?(_ row: Row, _ vault: Vault) throws {
        guard let sealed: [UInt8] = try row["id_number"] else { return nil }
        try self.init(vault.open(sealed, .idNumber, row: row["id"]))
    }

    private static func rounded(_ field: String?) -> Refusal {
        .invalid(NumberText.rounded(Phrase("identity number", "身份证号")), field: field)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    private static func checkCharacter(of body: String) -> Character {
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
        let sum = zip(body.utf8, weights).reduce(0) { $0 + (Int($1.0) - 48) * $1.1 }
        return Array("10X98765432")[sum % 11]
    }
}

/// What a view shows of a personal number.
package enum Mask {
    /// What was typed as an identity number and is none: no more than the area of it.
    package static func identity(_ text: String) -> String {
        guard text.count > 6 else { return String(repeating: "*", count: text.count) }
        return text.prefix(6) + String(repeating: "*", count: text.count - 6)
    }

    /// Of a phone number the 3 first and 4 last digits: `138****1234` leaves 10,000 numbers.
    package static func phone(_ text: String) -> String {
        guard text.count > 7 else { return String(repeating: "*", count: text.count) }
        return text.prefix(3) + String(repeating: "*", count: text.count - 7) + text.suffix(4)
    }

    /// The 4 last digits of an account: `************2890`.
    package static func account(_ text: String) -> String {
        guard text.count > 4 else { return String(repeating: "*", count: text.count) }
        return String(repeating: "*", count: text.count - 4) + text.suffix(4)
    }
}
