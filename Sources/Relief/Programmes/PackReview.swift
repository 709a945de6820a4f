import CEL
import Contract

/// Reads what a pack's expressions may come to without any case: where they read what may not be there, or reckon what may
/// have no value. Such a case can't be judged, so that its author should see it before a clerk does.
struct PackReview {
    /// A place that may have no value, and what to write.
    struct Doubt {
        let place: Place
        let why: Phrase
    }

    let facts: [FactDefinition]
    let subject: Pack.Subject?

    func doubts(of expression: Expression) -> [Doubt] {
        walk(expression.syntax, known: [])
    }

    /// `known` are conditions that hold where the node is reached: texts of what was asked before.
    private func walk(_ node: Node, known: Set<Form>) -> [Doubt] {
        switch node.form {
        case .and(let operands): return among(operands, known, holding: true)
        case .or(let operands): return among(operands, known, holding: false)
        case .conditional(let condition, let then, let otherwise):
            return walk(condition, known: known) + walk(then, known: known.union(implied(by: condition, true)))
                + walk(otherwise, known: known.union(implied(by: condition, false)))
        case .has: return []
        case .select where unset(node, known): return [unguarded(node)]
        case .binary(.divide, let left, let right), .binary(.remainder, let left, let right):
            return walk(left, known: known) + walk(right, known: known) + division(by: right, at: node, known)
        case .index(let operand, let index):
            return walk(operand, known: known) + walk(index, known: known) + indexing(operand, index, at: node, known)
        case .call(let name, _, let arguments) where ["int", "uint", "timestamp", "duration", "date"].contains(name):
            return node.form.children.flatMap { walk($0, known: known) } + conversion(name, arguments, at: node)
        default: return node.form.children.flatMap { walk($0, known: known) }
        }
    }

    /// CEL takes `&&` and `||` in any order: each operand may rely on the others.
    private func among(_ operands: [Node], _ known: Set<Form>, holding: Bool) -> [Doubt] {
        operands.indices.flatMap { index in
            let others = operands.indices.filter { $0 != index }.map { implied(by: operands[$0], holding) }
            return walk(operands[index], known: others.reduce(known) { $0.union($1) })
        }
    }

    /// What is known once a condition came out so.
    private func implied(by node: Node, _ outcome: Bool) -> Set<Form> {
        switch node.form {
        case .not(let operand): implied(by: operand, !outcome)
        case .and(let operands) where outcome: operands.reduce([]) { $0.union(implied(by: $1, true)) }
        case .or(let operands) where !outcome: operands.reduce([]) { $0.union(implied(by: $1, false)) }
        case .has where outcome, .binary where outcome: [node.form]
        case .binary(.equal, let left, let right) where !outcome: [.binary(.notEqual, left, right)]
        default: []
        }
    }

    // MARK: Answers that may not be there

    private func unset(_ node: Node, _ known: Set<Form>) -> Bool {
        guard case .select(let operand, let field) = node.form, operand.path == ["facts"],
            facts.contains(where: { $0.name == field && !$0.required })
        else { return false }
        return !known.contains(.has(operand, field: field))
    }

    private func unguarded(_ node: Node) -> Doubt {
        let name = node.path?.joined(separator: ".") ?? ""
        return Doubt(
            place: node.place,
            why: Phrase(
                "\(name) is optional: where it is not answered this can't be said; ask has(\(name)) first",
                "\(name) 可不填：未填时无法判断；请先用 has(\(name)) 判断"))
    }

    // MARK: Numbers that may not exist

    private func division(by divisor: Node, at node: Node, _ known: Set<Form>) -> [Doubt] {
        if case .literal(.int(let number)) = divisor.form, number != 0 { return [] }
        // A case of a household has somebody in it.
        if divisor.path == ["household", "size"], subject == .household { return [] }
        let zero = Node(.literal(.int(0)), at: divisor.place)
        let guards: [Form] = [.binary(.greater, divisor, zero), .binary(.notEqual, divisor, zero)]
        let atLeastOne = Form.binary(.greaterOrEqual, divisor, Node(.literal(.int(1)), at: divisor.place))
        guard !(guards + [atLeastOne]).contains(where: known.contains) else { return [] }
        return [
            Doubt(
                place: node.place,
                why: Phrase(
                    "where the divisor is 0 this can't be computed; ask whether it is > 0 first",
                    "除数为0时无法计算；请先判断其大于0"))
        ]
    }

    private func indexing(_ operand: Node, _ index: Node, at node: Node, _ known: Set<Form>) -> [Doubt] {
        // The years of fees are all there; a year that isn't of this age is no year of a case.
        if operand.path == ["fees"] || known.contains(.binary(.in, index, operand)) { return [] }
        return [
            Doubt(
                place: node.place,
                why: Phrase(
                    "where there is no such element this can't be computed; ask “in” first",
                    "没有该元素时无法计算；请先用 in 判断"))
        ]
    }

    private func conversion(_ name: String, _ arguments: [Node], at node: Node) -> [Doubt] {
        guard let argument = arguments.first, argument.type == .string || argument.type == .dyn else { return [] }
        if case .literal = argument.form { return [] }
        return [
            Doubt(
                place: node.place,
                why: Phrase(
                    "a text that is no \(name) can't be computed with; give the fact its own type",
                    "文字不是\(name)时无法计算；请在表单中给出相应类型"))
        ]
    }
}
