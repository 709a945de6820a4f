import Contract

/// What a person writes down of what was seen or heard.
enum Prose {
    /// Characters that a text has at most: what is longer is a paper, and belongs to the evidence.
    static let longest = 4_000

    /// The trimmed text. Refuses one that says nothing, or is too long.
    static func checked(_ text: String, field: String) throws -> String {
        let trimmed = text.trimmingWhitespace
        guard (1...longest).contains(trimmed.count) else {
            throw Refusal.invalid("Write it down, in at most \(longest) characters.", field: field)
        }
        return trimmed
    }
}
