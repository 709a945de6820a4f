import CEL
import Contract

/// The texts of a pack's expressions whose values are amounts, so that explanations show them in yuan: what is read as an
/// amount, and what is reckoned from amounts alone.
struct AmountTexts: Sendable {
    private var texts: Set<String>

    init(_ pack: Pack, parameters: [String: ParameterUsed]) {
        texts = ["aid_this_year"]
        for fact in pack.facts where fact.kind == .fen { texts.insert("facts.\(fact.name)") }
        for (name, used) in parameters where used.kind == .money { texts.insert("parameter.\(name)") }
        for named in pack.expressions.lets where isAmount(named.expression.syntax, of: named.expression) {
            texts.insert(named.name)
        }
        let others = pack.rules.map(\.when) + [pack.expressions.amount].compactMap(\.self)
        for expression in others { _ = isAmount(expression.syntax, of: expression) }
    }

    /// For `Trace.explanation`: yuan where the text's value is an amount.
    func rendering(_ source: String, _ value: String) -> String? {
        guard texts.contains(source), let fen = Int64(value) else { return nil }
        return "\(Fen(fen))元"
    }

    /// A factor such as 80 or 100 is one of a comparison by shares: what comes out is no amount that anybody has.
    private static func isShare(_ node: Node) -> Bool {
        if case .literal(.int(let number)) = node.form { number > 36 } else { false }
    }

    /// Whether a node's value is an amount; notes its text and those of its parts that are.
    private mutating func isAmount(_ node: Node, of expression: Expression) -> Bool {
        let parts = node.form.children.map { isAmount($0, of: expression) }
        let holds: Bool =
            switch node.form {
            case .name, .select: texts.contains(node.path?.joined(separator: ".") ?? "")
            case .index(let operand, _): operand.path == ["fees"]
            case .binary(.add, _, _), .binary(.subtract, _, _): parts.contains(true)
            case .binary(.multiply, let left, let right):
                parts.count { $0 } == 1 && !Self.isShare(left) && !Self.isShare(right)
            case .binary(.divide, _, _): parts == [true, false]
            case .conditional: parts.dropFirst().contains(true)
            case .call("min", _, _), .call("max", _, _): parts.contains(true)
            case .negate: parts == [true]
            default: false
            }
        if holds { texts.insert(expression.source(of: node)) }
        return holds
    }
}
