/// The written form of an amount of renminbi in bank files: yuan with two decimals, exact, never through floating point.
package enum CNYAmount {
    /// The greatest amount ISO 20022 has room for: 18 digits, two of them decimals. In fen.
    package static let maximum: Int64 = 999_999_999_999_999_999

    /// 140950 fen → `1409.50`.
    package static func text(fen: Int64) -> String {
        let magnitude = fen.magnitude
        let cents = magnitude % 100
        return "\(fen < 0 ? "-" : "")\(magnitude / 100).\(cents < 10 ? "0" : "")\(cents)"
    }

    /// Fen from `1409`, `1409.5` or `1409.50`; nil for signs, spaces, exponents, bare points, parts of a fen or more than 18
    /// digits. ISO 20022 leaves room for five decimals: zeros beyond the second say nothing (`1409.50000`).
    package static func fen(_ text: some StringProtocol) -> Int64? {
        var whole: Int64 = 0
        var digits = 0
        var decimals: Int?
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0") where (2..<5).contains(decimals ?? 0): decimals = decimals.map { $0 + 1 }
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if whole > maximum / 10 { return nil }
                whole = whole * 10 + Int64(byte - UInt8(ascii: "0"))
                digits += 1
                if let count = decimals {
                    if count >= 2 { return nil }
                    decimals = count + 1
                }
            case UInt8(ascii: "."):
                if decimals != nil || digits == 0 { return nil }
                decimals = 0
            default: return nil
            }
        }
        guard digits > 0, decimals != 0 else { return nil }
        for _ in min(decimals ?? 0, 2)..<2 {
            if whole > maximum / 10 { return nil }
            whole *= 10
        }
        return whole
    }
}
