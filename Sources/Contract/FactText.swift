extension JSONValue {
    /// Reads a fact as a person types it, who doesn't see the form: an amount ends with 元 (`50,000元`) and becomes fen; whole
    /// numbers, true and false are what they look like; nothing is null; all else is text.
    package init(fact text: String) {
        self =
            switch text {
            case "": .null
            case "true": true
            case "false": false
            default: Self.amount(text) ?? Self.number(text) ?? .string(text)
            }
    }

    private static func amount(_ text: String) -> JSONValue? {
        guard text.hasSuffix("元") else { return nil }
        return Fen(yuan: String(text.dropLast())).map { .int($0.rawValue) }
    }

    private static func number(_ text: String) -> JSONValue? {
        // A leading zero belongs to a code, not to a number.
        Int64(text).flatMap { String($0) == text ? .int($0) : nil }
    }
}
