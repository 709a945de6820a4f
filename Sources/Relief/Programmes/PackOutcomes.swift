import CEL
import Contract

/// What the expressions of a pack that choose among few values can come to: levels of an archive, numbers of instalments.
struct PackOutcomes {
    /// The `let`s by name: an outcome may be one of theirs.
    let lets: [String: Expression]

    /// Levels that there aren't, and texts that may be none.
    func faults(ofLevel level: Expression) -> [PackReview.Doubt] {
        let names = ArchiveLevel.allCases.map(\.rawValue)
        return outcomes(level.syntax).compactMap { node in
            if case .literal(.string(let text)) = node.form, names.contains(text) { return nil }
            let list = names.joined(separator: ", ")
            return PackReview.Doubt(
                place: node.place,
                why: Phrase("the level of an archive must be one of \(list)", "档案级别应为 \(list) 之一"))
        }
    }

    /// Numbers of instalments that can't be paid, and answers that may be one.
    func faults(ofCount count: Expression) -> [PackReview.Doubt] {
        outcomes(count.syntax).filter { !isBounded($0) }.map { node in
            PackReview.Doubt(
                place: node.place,
                why: Phrase(
                    "the number of instalments must be 1 to \(Pack.mostParts): bound it, as in min(max(1, …), \(Pack.mostParts))",
                    "期数应为1至\(Pack.mostParts)：请加以限制，如 min(max(1, …), \(Pack.mostParts))"))
        }
    }

    /// The nodes that a value can come from.
    private func outcomes(_ node: Node) -> [Node] {
        switch node.form {
        case .conditional(_, let then, let otherwise): return outcomes(then) + outcomes(otherwise)
        case .name(let name):
            guard let named = lets[name] else { return [node] }
            // Told at the name: the `let` has a line of its own.
            return outcomes(named.syntax).map { Node($0.form, at: node.place, type: $0.type) }
        default: return [node]
        }
    }

    private func isBounded(_ node: Node) -> Bool {
        switch node.form {
        case .literal(.int(let number)): (1...Pack.mostParts).contains(number)
        case .call(let name, _, let arguments) where ["min", "max"].contains(name):
            arguments.contains(where: isLiteral) && arguments.contains { isBoundCall($0, not: name) }
        default: false
        }
    }

    private func isBoundCall(_ node: Node, not outer: String) -> Bool {
        guard case .call(let name, _, let arguments) = node.form, name != outer, ["min", "max"].contains(name) else {
            return false
        }
        return arguments.contains { isLiteral($0) }
    }

    private func isLiteral(_ node: Node) -> Bool {
        if case .literal(.int(let number)) = node.form { (1...Pack.mostParts).contains(number) } else { false }
    }
}
