import BankFiles
import WorkingDays

/// The simulated bank's books: everything it must remember over a restart.
struct BankState: Codable {
    /// One payment the bank knows, for ever.
    struct Payment: Codable {
        enum Stage: String, Codable, CaseIterable {
            case silent, waiting, booked, returned, rejected
        }

        var transfer: CreditTransfer
        var messageID: String
        var debtorAccount: String
        var bankReference: String
        var stage: Stage
        /// In fen, as booked.
        var bookedAmount: Int64
        /// Came in a 代发 file, whose answers are text.
        var isText: Bool
    }

    /// What falls due on a day.
    struct Pending: Codable {
        var day: Day
        var reference: String
        /// nil: book it; else return it for this reason.
        var returnReason: ReasonCode?
    }

    /// Counts files and references, so that none is named twice.
    var sequence = 0
    var messages: Set<String> = []
    var payments: [String: Payment] = [:]
    var pending: [Pending] = []
    /// The claimed file whose effects these books contain.
    var taken: String?
    /// Answers these books contain, in order; those still staged have to be delivered.
    var outgoing: [String] = []

    mutating func next() -> Int {
        sequence += 1
        return sequence
    }
}
