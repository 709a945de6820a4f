/// Why a file for or from a bank was refused: what is wrong, in which payment, on which line.
package struct BankFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kind of fault, from which a bank's reason code follows.
    package enum Code: String, Sendable, CaseIterable {
        case unreadable, malformed, forbidden, tooLarge, wrongMessage
        case missing, invalid, amount, zeroAmount, currency, duplicate, count, sum, encoding
    }

    package let code: Code
    /// One sentence that a cashier understands.
    package let words: String
    /// The EndToEndId of the payment, or its place in the list (`#3`) where it has none.
    package internal(set) var payment: String?
    /// Counted from 1.
    package internal(set) var line: Int?

    package init(_ code: Code, _ words: String, payment: String? = nil, line: Int? = nil) {
        self.code = code
        self.words = words
        self.payment = payment
        self.line = line
    }

    package var description: String {
        var text = ""
        if let line { text += "line \(line): " }
        if let payment { text += "payment \(payment): " }
        return text + words
    }

    /// The reason a bank gives when it refuses a file for this (ISO 20022 external status reason codes).
    package var reason: ReasonCode {
        switch code {
        case .unreadable, .malformed, .forbidden, .tooLarge, .wrongMessage, .missing, .invalid, .encoding: "FF01"
        case .amount: "AM12"
        case .zeroAmount: "AM01"
        case .currency: "AM11"
        case .duplicate: "DU04"
        case .count: "AM18"
        case .sum: "AM10"
        }
    }

    func at(line: Int) -> BankFileError {
        var copy = self
        copy.line = self.line ?? line
        return copy
    }
}
