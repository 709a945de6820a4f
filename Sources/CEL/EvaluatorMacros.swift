extension Evaluator {
    mutating func evaluate(
        _ macro: Macro, over range: Value, _ variable: String, _ body: [Node], _ node: Node
    ) throws(CELError) -> Value {
        let elements: [Value]
        switch range {
        case .list(let list): elements = list
        case .map(let entries):
            // Sorted: each key is compared with some.
            let keys = entries.keys.reduce(entries.count) { $0 + $1.textSteps }
            try spend(keys * (1 + entries.count.bitWidth - entries.count.leadingZeroBitCount), at: node)
            elements = entries.keys.sorted(by: Value.keyPrecedes)
        default: throw fault(.noOverload, "\(macro.rawValue)() needs a list or a map, not \(range.type)", node)
        }
        switch macro {
        case .all: return .bool(try quantify(elements, variable, body[0], decidedBy: false, node))
        case .exists: return .bool(try quantify(elements, variable, body[0], decidedBy: true, node))
        case .existsOne:
            let found = try select(elements, variable, body[0], node)
            return .bool(found.count == 1)
        case .filter: return .list(try select(elements, variable, body[0], node))
        case .map:
            let chosen = body.count == 2 ? try select(elements, variable, body[0], node) : elements
            var values: [Value] = []
            for (index, element) in chosen.enumerated() {
                let part = body[body.count - 1]
                values.append(
                    try item(index, variable, element, node) { me throws(CELError) in try me.evaluate(part) })
            }
            return .list(values)
        }
    }

    /// `exists` is an "or" over the elements and `all` an "and": one deciding element outweighs errors of others.
    private mutating func quantify(
        _ elements: [Value], _ variable: String, _ condition: Node, decidedBy decider: Bool, _ node: Node
    ) throws(CELError) -> Bool {
        var failure: CELError?
        for (index, element) in elements.enumerated() {
            do {
                let holds = try item(index, variable, element, node) { me throws(CELError) in try me.bool(condition) }
                if holds == decider {
                    recorder?.keepOnlyLastItem()
                    return decider
                }
            } catch {
                try absorb(error, at: node)
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return !decider
    }

    private mutating func select(
        _ elements: [Value], _ variable: String, _ condition: Node, _ node: Node
    ) throws(CELError) -> [Value] {
        var chosen: [Value] = []
        for (index, element) in elements.enumerated()
        where try item(index, variable, element, node, { me throws(CELError) in try me.bool(condition) }) {
            chosen.append(element)
        }
        return chosen
    }

    private mutating func item<Result>(
        _ index: Int, _ variable: String, _ element: Value, _ node: Node,
        _ body: (inout Evaluator) throws(CELError) -> Result
    ) throws(CELError) -> Result {
        try spend(1, at: node)
        recorder?.beginItem(index, variable, node)
        defer { recorder?.endItem(element) }
        return try withLocal(variable, element, body)
    }
}
