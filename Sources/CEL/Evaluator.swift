/// Evaluates a checked tree over bindings, within the budget of its environment, and records a trace if asked.
struct Evaluator {
    let source: SourceText
    let environment: Environment
    var patterns: [String: Pattern]
    var recorder: Recorder?
    private let expression: Expression
    private let bindings: [String: Value]
    /// Variables that were read and found to be of their declared type.
    private var verified: Set<String> = []
    private var locals: [(name: String, value: Value)] = []
    /// Steps charged so far.
    private(set) var spent = 0

    init(_ expression: Expression, _ bindings: [String: Value], recorder: Recorder? = nil) {
        self.expression = expression
        self.bindings = bindings
        self.recorder = recorder
        source = expression.text
        environment = expression.environment
        patterns = expression.patterns
    }

    mutating func run() throws(CELError) -> Value {
        do {
            return try result()
        } catch {
            throw source.excerpted(error)
        }
    }

    private mutating func result() throws(CELError) -> Value {
        let root = expression.syntax
        let value = try evaluate(root)
        try measure(value, at: root)
        if let problem = value.mismatch(expression.type, at: "the result", in: environment) {
            throw fault(.noOverload, problem, root)
        }
        return value
    }

    mutating func evaluate(_ node: Node) throws(CELError) -> Value {
        try spend(1, at: node)
        guard recorder != nil else { return try compute(node) }
        recorder?.begin(node)
        do {
            let value = try compute(node)
            recorder?.end(node, .value(value))
            return value
        } catch {
            recorder?.end(node, .failed(error))
            throw error
        }
    }

    /// A path says all in its own value; the records on the way to it would drown the trace.
    private mutating func unrecorded(_ node: Node) throws(CELError) -> Value {
        let kept = recorder
        recorder = nil
        defer { recorder = kept }
        return try evaluate(node)
    }

    mutating func spend(_ steps: Int, at node: Node) throws(CELError) {
        spent += steps
        if spent > environment.limits.cost {
            throw fault(
                .limit, "the evaluation cost more than \(environment.limits.cost) steps; make its lists smaller", node)
        }
    }

    func fault(
        _ code: CELError.Code, _ message: String, _ node: Node, about subject: String? = nil
    ) -> CELError {
        // Most are absorbed by an `or`: the excerpt is made of the one that comes out.
        source.bare(code, message, at: node.place, about: subject)
    }

    /// Charges for an error that is absorbed: it was made, with its sentence, all the same.
    mutating func absorb(_ error: CELError, at node: Node) throws(CELError) {
        if error.isFinal { throw error }
        try spend(Cost.error, at: node)
    }

    mutating func equals(_ a: Value, _ b: Value, at node: Node) throws(CELError) -> Bool {
        var steps = spent
        defer { spent = steps }
        let (limit, source) = (environment.limits.cost, source)
        return try Value.equals(a, b) { work throws(CELError) in
            steps += work
            if steps > limit {
                throw source.error(.limit, "the comparison cost more than \(limit) steps", at: node.place)
            }
        }
    }

    mutating func withLocal<Result>(
        _ name: String, _ value: Value, _ body: (inout Evaluator) throws(CELError) -> Result
    ) throws(CELError) -> Result {
        locals.append((name, value))
        defer { locals.removeLast() }
        return try body(&self)
    }

