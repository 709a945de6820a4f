/// A sentence that a person can see, in both languages, written side by side where it is said, with the same values in
/// both. Which one is shown is chosen when it is shown; what is kept keeps both.
package struct Phrase: Codable, Sendable, Hashable {
    package let en: String
    package let zh: String

    package init(_ english: String, _ chinese: String) {
        (en, zh) = (english, chinese)
    }

    /// What is a value and no sentence, or came in one language from elsewhere: it is shown as it is in both.
    package init(asGiven text: String) {
        self.init(text, text)
    }

    /// With another sentence after it, where there is one.
    package func adding(_ other: Phrase?) -> Phrase {
        other.map { Phrase("\(en); \($0.en)", "\(zh)；\($0.zh)") } ?? self
    }

    package func text(in language: Language) -> String {
        switch language {
        case .english: en
        case .chinese: zh
        }
    }
}

extension Sequence<Phrase> {
    /// One after the other, as sentences or the members of a list.
    package func joined(_ english: String = " ", _ chinese: String = "") -> Phrase {
        let phrases = Array(self)
        return Phrase(
            phrases.map(\.en).joined(separator: english), phrases.map(\.zh).joined(separator: chinese))
    }
}
