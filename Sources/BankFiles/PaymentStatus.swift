/// Where a payment stands at the bank, as pain.002 says it; a code not known here is kept as it came.
package struct PaymentStatus: RawRepresentable, Hashable, Sendable, Codable, ExpressibleByStringLiteral,
    CustomStringConvertible
{
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package init(stringLiteral value: String) {
        self.rawValue = value
    }

    /// What a status lets the payer conclude about one payment.
    package enum Standing: String, Sendable {
        /// The bank has it and it may still fail; the payee has no money yet.
        case underway
        /// The payee's account was credited.
        case credited
        /// It will not be paid.
        case refused
        /// Nothing may be concluded: an unknown code, or one that holds for a group only.
        case unknown
    }

    /// ACSC counts as underway: it says that the debtor's side is settled, not that the payee has the money.
    package var standing: Standing {
        switch rawValue {
        case "RCVD", "ACTC", "ACCP", "ACFC", "ACSP", "ACWC", "ACSC", "ACWP", "PATC", "PDNG", "BLCK": .underway
        case "ACCC": .credited
        case "RJCT", "CANC": .refused
        default: .unknown
        }
    }

    package var description: String { rawValue }
}
