import Contract

/// What a person writes down of what was seen or heard.
enum Prose {
    /// Characters that a text has at most: what is longer is a paper, and belongs to the evidence.
    static let longest = 4_000

    /// The cleaned text. Refuses one that says nothing, or is too long.
    static func checked(_ text: String, field: String) throws -> String {
        let cleaned = FreeText.cleaned(text)
        guard (1...longest).contains(cleaned.length) else {
            throw Refusal.invalid(
                Phrase("Write it down, in at most \(longest) characters.", "请写明，不超过 \(longest) 字。"), field: field)
        }
        return cleaned
    }
}
