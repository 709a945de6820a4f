import Contract

/// Collects what is wrong with a form, so that all of it is said at once.
struct Problems {
    private(set) var refusals: [Refusal] = []

    /// The value, or nil where it was refused.
    mutating func collect<Value>(_ body: () throws -> Value) rethrows -> Value? {
        do {
            return try body()
        } catch let refusal as Refusal {
            refusals.append(refusal)
            return nil
        }
    }

    mutating func add(_ phrase: Phrase, field: String) {
        refusals.append(.invalid(phrase, field: field))
    }

    /// Throws the first with the others as its details.
    func throwAny() throws {
        guard var first = refusals.first else { return }
        if refusals.count > 1 { first.particulars = refusals.map(\.phrase) }
        throw first
    }
}
