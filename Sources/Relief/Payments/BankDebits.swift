import FoundationEssentials
import WorkingDays

/// The debits of one payment that the bank's books told of. The same debit comes again and again: in the advice, in later
/// statements, under another reference of the bank's in each kind of message.
struct BankDebits: Sendable {
    private struct Told {
        var references: Set<String> = []
        /// Days of entries of earlier files, and of those among them that bore no reference.
        var days: Set<Day?> = []
        var unnamedDays: Set<Day?> = []
    }

    private var told: [BankMessage.Kind: Told] = [:]

    /// `isNew`: told of by the file that is being taken in.
    mutating func note(reference: String?, day: Day?, in kind: BankMessage.Kind, isNew: Bool) {
        if let reference { told[kind, default: Told()].references.insert(reference) }
        if isNew {
            told[kind] = told[kind] ?? Told()
        } else {
            told[kind, default: Told()].days.insert(day)
            if reference == nil { told[kind, default: Told()].unnamedDays.insert(day) }
        }
    }

    /// Whether a debit is none of those: money left a second time. Within one kind of message another entry bears another
    /// reference of the bank's; where it gives none, an entry of the same day is the same, unless one file has both. Between
    /// an advice and a statement references say nothing, and the day decides.
    func isAnother(reference: String?, day: Day?, in kind: BankMessage.Kind) -> Bool {
        if let known = told[kind] {
            if let reference {
                return !known.references.contains(reference) && !Self.holds(known.unnamedDays, day)
            }
            return !Self.holds(known.days, day)
        }
        return !told.isEmpty
            && !told.values.contains { known in
                reference.map(known.references.contains) ?? false || Self.holds(known.days, day)
            }
    }

    private static func holds(_ days: Set<Day?>, _ day: Day?) -> Bool {
        day == nil ? !days.isEmpty : days.contains(day)
    }
}
