/// One of a few words: shown in the reader's language, kept and sent as its own name, and understood in all three forms.
package protocol Choice: Codable, CaseIterable, RawRepresentable, Written, Sendable where RawValue == String {
    var title: Phrase { get }
}

extension Choice {
    package init?(written text: String) {
        let word = text.lowercased()
        let found = Self.allCases.first {
            $0.rawValue.lowercased() == word || $0.title.zh == text || $0.title.en.lowercased() == word
        }
        guard let found else { return nil }
        self = found
    }

    /// By their own names.
    static var titles: [String: Phrase] {
        Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0.title) })
    }

    package static var written: Phrase {
        Phrase(
            "one of " + allCases.map(\.rawValue).joined(separator: ", "),
            "下列之一：" + allCases.map(\.title.zh).joined(separator: "、"))
    }
}
