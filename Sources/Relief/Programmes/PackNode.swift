package import Contract
import Yams
import WorkingDays

/// What a pack's author did wrong, all at once, each with its place.
package struct PackProblems: Error, CustomStringConvertible {
    package let problems: [PackProblem]

    package var description: String {
        problems.map { "line \($0.line), column \($0.column): \($0.reason.en)" }.joined(separator: "\n")
    }
}

/// A node of the YAML, under a name that CEL does not have too.
typealias YAMLNode = Node

/// Reads YAML nodes and collects what is wrong, so that an author sees every fault in one go.
struct PackReader {
    private(set) var problems: [PackProblem] = []
    /// What an author should look at, and may leave.
    private(set) var warnings: [PackProblem] = []

    mutating func report(_ node: Node, _ reason: String, lineOffset: Int = 0, columnOffset: Int = 0) {
        report(node, Phrase(asGiven: reason), lineOffset: lineOffset, columnOffset: columnOffset)
    }

    mutating func report(_ node: Node, _ reason: Phrase, lineOffset: Int = 0, columnOffset: Int = 0) {
        problems.append(Self.problem(node, reason, lineOffset, columnOffset))
    }

    mutating func warn(_ node: Node, _ reason: Phrase, lineOffset: Int = 0, columnOffset: Int = 0) {
        warnings.append(Self.problem(node, reason, lineOffset, columnOffset))
    }

    private static func problem(_ node: Node, _ reason: Phrase, _ lineOffset: Int, _ columnOffset: Int) -> PackProblem {
        let mark = node.mark
        let column = lineOffset == 0 ? (mark?.column ?? 1) + columnOffset : 1 + columnOffset
        return PackProblem(line: (mark?.line ?? 1) + lineOffset, column: column, reason: reason)
    }

    mutating func add(_ problem: PackProblem) {
        problems.append(problem)
    }

    /// The fields of a mapping; a key that isn't known is a fault, because it is mostly a slip of the pen.
    mutating func fields(_ node: Node, known: Set<String>, of what: String) -> [String: Node] {
        guard case .mapping(let mapping) = node else {
            report(node, "\(what) is a mapping of names to values")
            return [:]
        }
        var fields: [String: Node] = [:]
        for (key, value) in mapping {
            guard let name = key.scalar?.string else {
                report(key, "a name in \(what) is plain text")
                continue
            }
            if !known.contains(name) {
                report(key, "\(what) has no “\(name)”; it knows \(known.sorted().joined(separator: ", "))")
            } else if fields.updateValue(value, forKey: name) != nil {
                report(key, "“\(name)” stands twice in \(what)")
            }
        }
        return fields
    }

    mutating func text(_ node: Node?, _ name: String, in parent: Node) -> String? {
        guard let node else {
            report(parent, "“\(name)” is missing")
            return nil
        }
        guard let text = node.scalar?.string, !text.isEmpty else {
            report(node, "“\(name)” is a text")
            return nil
        }
        return text
    }

    mutating func number(_ node: Node, _ name: String, _ range: ClosedRange<Int>) -> Int? {
        guard let text = node.scalar?.string, let number = Int(decimal: text), range.contains(number) else {
            report(node, "“\(name)” is a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    mutating func flag(_ node: Node?, _ name: String) -> Bool {
        guard let node else { return false }
        switch node.scalar?.string {
        case "true": return true
        case "false": return false
        default:
            report(node, "“\(name)” is true or false")
            return false
        }
    }

    mutating func list(_ node: Node?, _ name: String) -> [Node] {
        guard let node else { return [] }
        guard case .sequence(let sequence) = node else {
            report(node, "“\(name)” is a list")
            return []
        }
        return Array(sequence)
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ node: Node?, _ name: String, in parent: Node
    ) -> Choice? where Choice.RawValue == String {
        guard let text = text(node, name, in: parent) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            report(node ?? parent, "“\(name)” is one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
            return nil
        }
        return choice
    }
}
