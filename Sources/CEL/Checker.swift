/// Gives every node its type and refuses what can't have one: the part of evaluation that needs no data.
struct Checker {
    let source: SourceText
    let environment: Environment
    /// Regular expressions written as literals, compiled once.
    var patterns: [String: Pattern] = [:]
    private var locals: [(name: String, type: Type)] = []

    init(source: SourceText, environment: Environment) {
        self.source = source
        self.environment = environment
    }

    mutating func check(_ node: Node) throws(CELError) -> Node {
        switch node.form {
        case .literal(let value): return try typed(node, node.form, value.type)
        case .name, .select: return try checkPath(node)
        case .has(let operand, let field):
            let operand = try check(operand)
            _ = try fieldType(field, of: operand, at: node.place)
            return try typed(node, .has(operand, field: field), .bool)
        case .index(let operand, let index): return try checkIndex(node, try check(operand), try check(index))
        case .call(let name, let receiver, let arguments): return try checkCall(node, name, receiver, arguments)
        case .not(let operand):
            let operand = try checkBool(operand, "'!'")
            return try typed(node, .not(operand), .bool)
        case .negate(let operand):
            let operand = try check(operand)
            guard [.int, .double, .dyn].contains(operand.type) else {
                throw refused(node, "'-' needs an int or a double, not \(operand.type)")
            }
            return try typed(node, .negate(operand), operand.type)
        case .binary(let symbol, let left, let right):
            let (left, right) = (try check(left), try check(right))
            return try typed(node, .binary(symbol, left, right), try resultType(symbol, left, right, at: node))
        case .and(let operands): return try typed(node, .and(try checkBools(operands, "'&&'")), .bool)
        case .or(let operands): return try typed(node, .or(try checkBools(operands, "'||'")), .bool)
        case .conditional(let condition, let then, let otherwise):
            return try checkConditional(node, condition, then, otherwise)
        case .list, .map, .record: return try checkAggregate(node)
        case .macro(let macro, let range, let variable, let body):
            return try checkMacro(node, macro, range, variable, body)
        }
    }

    func typed(_ node: Node, _ form: Form, _ type: Type) throws(CELError) -> Node {
        if !environment.allowsDouble, type.mentionsDouble {
            throw source.error(
                .forbidden, "doubles are forbidden here because money is counted in fen; write a whole number",
                at: node.place)
        }
        return Node(form, at: node.place, type: type)
    }

    func refused(_ node: Node, _ message: String) -> CELError {
        source.error(.wrongType, message, at: node.place)
    }

    func undeclared(_ place: Place, _ what: String, _ name: String, among known: some Sequence<String>) -> CELError {
        let guess = nearest(to: name, among: known)
        let advice: String
        if let guess {
            advice = "did you mean '\(guess)'?"
        } else {
            let listed = known.sorted().prefix(8).joined(separator: ", ")
            advice = listed.isEmpty ? "none is declared" : "there is \(listed)"
        }
        return source.error(
            .undeclared, "\(what) '\(name)' is not declared; \(advice)", at: place, about: name)
    }

    private mutating func checkBool(_ node: Node, _ user: String) throws(CELError) -> Node {
        let node = try check(node)
        guard node.type == .bool || node.type == .dyn else {
            throw refused(node, "\(user) needs a bool, but this is \(node.type); compare it with something")
        }
        return node
    }

    private mutating func checkBools(_ nodes: [Node], _ user: String) throws(CELError) -> [Node] {
        var checked: [Node] = []
        for node in nodes { checked.append(try checkBool(node, user)) }
        return checked
    }

    /// Names and the dots after them: the longest declared name, then fields.
    private mutating func checkPath(_ node: Node) throws(CELError) -> Node {
        if let path = node.path, let found = try declared(path, node) { return found }
        guard case .select(let operand, let field) = node.form else {
            guard let name = node.path?.first else { return node }
            throw undeclared(
                node.place, "the name", name, among: Array(environment.variables.keys) + locals.map(\.name))
        }
        let checked = try check(operand)
        let type = try fieldType(field, of: checked, at: node.place)
        return try typed(node, .select(checked, field: field), type)
    }

    private func declared(_ path: [String], _ node: Node) throws(CELError) -> Node? {
        let name = path.joined(separator: ".")
        let local = locals.last { $0.name == path[0] }
        if let local {
            return path.count == 1 ? try typed(node, .name(name), local.type) : nil
        }
        let root = name.hasPrefix(".") ? String(name.dropFirst()) : name
        if let type = environment.variables[root] { return try typed(node, .name(name), type) }
        guard let type = Type.denotations[root] else { return nil }
        if type == .double { _ = try typed(node, node.form, .double) }
        return try typed(node, .name(name), .type)
    }

    private func fieldType(_ field: String, of operand: Node, at place: Place) throws(CELError) -> Type {
        switch operand.type {
        case .dyn: return .dyn
        case .map(let key, let value) where key.agrees(with: .string): return value
        case .record(let name):
            guard let record = environment.records[name] else {
                throw undeclared(operand.place, "the record", name, among: environment.records.keys)
            }
            guard let type = record.fields[field] else {
                throw undeclared(place, "the field", field, among: record.fields.keys)
            }
            return type
        default:
            throw source.error(.wrongType, "\(operand.type) has no fields, so '.\(field)' can't be read", at: place)
        }
    }

    private func checkIndex(_ node: Node, _ operand: Node, _ index: Node) throws(CELError) -> Node {
        let form = Form.index(operand, index)
        switch operand.type {
        case .dyn: return try typed(node, form, .dyn)
        case .list(let element):
            guard index.type.agrees(with: .int) else {
                throw refused(index, "a list is indexed by an int, not \(index.type)")
            }
            return try typed(node, form, element)
        case .map(let key, let value):
            guard index.type.agrees(with: key) else {
                throw refused(index, "the keys of this map are \(key), not \(index.type)")
            }
            return try typed(node, form, value)
        default: throw refused(node, "\(operand.type) can't be indexed; only a list or a map can")
        }
    }

    private mutating func checkConditional(
        _ node: Node, _ condition: Node, _ then: Node, _ otherwise: Node
    ) throws(CELError) -> Node {
        let condition = try checkBool(condition, "'?'")
        let (then, otherwise) = (try check(then), try check(otherwise))
        guard let type = then.type.joined(with: otherwise.type) else {
            throw refused(node, "both branches of '?' must have one type, not \(then.type) and \(otherwise.type)")
        }
        return try typed(node, .conditional(condition, then: then, otherwise: otherwise), type)
    }

    private mutating func checkMacro(
        _ node: Node, _ macro: Macro, _ range: Node, _ variable: String, _ body: [Node]
    ) throws(CELError) -> Node {
        let range = try check(range)
        let element: Type
        switch range.type {
        case .list(let type), .map(let type, _): element = type
        case .dyn: element = .dyn
        default: throw refused(node, "\(macro.rawValue)() needs a list or a map, not \(range.type)")
        }
        locals.append((variable, element))
        defer { locals.removeLast() }
        var checked: [Node] = []
        let conditions = macro == .map ? body.count - 1 : body.count
        for (index, part) in body.enumerated() {
            checked.append(try index < conditions ? checkBool(part, "\(macro.rawValue)()") : check(part))
        }
        let type: Type
        switch macro {
        case .all, .exists, .existsOne: type = .bool
        case .filter: type = .list(element)
        case .map: type = .list(checked[checked.count - 1].type)
        }
        return try typed(node, .macro(macro, range: range, variable: variable, checked), type)
    }
}
