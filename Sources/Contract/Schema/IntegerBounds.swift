import FoundationEssentials

/// The whole numbers that a field takes, by its name, which means the same in every operation: said in the API's
/// description and held to wherever a request is read, so that no column meets a number that it can't hold.
///
/// Amounts of money (`Fen`) have the bounds of their rule.
enum IntegerBounds {
    private static let known: [String: ClosedRange<Int64>] = [
        // Items of one part of a list.
        "limit": 1...500,
        "year": 2000...2200,
        // Of a programme.
        "version": 1...100_000,
        // Leaves of the audit log: a place, and the number before which to read.
        "index": 0...Int64.max,
        "before": 1...Int64.max,
        "job": 1...Int64.max,
        // Jobs of a queue at once.
        "running": 1...100_000,
        // By how much a demonstration's clock goes on.
        "days": 1...3_660,
        "workingDays": 1...2_000,
        // How long a token lasts.
        "expiresInDays": 1...366,
    ]

    /// nil: the field holds no counted number, or has none of its own.
    static func of(_ property: SchemaProperty) -> ClosedRange<Int64>? {
        property.schema == .integer(.int64) ? known[property.name] : nil
    }

    /// Refuses a number that its field doesn't take.
    static func require(_ number: Int64, in property: SchemaProperty) throws {
        guard let bounds = of(property), !bounds.contains(number) else { return }
        let span =
            bounds.upperBound == .max
            ? Phrase("must be \(bounds.lowerBound) or more", "应不小于 \(bounds.lowerBound)")
            : Phrase(
                "must be \(bounds.lowerBound) to \(bounds.upperBound)",
                "应为 \(bounds.lowerBound) 至 \(bounds.upperBound)")
        throw Refusal.invalid(
            Phrase("“\(property.name)” \(span.en), not \(number).", "“\(property.name)”\(span.zh)，而不是 \(number)。"),
            field: property.name)
    }

    /// Refuses such a number in a body. Only operations that have counted fields are read for it; none of them takes a file.
    static func require(_ properties: [SchemaProperty], in object: Data) throws {
        let counted = properties.filter { of($0) != nil }
        guard !counted.isEmpty, let value = try? JSON.decode(JSONValue.self, from: object) else { return }
        for property in counted {
            if case .int(let number) = value[property.name] { try require(number, in: property) }
        }
    }
}
