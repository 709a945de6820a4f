import BankFiles

/// A number of a person that stands in a text in disguise: with dots, blanks or dashes between, in full-width digits or in
/// Chinese numerals.
enum HiddenNumber {
    /// Whether an identity number, a mobile or a card can be read out of the text. Days, times and amounts side by side are
    /// none: a mobile or card begins and ends where digits that were written together do.
    static func isIn(_ text: String) -> Bool {
        sequences(of: text).contains { groups in
            let joined = groups.joined()
            return holdsIdentity(joined) || spans(of: groups).contains { isMobile($0) || isCard($0) }
        }
    }

    /// Groups of digits that at most two marks stand between, sequence by sequence.
    private static func sequences(of text: String) -> [[String]] {
        var (all, groups, group, gap): ([[String]], [String], String, Int) = ([], [], "", 0)
        func ended() {
            if !group.isEmpty { groups.append(group) }
            group = ""
        }
        for character in text {
            if let digit = digit(character) {
                group.append(digit)
                gap = 0
                continue
            }
            ended()
            gap += 1
            let isMark = !character.isLetter
            if !isMark || gap > 2 {
                if !groups.isEmpty { all.append(groups) }
                groups = []
            }
        }
        ended()
        return groups.isEmpty ? all : all + [groups]
    }

    private static func digit(_ character: Character) -> Character? {
        if let place = "〇一二三四五六七八九".firstIndex(of: character) {
            return Character(String("〇一二三四五六七八九".distance(from: "〇".startIndex, to: place)))
        }
        if character == "零" { return "0" }
        if ["x", "X", "ｘ", "Ｘ"].contains(character) { return "X" }
        return character.wholeNumberValue.flatMap { (0...9).contains($0) ? Character(String($0)) : nil }
    }

    private static func holdsIdentity(_ digits: String) -> Bool {
        let digits = Array(digits)
        guard digits.count >= 18 else { return false }
        return (0...(digits.count - 18)).contains { (try? IdentityNumber(String(digits[$0..<($0 + 18)]))) != nil }
    }

    /// Neighbouring groups, written together.
    private static func spans(of groups: [String]) -> [String] {
        groups.indices.flatMap { first in
            groups[first...].indices.map { groups[first...$0].joined() }.prefix { $0.utf8.count <= 24 }
        }
    }

    private static func isMobile(_ digits: String) -> Bool { digits.wholeMatch(of: /1[3-9][0-9]{9}/) != nil }

    /// Cards begin with 3 to 6 or 9 (ISO/IEC 7812); years don't.
    private static func isCard(_ digits: String) -> Bool {
        "34569".contains(digits.prefix(1)) && CardNumber.hasValidCheckDigit(digits)
    }
}
