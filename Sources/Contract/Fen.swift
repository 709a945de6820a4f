/// An amount of money in fen (0.01 yuan). Codable as an integer; never a floating-point number.
package struct Fen: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: Int64

    package init(_ rawValue: Int64) {
        self.rawValue = rawValue
    }

    package static let zero = Fen(0)

    /// Reads yuan as people write them: `6430`, `6,430.00`, `-12.5`, `￥99`; nil for anything else, as for a third decimal
    /// or a comma in the wrong place.
    package init?(yuan text: String) {
        var rest = Substring(text)
        let negative = rest.first == "-"
        if negative { rest = rest.dropFirst() }
        if rest.first == "¥" || rest.first == "￥" { rest = rest.dropFirst() }
        let parts = rest.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let yuan = Self.whole(parts[0]) else { return nil }
        var fen: Int64 = 0
        if parts.count == 2 {
            guard (1...2).contains(parts[1].utf8.count), let digits = Self.digits(parts[1]) else { return nil }
            fen = parts[1].utf8.count == 1 ? digits * 10 : digits
        }
        let (product, tooLarge) = yuan.multipliedReportingOverflow(by: 100)
        let (sum, overflow) = product.addingReportingOverflow(fen)
        guard !tooLarge, !overflow else { return nil }
        self.init(negative ? -sum : sum)
    }

    private static func whole(_ text: Substring) -> Int64? {
        let groups = text.split(separator: ",", omittingEmptySubsequences: false)
        guard groups.count > 1 else { return digits(text) }
        guard (1...3).contains(groups[0].utf8.count), groups.dropFirst().allSatisfy({ $0.utf8.count == 3 }) else {
            return nil
        }
        return digits(Substring(groups.joined()))
    }

    private static func digits(_ text: Substring) -> Int64? {
        guard text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int64(text)
    }

    /// Yuan with thousands and two decimals: `6,430.00`.
    package var description: String {
        let magnitude = rawValue.magnitude
        var yuan = String(magnitude / 100)
        var index = yuan.endIndex
        while let next = yuan.index(index, offsetBy: -3, limitedBy: yuan.startIndex), next != yuan.startIndex {
            yuan.insert(",", at: next)
            index = next
        }
        let fen = magnitude % 100
        return "\(rawValue < 0 ? "-" : "")\(yuan).\(fen < 10 ? "0" : "")\(fen)"
    }

    package static func < (left: Fen, right: Fen) -> Bool { left.rawValue < right.rawValue }
    package static func + (left: Fen, right: Fen) -> Fen { Fen(left.rawValue + right.rawValue) }
    package static func - (left: Fen, right: Fen) -> Fen { Fen(left.rawValue - right.rawValue) }
    package static func += (left: inout Fen, right: Fen) { left = left + right }
    package static prefix func - (amount: Fen) -> Fen { Fen(-amount.rawValue) }
}

extension Fen: Codable {
    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(Int64.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
