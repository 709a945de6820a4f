import ArgumentParser
import Contract
import Terminal

/// Reads an option of a verb by hand by the rule of those that are made.
func typed<Value: Written>(_ text: String) throws -> Value {
    guard let value = Value(written: text) else {
        let form = Value.written
        throw ValidationError(
            Phrase("“\(text)” isn't \(form.en).", "“\(text)”不是\(form.zh)。").shown)
    }
    return value
}
