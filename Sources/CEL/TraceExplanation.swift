extension Trace {
    /// Why the result is what it is, in short lines: the comparisons that decided, with their values, and what was
    /// skipped because it could change nothing. Lines of one element of a list are indented under it.
    ///
    /// `rendering` may show the value of a sub-expression in another way, such as fen as yuan; nil keeps CEL's text.
    package func explanation(
        rendering: @escaping (_ source: String, _ value: String) -> String? = { _, _ in nil }
    ) -> [String] {
        var explainer = Explainer(rendering: rendering)
        explainer.explain(self, indent: "")
        return explainer.lines
    }

    var isTrue: Bool { outcome == .value("true") }
    var isFalse: Bool { outcome == .value("false") }

    var isError: Bool {
        if case .error = outcome { true } else { false }
    }
}

/// Walks a trace along the sub-expressions that decided.
private struct Explainer {
    let rendering: (String, String) -> String?
    var lines: [String] = []
    private static let shownItems = 5

    mutating func explain(_ trace: Trace, indent: String) {
        switch trace.kind {
        case .and: operands(of: trace, decided: trace.isFalse ? \.isFalse : nil, indent)
        case .or: operands(of: trace, decided: trace.isTrue ? \.isTrue : nil, indent)
        case .not where trace.children.count == 1 && trace.children[0].isCompound:
            line(trace, indent)
            explain(trace.children[0], indent: indent + "  ")
        case .conditional: trace.children.forEach { explain($0, indent: indent) }
        case .macro: macro(trace, indent)
        default: line(trace, indent)
        }
    }

    private mutating func operands(of trace: Trace, decided: ((Trace) -> Bool)?, _ indent: String) {
        for child in trace.children {
            let isReason =
                if child.outcome == .skipped { true } else if trace.isError { child.isError } else {
                    decided.map { $0(child) } ?? true
                }
            if isReason { explain(child, indent: indent) }
        }
    }

    private mutating func macro(_ trace: Trace, _ indent: String) {
        line(trace, indent)
        let items = trace.children.filter { $0.kind == .item }
        // An error is the reason only if it became the outcome of the whole.
        let reasons = trace.isError ? items.filter { $0.children.contains(where: \.isError) } : items
        for item in reasons.prefix(Self.shownItems) {
            guard let last = item.children.last else { continue }
            let before = lines.count
            explain(last, indent: "")
            for index in before..<lines.count {
                lines[index] = "\(indent)  \(item.source) #\(item.label): \(lines[index])"
            }
        }
        let rest = reasons.count - min(reasons.count, Self.shownItems) + trace.omitted
        let isDecided = trace.label == "exists" && trace.isTrue || trace.label == "all" && trace.isFalse
        if rest > 0, !isDecided { lines.append("\(indent)  … and \(rest) more") }
    }

    private mutating func line(_ trace: Trace, _ indent: String) {
        let text = Self.flat(trace.source)
        switch trace.outcome {
        case .skipped: lines.append("\(indent)skipped: \(text)")
        case .error(let message): lines.append("\(indent)\(statement(trace)): error: \(message)")
        case .value where trace.kind == .literal: lines.append(indent + text)
        case .value(let value):
            lines.append("\(indent)\(statement(trace)): \(rendering(trace.source, value) ?? value)")
        }
    }

    /// The step with the values of its operands after them, and below a calculation what went into it.
    private func statement(_ trace: Trace) -> String {
        guard trace.kind == .comparison || trace.kind == .not, let first = trace.children.first else {
            return Self.flat(trace.source) + inputs(of: trace.kind == .macro ? [] : trace.children)
        }
        if trace.kind == .not { return trace.isCompoundNot ? Self.flat(trace.source) : "!" + operand(first) }
        guard trace.children.count == 2 else { return Self.flat(trace.source) }
        let calculated = trace.children.filter { $0.kind == .operation }.flatMap(\.children)
        return "\(operand(first)) \(trace.label) \(operand(trace.children[1]))" + inputs(of: calculated)
    }

    private func operand(_ trace: Trace) -> String {
        let text = Self.flat(trace.source)
        guard trace.kind != .literal, case .value(let value) = trace.outcome else { return text }
        return "\(text) (\(rendering(trace.source, value) ?? value))"
    }

    private func inputs(of traces: [Trace]) -> String {
        var seen: [String] = []
        collect(traces, into: &seen)
        return seen.isEmpty ? "" : ", with " + seen.joined(separator: ", ")
    }

    private func collect(_ traces: [Trace], into seen: inout [String]) {
        for trace in traces {
            if trace.kind == .path, case .value(let value) = trace.outcome {
                let text = "\(trace.source) = \(rendering(trace.source, value) ?? value)"
                if !seen.contains(text) { seen.append(text) }
            } else if trace.kind != .macro {
                collect(trace.children, into: &seen)
            }
        }
    }

    private static func flat(_ source: String) -> String {
        source.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

extension Trace {
    /// Whether it has reasons of its own that are worth lines below it.
    fileprivate var isCompound: Bool {
        switch kind {
        case .and, .or, .conditional, .macro, .comparison: true
        case .not: children.first?.isCompound ?? false
        default: false
        }
    }

    fileprivate var isCompoundNot: Bool { children.first?.isCompound ?? false }
}
