import WorkingDays

/// A language in which sentences are shown.
package enum Language: String, Codable, CaseIterable, Sendable {
    case english = "en"
    case chinese = "zh"

    /// The language of a tag such as `zh`, `zh-CN` or `zh_CN.UTF-8`; English for every other than Chinese.
    package init(tag: some StringProtocol) {
        self = tag.lowercased().hasPrefix("zh") ? .chinese : .english
    }

    /// The one that a process is asked to speak: the first that is set of LC_ALL, LC_MESSAGES and LANG, as POSIX has it.
    package init(environment: [String: String]) {
        let set = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        self = set.map { Language(tag: $0) } ?? .english
    }

    /// The one that an `Accept-Language` header likes best (RFC 9110, 12.5.4): of equals the first; English where it says
    /// nothing of either.
    package init(accepting header: String) {
        let wanted = header.split(separator: ",").compactMap { part -> (language: Language, weight: Int)? in
            let pieces = part.split(separator: ";").map(\.trimmingWhitespace)
            guard let tag = pieces.first?.lowercased(), tag.hasPrefix("zh") || tag.hasPrefix("en") else { return nil }
            let weight = pieces.dropFirst().first { $0.hasPrefix("q=") }.map { Self.weight($0.dropFirst(2)) } ?? 1_000
            return (Language(tag: tag), weight)
        }
        let best = wanted.map(\.weight).max()
        self = wanted.first { $0.weight == best && $0.weight > 0 }?.language ?? .english
    }

    /// `0.8` as 800; what can't be read counts as nothing.
    private static func weight(_ text: Substring) -> Int {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard let whole = parts.first.flatMap({ Int(digits: $0) }), (0...1).contains(whole) else { return 0 }
        let decimals = parts.count > 1 ? String(parts[1].prefix(3)) : ""
        let padded = decimals + String(repeating: "0", count: 3 - decimals.count)
        return min(1_000, whole * 1_000 + (Int(digits: padded) ?? 0))
    }
}
