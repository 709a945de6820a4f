/// Where a node stands in its source: offsets in Unicode scalars, and the line and column errors point at.
package struct Place: Sendable, Hashable {
    package let start: Int
    package let end: Int
    /// 1-based, of the operator, function or field name; of the first character where there is none.
    package let line: Int
    package let column: Int

    package init(start: Int, end: Int, line: Int, column: Int) {
        self.start = start
        self.end = end
        self.line = line
        self.column = column
    }
}

/// A node of the syntax tree, with its place and, once checked, its type.
///
/// Two nodes are equal if they have the same form, wherever they stand.
package struct Node: Sendable, Hashable {
    package let form: Form
    package let place: Place
    /// `dyn` until the checker has seen the node.
    package let type: Type
    /// Levels of nodes from here down, this one included.
    package let height: Int

    package init(_ form: Form, at place: Place, type: Type = .dyn) {
        self.form = form
        self.place = place
        self.type = type
        height = 1 + (form.children.map(\.height).max() ?? 0)
    }

    /// The unchecked tree of a source; throws where it is not CEL.
    package init(parsing source: String, limits: Limits = Limits()) throws(CELError) {
        self = try Parser.parse(SourceText(source), limits: limits)
    }

    package static func == (a: Node, b: Node) -> Bool { a.form == b.form }

    package func hash(into hasher: inout Hasher) { hasher.combine(form) }

    /// The names of `a.b.c`, if the node is nothing but names and dots.
    package var path: [String]? {
        switch form {
        case .name(let name): [name]
        case .select(let operand, let field): operand.path.map { $0 + [field] }
        default: nil
        }
    }
}

/// What a node is: the whole of CEL's syntax after macros have been recognised.
package indirect enum Form: Sendable, Hashable {
    case literal(Value)
    /// A variable or a type; a leading dot means "not a macro's variable".
    case name(String)
    case select(Node, field: String)
    /// `has(operand.field)`
    case has(Node, field: String)
    case index(Node, Node)
    case call(String, receiver: Node?, [Node])
    case not(Node)
    case negate(Node)
    case binary(BinaryOperator, Node, Node)
    /// Two or more operands written in a row.
    case and([Node])
    case or([Node])
    case conditional(Node, then: Node, otherwise: Node)
    case list([Node])
    case map([MapEntry])
    case record(String, [RecordField])
    case macro(Macro, range: Node, variable: String, [Node])

    package struct MapEntry: Sendable, Hashable {
        package let key: Node
        package let value: Node

        package init(_ key: Node, _ value: Node) {
            self.key = key
            self.value = value
        }
    }

    package struct RecordField: Sendable, Hashable {
        package let name: String
        package let value: Node

        package init(_ name: String, _ value: Node) {
            self.name = name
            self.value = value
        }
    }

    package var children: [Node] {
        switch self {
        case .literal, .name: []
        case .select(let node, _), .has(let node, _), .not(let node), .negate(let node): [node]
        case .index(let a, let b), .binary(_, let a, let b): [a, b]
        case .call(_, let receiver, let arguments): (receiver.map { [$0] } ?? []) + arguments
        case .and(let nodes), .or(let nodes), .list(let nodes): nodes
        case .conditional(let a, let b, let c): [a, b, c]
        case .map(let entries): entries.flatMap { [$0.key, $0.value] }
        case .record(_, let fields): fields.map(\.value)
        case .macro(_, let range, _, let body): [range] + body
        }
    }
}

/// Operators of two operands, but for the logical ones.
package enum BinaryOperator: String, Sendable, Hashable, CaseIterable {
    case less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">=", equal = "==", notEqual = "!="
    case `in`
    case add = "+", subtract = "-", multiply = "*", divide = "/", remainder = "%"

    /// Higher binds tighter; `||` is 1 and `&&` 2.
    var level: Int {
        switch self {
        case .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual, .in: 3
        case .add, .subtract: 4
        case .multiply, .divide, .remainder: 5
        }
    }
}

/// The macros that bind a variable to each element of a list, or each key of a map.
package enum Macro: String, Sendable, Hashable, CaseIterable {
    case all, exists, existsOne = "exists_one", map, filter

    /// What an author has to write, for errors.
    var usage: String {
        switch self {
        case .all, .exists, .existsOne, .filter: "list.\(rawValue)(x, condition)"
        case .map: "list.map(x, expression) or list.map(x, condition, expression)"
        }
    }
}
