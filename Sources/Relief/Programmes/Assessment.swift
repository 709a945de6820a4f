import CEL
package import Contract
import WorkingDays

/// What a pack says of a case, with the reasons in words.
package struct Assessment: Codable, Sendable {
    package var eligible: Bool
    package var rules: [RuleTrace]
    /// Fen; nil where a rule or a missing fact stands in the way, and for archives.
    package var amount: Fen?
    package var amountBecause: [String]
    package var parameters: [ParameterUsed]
    /// What the case lacks before it can be judged: facts and figures by their titles.
    package var missing: [String]
    /// What the grant is unique within: '2026', '2026-2027'.
    package var period: String
    package var parts: Int
    /// Of an archive: deep, relative, accident.
    package var level: String?
    package var requiredEvidence: [String]

    /// Each rule that says no, with what it saw.
    var refusals: [String] {
        rules.filter { !$0.passed }.map { "\($0.says): \($0.because.joined(separator: "; "))" }
    }
}

extension Pack {
    /// Judges a case. Pure: the same inputs give the same answer, years later too.
    package func assess(_ inputs: AssessmentInputs) -> Assessment {
        var bindings = inputs.bindings(facts)
        let missing = missing(in: inputs)
        var amountBecause: [String] = []
        for named in expressions.lets {
            guard let value = try? named.expression.evaluate(bindings) else { continue }
            bindings[named.name] = value
            amountBecause.append("\(named.name) = \(value): \(named.expression.source)")
        }
        let traces = rules.map { rule in
            let trace = rule.when.trace(bindings)
            return RuleTrace(
                id: rule.id, passed: trace.isTrue, says: rule.says, because: trace.explanation(), source: rule.source)
        }
        let eligible = missing.isEmpty && traces.allSatisfy(\.passed)
        var amount: Fen?
        if let expression = expressions.amount {
            let trace = expression.trace(bindings)
            amountBecause += trace.explanation()
            if eligible, case .int(let fen)? = try? expression.evaluate(bindings) { amount = Fen(max(0, fen)) }
        }
        return Assessment(
            eligible: eligible, rules: traces, amount: amount, amountBecause: amountBecause,
            parameters: parameters.compactMap { inputs.parameters[$0] }, missing: missing,
            period: text(expressions.oncePer, bindings) ?? String(inputs.today.year),
            parts: parts(bindings), level: eligible ? expressions.level.flatMap { text($0, bindings) } : nil,
            requiredEvidence: evidence.filter { $0.isRequired(bindings) }.map(\.kind))
    }

    private func missing(in inputs: AssessmentInputs) -> [String] {
        let facts = facts.filter { $0.required && (inputs.facts[$0.name] ?? .null) == .null }.map {
            "\($0.title) (\($0.name))"
        }
        let figures = parameters.filter { inputs.parameters[$0] == nil }.map { "figure \($0) for this region and day" }
        let archive =
            kind != .archive && archiveWaived == nil && inputs.archive == nil
            ? ["an active archive of the household"] : []
        return facts + figures + archive
    }

    private func text(_ expression: Expression, _ bindings: [String: Value]) -> String? {
        if case .string(let text)? = try? expression.evaluate(bindings) { text } else { nil }
    }

    private func parts(_ bindings: [String: Value]) -> Int {
        if let count = expressions.count, case .int(let parts)? = try? count.evaluate(bindings) {
            min(max(Int(parts), 1), 120)
        } else {
            1
        }
    }
}

extension EvidenceRequirement {
    /// A condition that can't be evaluated asks for the paper: a doubt is for a person to settle.
    fileprivate func isRequired(_ bindings: [String: Value]) -> Bool {
        guard let when else { return true }
        if case .bool(false)? = try? when.evaluate(bindings) { return false }
        return true
    }
}

extension Trace {
    fileprivate var isTrue: Bool {
        if case .value(let text) = outcome { text == "true" } else { false }
    }
}
