/// How an expression came to its value: the value or error of every sub-expression, or that it was not needed.
package struct Trace: Sendable, Hashable, Codable {
    /// What a step is, as far as telling it in words needs to know.
    package enum Kind: String, Sendable, Hashable, Codable {
        case literal, path, operation, comparison, and, or, not, conditional, macro
        /// One element that a macro looked at; its source is the macro's variable.
        case item
    }

    package enum Outcome: Sendable, Hashable, Codable {
        /// The value in CEL syntax; long ones end in an ellipsis.
        case value(String)
        /// What went wrong, with line and column.
        case error(String)
        /// Not evaluated, since the result did not depend on it.
        case skipped
    }

    package let kind: Kind
    /// The text of the step as the author wrote it.
    package let source: String
    /// The operator or macro; for an item its number, from 1.
    package let label: String
    /// 1-based, of the operator or the first character.
    package let line: Int
    package let column: Int
    package let outcome: Outcome
    package let children: [Trace]
    /// Items that were looked at, but are not among the children because they decided nothing.
    package let omitted: Int

    init(skipped node: Node, _ source: SourceText) {
        self.init(node, source, .skipped, children: [], omitted: 0)
    }

    init(_ node: Node, _ source: SourceText, _ outcome: Outcome, children: [Trace], omitted: Int) {
        (kind, label) = Trace.kind(of: node)
        self.source = source.slice(node.place)
        line = node.place.line
        column = node.place.column
        self.outcome = outcome
        self.children = children
        self.omitted = omitted
    }

    init(item index: Int, _ variable: String, _ node: Node, _ outcome: Outcome, children: [Trace]) {
        kind = .item
        label = String(index + 1)
        source = variable
        line = node.place.line
        column = node.place.column
        self.outcome = outcome
        self.children = children
        omitted = 0
    }

    private static func kind(of node: Node) -> (Kind, String) {
        switch node.form {
        case .literal: return (.literal, "")
        case .name, .select: return (node.path == nil ? .operation : .path, "")
        case .binary(let symbol, _, _):
            return (symbol.level == 3 ? .comparison : .operation, symbol.rawValue)
        case .and: return (.and, "&&")
        case .or: return (.or, "||")
        case .not: return (.not, "!")
        case .conditional: return (.conditional, "?")
        case .macro(let macro, _, _, _): return (.macro, macro.rawValue)
        case .call(let name, _, _): return (.operation, name)
        default: return (.operation, "")
        }
    }
}

/// Collects the steps of one evaluation while it runs.
struct Recorder: Sendable {
    /// Characters of a value that are kept.
    static let textLimit = 200
    /// Items of one macro that are kept though they did not decide it.
    static let itemLimit = 20
    /// Steps of one trace; beyond them only the outcome of what encloses them is kept.
    static let stepLimit = 5_000

    private struct Frame {
        var item: (index: Int, variable: String, node: Node)?
        var children: [Trace] = []
        var omitted = 0
        /// Steps of the whole trace when this frame began.
        var stepsBefore = 0
        var stepsOfLastItem = 0
    }

    private let source: SourceText
    private var frames: [Frame] = [Frame()]
    private var steps = 0

    init(_ source: SourceText) {
        self.source = source
    }

    /// Whether a step that ends now would not be kept.
    var isFull: Bool { steps >= Self.stepLimit && frames.count > 3 }

    var root: Trace? { frames.first?.children.first }

    mutating func begin(_ node: Node) {
        frames.append(Frame())
    }

    mutating func end(_ node: Node, _ outcome: Trace.Outcome) {
        let frame = frames.removeLast()
        add(Trace(node, source, outcome, children: frame.children, omitted: frame.omitted))
    }

    mutating func skip(_ node: Node) {
        add(Trace(skipped: node, source))
    }

    mutating func beginItem(_ index: Int, _ variable: String, _ node: Node) {
        var frame = Frame()
        frame.item = (index, variable, node)
        frame.stepsBefore = steps
        frames.append(frame)
    }

    mutating func endItem(_ element: Value) {
        let frame = frames.removeLast()
        guard let item = frame.item else { return }
        let top = frames.count - 1
        let stepsOfItem = steps - frame.stepsBefore
        // The newest is always kept, because it may be the one that decides.
        if frames[top].children.filter({ $0.kind == .item }).count > Self.itemLimit {
            frames[top].children.removeLast()
            frames[top].omitted += 1
            steps -= frames[top].stepsOfLastItem
        }
        frames[top].stepsOfLastItem = stepsOfItem
        let outcome = Trace.Outcome.value(element.text(limit: Self.textLimit))
        frames[top].children.append(
            Trace(item: item.index, item.variable, item.node, outcome, children: frame.children))
    }

    /// After an element decided `exists` or `all`, the others are no reason.
    mutating func keepOnlyLastItem() {
        let top = frames.count - 1
        guard let last = frames[top].children.last, last.kind == .item else { return }
        let others = frames[top].children.filter { $0.kind == .item }.count - 1
        frames[top].children.removeAll { $0.kind == .item }
        frames[top].children.append(last)
        frames[top].omitted += others
    }

    private mutating func add(_ trace: Trace) {
        steps += 1
        guard steps <= Self.stepLimit || frames.count <= 2 else { return }
        frames[frames.count - 1].children.append(trace)
    }
}
