/// An amount of money in fen (0.01 yuan). Codable as an integer; never a floating-point number.
package struct Fen: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: Int64

    package init(_ rawValue: Int64) {
        self.rawValue = rawValue
    }

    package static let zero = Fen(0)

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
