extension Node: CustomStringConvertible {
    /// The node as CEL with the fewest parentheses; parsing it gives an equal node.
    package var description: String { text(atLeast: 0) }

    private func text(atLeast level: Int) -> String {
        let (text, own) = written
        return own < level ? "(\(text))" : text
    }

    /// The text, and how tightly its outermost operator binds (0 is `?:`, 6 unary, 7 member, 8 primary).
    private var written: (String, Int) {
        switch form {
        case .literal(let value): (value.description, value.isNumeric ? 6 : 8)
        case .name(let name): (name, 8)
        case .select(let operand, let field): (operand.text(atLeast: 7) + "." + Self.selector(field), 7)
        case .has(let operand, let field): ("has(\(operand.text(atLeast: 7)).\(Self.selector(field)))", 8)
        case .index(let operand, let index): ("\(operand.text(atLeast: 7))[\(index)]", 7)
        case .call(let name, let receiver, let arguments):
            ((receiver.map { $0.text(atLeast: 7) + "." } ?? "") + "\(name)(\(Self.joined(arguments)))", 7)
        case .not(let operand):
            if case .not = operand.form { ("!" + operand.description, 6) } else { ("!" + operand.text(atLeast: 7), 6) }
        case .negate(let operand):
            if case .negate = operand.form {
                ("-" + operand.description, 6)
            } else {
                ("-" + operand.text(atLeast: 7), 6)
            }
        case .binary(let symbol, let left, let right):
            (
                "\(left.text(atLeast: symbol.level)) \(symbol.rawValue) \(right.text(atLeast: symbol.level + 1))",
                symbol.level
            )
        case .and(let operands): (operands.map { $0.text(atLeast: 3) }.joined(separator: " && "), 2)
        case .or(let operands): (operands.map { $0.text(atLeast: 2) }.joined(separator: " || "), 1)
        case .conditional(let condition, let then, let otherwise):
            ("\(condition.text(atLeast: 1)) ? \(then.text(atLeast: 1)) : \(otherwise)", 0)
        case .list(let elements): ("[\(Self.joined(elements))]", 8)
        case .map(let entries): ("{\(entries.map { "\($0.key): \($0.value)" }.joined(separator: ", "))}", 8)
        case .record(let name, let fields):
            ("\(name){\(fields.map { "\(Self.selector($0.name)): \($0.value)" }.joined(separator: ", "))}", 8)
        case .macro(let macro, let range, let variable, let body):
            ("\(range.text(atLeast: 7)).\(macro.rawValue)(\(variable), \(Self.joined(body)))", 7)
        }
    }

    private static func joined(_ nodes: [Node]) -> String {
        nodes.map(\.description).joined(separator: ", ")
    }

    private static func selector(_ name: String) -> String {
        Lexer.isSelector(name) ? name : "`\(name)`"
    }
}