    private mutating func compute(_ node: Node) throws(CELError) -> Value {
        switch node.form {
        case .literal(let value): return value
        case .name(let name): return try variable(name, node)
        case .select(let operand, let field):
            return
                try select(field, from: node.path == nil ? try evaluate(operand) : try unrecorded(operand), node)
        case .has(let operand, let field): return .bool(try has(field, in: try evaluate(operand), node))
        case .index(let operand, let index): return try element(try evaluate(operand), try evaluate(index), node)
        case .call(let name, let receiver, let arguments):
            var values: [Value] = []
            if let receiver { values.append(try evaluate(receiver)) }
            for argument in arguments { values.append(try evaluate(argument)) }
            return try call(name, isMember: receiver != nil, values, node)
        case .not(let operand): return .bool(try !bool(operand))
        case .negate(let operand): return try negate(try evaluate(operand), node)
        case .binary(let symbol, let left, let right):
            let (a, b) = (try evaluate(left), try evaluate(right))
            return try apply(symbol, a, b, node)
        case .and(let operands): return .bool(try logical(operands, decidedBy: false))
        case .or(let operands): return .bool(try logical(operands, decidedBy: true))
        case .conditional(let condition, let then, let otherwise):
            let holds = try bool(condition)
            if !holds { recorder?.skip(then) }
            let value = try evaluate(holds ? then : otherwise)
            if holds { recorder?.skip(otherwise) }
            return value
        case .list(let elements):
            var values: [Value] = []
            for element in elements { values.append(try evaluate(element)) }
            return .list(values)
        case .map(let entries): return try map(entries)
        case .record(_, let fields):
            guard case .record(let name) = node.type else { return .null }
            var values: [String: Value] = [:]
            for field in fields { values[field.name] = try evaluate(field.value) }
            let value = Value.record(name, values)
            // All of it is looked at, whatever is shared.
            try measure(value, at: node)
            if let problem = value.mismatch(node.type, at: name, in: environment) {
                throw fault(.noOverload, problem, node)
            }
            return value
        case .macro(let macro, let range, let variable, let body):
            return try evaluate(macro, over: try evaluate(range), variable, body, node)
        }
    }

    mutating func bool(_ node: Node) throws(CELError) -> Bool {
        guard case .bool(let value) = try evaluate(node) else {
            throw fault(.noOverload, "a bool is needed here", node)
        }
        return value
    }

    /// `&&` and `||` in any order: one deciding operand outweighs the errors of all others.
    private mutating func logical(_ operands: [Node], decidedBy decider: Bool) throws(CELError) -> Bool {
        var failure: CELError?
        for (index, operand) in operands.enumerated() {
            do {
                guard try bool(operand) == decider else { continue }
                for rest in operands[(index + 1)...] { recorder?.skip(rest) }
                return decider
            } catch {
                try absorb(error, at: operand)
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return !decider
    }

    private mutating func variable(_ name: String, _ node: Node) throws(CELError) -> Value {
        try spend(locals.count / 8, at: node)
        if let local = locals.last(where: { $0.name == name }) { return local.value }
        let root = name.hasPrefix(".") ? String(name.dropFirst()) : name
        guard let declared = environment.variables[root] else { return .type(Type.denotations[root] ?? .dyn) }
        guard let value = bindings[root], value != .null || declared == .null || declared == .dyn else {
            throw fault(.unbound, "'\(root)' has no value in this case", node, about: root)
        }
        if verified.insert(root).inserted, let problem = value.mismatch(declared, at: root, in: environment) {
            verified.remove(root)
            throw fault(.wrongBinding, problem, node)
        }
        return value
    }

    /// What a host function reads beside its arguments.
    func lent(_ name: String, to function: Function, _ node: Node) throws(CELError) -> Value {
        guard let value = bindings[name] else {
            throw fault(.unbound, "\(function.name)() needs \(name), which has no value in this case", node)
        }
        return value
    }

    private mutating func map(_ entries: [Form.MapEntry]) throws(CELError) -> Value {
        var values: [Value: Value] = [:]
        for entry in entries {
            let key = try evaluate(entry.key)
            guard key.type.canBeKey else {
                throw fault(.noOverload, "a key must be int, uint, bool or string, not \(key.type)", entry.key)
            }
            try spend(Cost.key + key.textSteps, at: entry.key)
            guard values.updateValue(try evaluate(entry.value), forKey: key) == nil else {
                throw fault(.badConversion, "the key \(key.text(limit: 60)) is given twice", entry.key)
            }
        }
        return .map(values)
    }

    /// Charges for the whole of a result: shared structure may be far larger to read than it was to make.
    private mutating func measure(_ value: Value, at node: Node) throws(CELError) {
        try spend(1, at: node)
        switch value {
        case .list(let elements):
            for element in elements { try measure(element, at: node) }
        case .map(let entries):
            for entry in entries {
                try spend(Cost.key + entry.key.textSteps, at: node)
                try measure(entry.value, at: node)
            }
        case .record(_, let fields):
            for field in fields { try measure(field.value, at: node) }
        default: break
        }
    }
}
