/// A rule or an amount formula: CEL that has been parsed and checked against what the environment declares.
package struct Expression: Sendable {
    package let source: String
    /// What evaluating it gives.
    package let type: Type
    /// The checked syntax tree, for translation.
    package let syntax: Node
    let text: SourceText
    let environment: Environment
    let patterns: [String: Pattern]

    /// Refuses, with the place and what to do: text that is not CEL, names that are not declared, operands of the
    /// wrong type, and a result that is not of the type `expecting`.
    package init(_ source: String, in environment: Environment, expecting: Type? = nil) throws(CELError) {
        let text = SourceText(source)
        var checker = Checker(source: text, environment: environment)
        let syntax = try checker.check(try Parser.parse(text, limits: environment.limits))
        if let expecting, expecting != .dyn {
            guard syntax.type != .dyn, syntax.type.agrees(with: expecting) else {
                let advice = expecting == .bool ? "; compare it with something" : "; convert it, as in \(expecting)(…)"
                throw text.error(
                    .wrongType, "the expression gives \(syntax.type), but \(expecting) is needed here\(advice)",
                    at: syntax.place)
            }
        }
        self.source = source
        self.text = text
        self.syntax = syntax
        self.environment = environment
        type = expecting ?? syntax.type
        patterns = checker.patterns
    }

    /// The value for these bindings; throws the CEL error where there is none.
    package func evaluate(_ bindings: [String: Value]) throws(CELError) -> Value {
        var evaluator = Evaluator(self, bindings)
        return try evaluator.run()
    }

    /// The steps that an evaluation is charged for, whether or not it comes to a value.
    package func cost(_ bindings: [String: Value]) -> Int {
        var evaluator = Evaluator(self, bindings)
        _ = try? evaluator.run()
        return evaluator.spent
    }

    /// The value or error of every sub-expression that was evaluated.
    package func trace(_ bindings: [String: Value]) -> Trace {
        var evaluator = Evaluator(self, bindings, recorder: Recorder(text))
        _ = try? evaluator.run()
        return evaluator.recorder?.root ?? Trace(skipped: syntax, text)
    }

    /// The text of a node of `syntax`, as the author wrote it.
    package func source(of node: Node) -> String { text.slice(node.place) }

    /// The variables it reads, and every dotted path from them: `household` and `household.members`.
    package var variables: Set<String> {
        var found: Set<String> = []
        Self.collect(syntax, bound: [], into: &found)
        return found
    }

    /// The functions that it calls, by name.
    package var calls: Set<String> { Self.calls(in: syntax) }

    private static func calls(in node: Node) -> Set<String> {
        let inner = node.form.children.reduce(into: Set<String>()) { $0.formUnion(calls(in: $1)) }
        guard case .call(let name, _, _) = node.form else { return inner }
        return inner.union([name])
    }

    private static func collect(_ node: Node, bound: Set<String>, into found: inout Set<String>) {
        if let path = selectors(node) {
            if !bound.contains(path[0]), node.type != .type {
                for count in 1...path.count { found.insert(path.prefix(count).joined(separator: ".")) }
            }
            return
        }
        if case .macro(_, let range, let variable, let body) = node.form {
            collect(range, bound: bound, into: &found)
            for part in body { collect(part, bound: bound.union([variable]), into: &found) }
            return
        }
        for child in node.form.children { collect(child, bound: bound, into: &found) }
    }

    /// The path that a name, a selection or a `has` reads; a dotted variable is one element.
    private static func selectors(_ node: Node) -> [String]? {
        switch node.form {
        case .name(let name): [name.hasPrefix(".") ? String(name.dropFirst()) : name]
        case .select(let operand, let field), .has(let operand, let field): selectors(operand).map { $0 + [field] }
        default: nil
        }
    }
}
