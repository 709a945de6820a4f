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

/// Collects the steps of one evaluation while it runs; what is kept of them is put in words when it has ended.
struct Recorder: Sendable {
    /// Characters of a value that are kept.
    static let textLimit = 200
    /// Items of one macro that are kept though they did not decide it.
    static let itemLimit = 20
    /// Steps of one trace; beyond them only the outcome of what encloses them is kept.
    static let stepLimit = 5_000
    /// Steps that are written down, kept or not; beyond them nothing below the outermost is, so that telling how a rule came
    /// to its value costs little more than finding it.
    static let workLimit = 40_000
    /// Frames of the outermost steps, which are told whatever the work.
    private static let outermost = 3

    /// How a step ended.
    enum End: Sendable {
        case value(Value)
        case failed(CELError)
        case skipped
    }

    /// A step as it was met.
    private struct Step {
        let node: Node
        var item: (index: Int, variable: String)?
        let end: End
        let children: [Step]
        let omitted: Int
    }

    private struct Frame {
        var item: (index: Int, variable: String, node: Node)?
        var children: [Step] = []
        var omitted = 0
        /// Items among the children.
        var items = 0
        /// Steps of the whole trace when this frame began.
        var stepsBefore = 0
        var stepsOfLastItem = 0
    }

    private let source: SourceText
    private var frames: [Frame] = [Frame()]
    private var steps = 0
    private var work = 0
    /// Steps under way that aren't written down, one in the other.
    private var muted = 0

    init(_ source: SourceText) {
        self.source = source
    }

    /// Whether a step that begins now isn't written down.
    private var isOverworked: Bool { muted > 0 || (work > Self.workLimit && frames.count > Self.outermost) }

    var root: Trace? {
        guard let first = frames.first?.children.first else { return nil }
        var teller = TraceTeller(source: source)
        return Self.told(first, by: &teller)
    }

    private static func told(_ step: Step, by teller: inout TraceTeller) -> Trace {
        let outcome = teller.outcome(step.end)
        let children = step.children.map { told($0, by: &teller) }
        guard let item = step.item else {
            return Trace(step.node, teller.source, outcome, children: children, omitted: step.omitted)
        }
        return Trace(item: item.index, item.variable, step.node, outcome, children: children)
    }

    mutating func begin(_ node: Node) {
        guard !isOverworked else { return muted += 1 }
        frames.append(Frame())
    }

    mutating func end(_ node: Node, _ end: End) {
        guard muted == 0 else { return muted -= 1 }
        let frame = frames.removeLast()
        add(Step(node: node, end: end, children: frame.children, omitted: frame.omitted))
    }

    mutating func skip(_ node: Node) {
        guard muted == 0 else { return }
        add(Step(node: node, end: .skipped, children: [], omitted: 0))
    }

    mutating func beginItem(_ index: Int, _ variable: String, _ node: Node) {
        guard !isOverworked else { return muted += 1 }
        var frame = Frame()
        frame.item = (index, variable, node)
        frame.stepsBefore = steps
        frames.append(frame)
    }

    mutating func endItem(_ element: Value) {
        guard muted == 0 else { return muted -= 1 }
        let frame = frames.removeLast()
        guard let item = frame.item else { return }
        let top = frames.count - 1
        let stepsOfItem = steps - frame.stepsBefore
        // The newest is always kept, because it may be the one that decides.
        if frames[top].items > Self.itemLimit {
            frames[top].children.removeLast()
            frames[top].items -= 1
            frames[top].omitted += 1
            steps -= frames[top].stepsOfLastItem
        }
        frames[top].stepsOfLastItem = stepsOfItem
        frames[top].items += 1
        frames[top].children.append(
            Step(
                node: item.node, item: (item.index, item.variable), end: .value(element), children: frame.children,
                omitted: 0))
    }

    /// After an element decided `exists` or `all`, the others are no reason.
    mutating func keepOnlyLastItem() {
        guard muted == 0 else { return }
        let top = frames.count - 1
        guard let last = frames[top].children.last, last.item != nil else { return }
        frames[top].children.removeAll { $0.item != nil }
        frames[top].children.append(last)
        frames[top].omitted += frames[top].items - 1
        frames[top].items = 1
    }

    private mutating func add(_ step: Step) {
        steps += 1
        work += 1
        guard steps <= Self.stepLimit || frames.count <= 2 else { return }
        frames[frames.count - 1].children.append(step)
    }
}

/// Puts the ends of steps in words. A map is told by its keys in order, so a large one costs its sorting: of many large ones
/// the later are only said to be there.
private struct TraceTeller {
    let source: SourceText
    private var room = 15_000

    init(source: SourceText) {
        self.source = source
    }

    mutating func outcome(_ end: Recorder.End) -> Trace.Outcome {
        switch end {
        case .skipped: return .skipped
        case .failed(let error): return .error("\(error.message) (\(error.line):\(error.column))")
        case .value(let value):
            room -= Self.weight(value)
            return .value(room < 0 ? "…" : value.text(limit: Recorder.textLimit))
        }
    }

    /// Entries that are sorted to tell the beginning of a value; what lies deeper than a few containers is rarely reached.
    private static func weight(_ value: Value, depth: Int = 3) -> Int {
        guard depth > 0 else { return 0 }
        return switch value {
        case .map(let entries):
            entries.first.map { entries.count * compared($0.key) + weight($0.value, depth: depth - 1) } ?? 0
        case .list(let elements): elements.prefix(4).reduce(0) { $0 + weight($1, depth: depth - 1) }
        case .record(_, let fields): fields.values.reduce(0) { $0 + weight($1, depth: depth - 1) }
        default: 0
        }
    }

    /// What it costs to compare a key with another that begins alike.
    private static func compared(_ key: Value) -> Int {
        if case .string(let text) = key { 1 + text.utf8.count / 32 } else { 1 }
    }
}
