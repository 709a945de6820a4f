import ArgumentParser
import BankFiles
import WorkingDays

/// What the simulated bank does with a payment.
enum Behaviour: Equatable, Codable {
    case book
    case reject(ReasonCode)
    case giveBack(ReasonCode, afterDays: Int)
    case silent
    case late(days: Int)
    case twice
    case partial
    case wrongAmount

    /// nil for words that are no behaviour.
    init?(_ words: [Substring]) {
        switch (words.first, words.count) {
        case ("book", 1): self = .book
        case ("reject", 2): self = .reject(ReasonCode(rawValue: String(words[1])))
        case ("return", 2): self = .giveBack(ReasonCode(rawValue: String(words[1])), afterDays: 0)
        case ("return", 4...5) where words[2] == "after" && (words.count == 4 || words[4].hasPrefix("day")):
            guard let days = Int(digits: words[3]) else { return nil }
            self = .giveBack(ReasonCode(rawValue: String(words[1])), afterDays: days)
        case ("silent", 1): self = .silent
        case ("late", 2):
            guard let days = Int(digits: words[1]), days > 0 else { return nil }
            self = .late(days: days)
        case ("twice", 1): self = .twice
        case ("partial", 1): self = .partial
        case ("wrong-amount", 1): self = .wrongAmount
        default: return nil
        }
    }
}

/// The rules of behaviour, in order; the first that fits a payment decides.
struct RuleBook {
    enum Match: Equatable {
        case account(suffix: String)
        case name(String)
        case reference(prefix: String)
        case share(percent: UInt64)
        case any
    }

    let rules: [(match: Match, behaviour: Behaviour)]

    init(rules: [(match: Match, behaviour: Behaviour)]) {
        self.rules = rules
    }

    /// Throws a `ValidationError` that names the line.
    init(text: String) throws {
        var rules: [(match: Match, behaviour: Behaviour)] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.prefix { $0 != "#" }
            let words = line.split(whereSeparator: \.isWhitespace)
            guard !words.isEmpty else { continue }
            guard let arrow = words.firstIndex(where: { $0 == "->" || $0 == "→" }),
                let match = Match(Array(words[..<arrow])),
                let behaviour = Behaviour(Array(words[(arrow + 1)...]))
            else { throw ValidationError("rules, line \(number + 1): “\(line)” is no rule.") }
            rules.append((match, behaviour))
        }
        self.rules = rules
    }

    func behaviour(for payment: CreditTransfer, seed: UInt64) -> Behaviour {
        rules.first { rule in
            switch rule.match {
            case .account(let suffix): payment.creditorAccount.hasSuffix(suffix)
            case .name(let name): payment.creditorName == name
            case .reference(let prefix): payment.endToEndID.hasPrefix(prefix)
            case .share(let percent): Self.lot(payment.endToEndID, seed: seed) % 100 < percent
            case .any: true
            }
        }?.behaviour ?? .book
    }

    /// The same lot for the same reference and seed, whatever the order: FNV-1a, mixed once more.
    private static func lot(_ reference: String, seed: UInt64) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ (seed &* 0x9e37_79b9_7f4a_7c15)
        for byte in reference.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ (hash >> 31)) &* 0xbf58_476d_1ce4_e5b9
        return hash ^ (hash >> 29)
    }
}

extension RuleBook.Match {
    init?(_ words: [Substring]) {
        switch (words.first, words.count) {
        case ("any", 1): self = .any
        case ("account", 2): self = .account(suffix: String(words[1]))
        case ("name", 2): self = .name(String(words[1]))
        case ("reference", 2): self = .reference(prefix: String(words[1]))
        case ("share", 2):
            guard let percent = UInt64(digits: words[1]), percent <= 100 else { return nil }
            self = .share(percent: percent)
        default: return nil
        }
    }
}
