import Foundation

/// Made-up people, employers and cards with right check digits; the same seed makes the same ones. None is real: the area
/// codes are, the rest is drawn.
struct Synthetic {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// SplitMix64.
    mutating func next(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }

    mutating func digits(_ count: Int) -> String {
        (0..<count).map { _ in String(next(10)) }.joined()
    }

    /// A resident identity number of a grown person, born 1955 to 2007.
    mutating func idNumber() -> String {
        let area = ["630102", "630103", "630104", "630105", "632123", "620102"][next(6)]
        let birth = "\(1955 + next(53))" + padded(1 + next(12)) + padded(1 + next(28))
        let body = area + birth + digits(3)
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
        let sum = zip(body.utf8, weights).reduce(0) { $0 + (Int($1.0) - 48) * $1.1 }
        return body + String(Array("10X98765432")[sum % 11])
    }

    mutating func phone() -> String {
        "1\(3 + next(7))" + digits(9)
    }

    /// A debit card of 19 digits.
    mutating func card() -> String {
        let body = "622848" + digits(12)
        let sum = body.utf8.reversed().enumerated().reduce(0) { sum, place in
            let digit = Int(place.element) - 48
            let doubled = place.offset.isMultiple(of: 2) ? digit * 2 : digit
            return sum + (doubled > 9 ? doubled - 9 : doubled)
        }
        return body + String((10 - sum % 10) % 10)
    }

    /// A unified social credit code of an enterprise.
    mutating func uscc() -> String {
        let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY")
        let body = Array("91630100" + (0..<9).map { _ in String(alphabet[next(31)]) }.joined())
        var (sum, weight) = (0, 1)
        for character in body {
            sum += (alphabet.firstIndex(of: character) ?? 0) * weight
            weight = weight * 3 % 31
        }
        return String(body) + String(alphabet[(31 - sum % 31) % 31])
    }

    mutating func name() -> String {
        let family = ["马", "韩", "祁", "冶", "李", "王", "扎西", "才让"][next(8)]
        let given = ["秀英", "国强", "海燕", "玉兰", "建军", "卓玛", "文祥", "桂芳", "晓明", "春花"][next(10)]
        return family + given
    }

    private func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
}
