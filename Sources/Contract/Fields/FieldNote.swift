/// What a person is told of a field of an operation, and how they give it where values are typed: at the command line, in a
/// form.
package struct FieldNote: Sendable {
    /// How a field is given.
    package enum Entry: Sendable {
        case typed
        /// A number that should stand in no list of processes and no history: `-` reads it from the standard input.
        case secret
        /// Given, or not; without a value.
        case flag
        /// The name of a file, whose bytes (or text) are the value.
        case file
        /// The name of the file that another field takes.
        case fileName
        /// The media type of that file, told by its name where it isn't given.
        case mediaType
        /// Not typed: whoever shows what is signed says it.
        case told
    }

    package let text: Phrase
    /// What the option is called where that isn't the field's name: `member` of `members`, which can be given several times.
    package let name: String?
    package let entry: Entry
    /// What is taken where a field that must be there isn't typed.
    package let usual: String?

    package init(
        _ english: String, _ chinese: String, name: String? = nil, entry: Entry = .typed, usual: String? = nil
    ) {
        text = Phrase(english, chinese)
        self.name = name
        self.entry = entry
        self.usual = usual
    }
}

extension Operation {
    /// What is said of a field: by the operation itself, or by the glossary. A test holds that there is a note for each.
    package static func note(of field: String) -> FieldNote? { fields[field] ?? FieldGlossary.notes[field] }
}
