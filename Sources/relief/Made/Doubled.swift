import ArgumentParser
import Contract
import FoundationEssentials
import Terminal

/// An option that takes one value, given twice: the parser takes the last one without a word, and nobody knows which was
/// meant.
enum Doubled {
    /// Refuses it as a command line that can't be read. Which options take one value is known from the commands themselves:
    /// others may be repeated, and a flag says the same twice.
    static func refuse(_ arguments: [String]) throws {
        var seen: Set<String> = []
        let options = arguments.prefix { $0 != "--" }.filter { $0.hasPrefix("--") }.map(name)
        for name in options where !seen.insert(name).inserted && singular.contains(name) {
            throw ValidationError(
                Phrase(
                    "“--\(name)” is given twice; give it once, with the value that is meant.",
                    "“--\(name)”给了两次；请只给一次，写要用的那个值。"
                ).shown)
        }
    }

    /// `--amount=100` is `amount`.
    private static func name(_ option: String) -> String { String(option.dropFirst(2).prefix { $0 != "=" }) }

    /// Read only where something stands twice: the description of all commands is long.
    private static let singular: Set<String> = {
        guard let tree = try? JSON.decode(JSONValue.self, from: Data(Relief._dumpHelp().utf8)) else { return [] }
        return names(tree, repeating: false).subtracting(names(tree, repeating: true))
    }()

    private static func names(_ value: JSONValue, repeating: Bool) -> Set<String> {
        switch value {
        case .array(let values): return values.reduce(into: []) { $0.formUnion(names($1, repeating: repeating)) }
        case .object(let fields):
            let inner = fields.values.reduce(into: Set<String>()) { $0.formUnion(names($1, repeating: repeating)) }
            guard fields["kind"] == "option", fields["isRepeating"] == .bool(repeating),
                case .array(let own)? = fields["names"]
            else { return inner }
            return inner.union(own.compactMap { if case .string(let name)? = $0["name"] { name } else { nil } })
        case .null, .bool, .int, .string: return []
        }
    }
}
