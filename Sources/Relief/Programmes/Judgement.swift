import CEL
import Contract
import WorkingDays

/// One assessment while it is made: the names that the expressions read, and what could not be computed.
struct Judgement {
    /// What a case that qualifies gets.
    struct Grant {
        var amount: Fen?
        var plan: [PlannedPart] = []
        var level: String?
    }

    let pack: Pack
    let inputs: AssessmentInputs
    private(set) var open: [Phrase] = []
    /// Each `let` with its value, in words.
    private(set) var lets: [String] = []
    private let amounts: AmountTexts
    private var bindings: [String: Value]
    /// Lets without a value, and why: whoever reads them fails for the same reason.
    private var failed: [String: CELError] = [:]

    init(pack: Pack, inputs: AssessmentInputs) {
        (self.pack, self.inputs) = (pack, inputs)
        amounts = AmountTexts(pack, parameters: inputs.parameters)
        bindings = inputs.bindings(pack)
    }

    mutating func nameLets() {
        for named in pack.expressions.lets {
            do throws(CELError) {
                let value = try named.expression.evaluate(bindings)
                bindings[named.name] = value
                let shown = amounts.rendering(named.name, value.description) ?? value.description
                lets.append("\(named.name) = \(shown): \(named.expression.source)")
            } catch {
                failed[named.name] = error
            }
        }
    }

    mutating func trace(_ rule: Pack.Rule) -> RuleTrace {
        let trace = rule.when.trace(bindings)
        let answer: Answer =
            switch trace.outcome {
            case .value("true"): .yes
            case .value: .no
            case .error, .skipped: .unknown
            }
        if answer == .unknown { _ = compute(rule.when, as: Phrase(untranslated: rule.says)) }
        return RuleTrace(
            id: rule.id, answer: answer, says: rule.says,
            because: trace.explanation(rendering: amounts.rendering), source: rule.source)
    }

    func explain(_ expression: Expression) -> [String] {
        expression.trace(bindings).explanation(rendering: amounts.rendering)
    }

    /// Amount, plan and level; what of them can't be computed is left open.
    mutating func grant() -> Grant {
        var grant = Grant()
        if let expression = pack.expressions.amount {
            let title = Phrase("the amount", "金额")
            if case .int(let fen)? = compute(expression, as: title) {
                grant.amount = Fen(max(0, fen))
                grant.plan = plan(of: Fen(max(0, fen)))
            }
        }
        if let expression = pack.expressions.level { grant.level = level(expression) }
        return grant
    }

    /// nil where it can't be said yet: it isn't open for that, because a draft may be incomplete.
    func period() -> String? {
        guard case .string(let text)? = try? pack.expressions.oncePer.evaluate(periodBindings), !text.isEmpty else {
            return nil
        }
        return text
    }

    /// A condition that can't be evaluated asks for the paper: a doubt is for a person to settle.
    func requires(_ paper: EvidenceRequirement) -> Bool {
        guard let when = paper.when else { return true }
        if case .bool(false)? = try? when.evaluate(bindings) { return false }
        return true
    }

    /// A case that was submitted before keeps the year that it was submitted in, however late it comes back.
    private var periodBindings: [String: Value] {
        guard let first = inputs.submittedOn else { return bindings }
        return bindings.merging(AssessmentInputs.calendarNames(of: first)) { $1 }
    }

    private mutating func level(_ expression: Expression) -> String? {
        guard case .string(let text)? = compute(expression, as: Phrase("the level of the archive", "档案级别")) else {
            return nil
        }
        guard ArchiveLevel(rawValue: text) != nil else {
            let levels = ArchiveLevel.allCases.map(\.rawValue).joined(separator: ", ")
            open.append(
                Phrase(
                    "the level of the archive must be one of \(levels), not “\(text)”",
                    "档案级别应为 \(levels) 之一,不是“\(text)”"))
            return nil
        }
        return text
    }

    private mutating func plan(of amount: Fen) -> [PlannedPart] {
        guard amount > .zero else { return [] }
        var count: Int64 = 1
        if let expression = pack.expressions.count {
            guard case .int(let parts)? = compute(expression, as: Phrase("the number of instalments", "期数")) else {
                return []
            }
            count = parts
        }
        switch pack.plan(amount: amount, parts: count, inputs: inputs) {
        case .success(let plan): return plan
        case .failure(let problem):
            open.append(problem.why)
            return []
        }
    }

    /// The value, or nil after it was noted why there is none.
    private mutating func compute(_ expression: Expression, as what: Phrase) -> Value? {
        do throws(CELError) {
            return try expression.evaluate(bindings)
        } catch {
            // What the form or the figures lack is said once, and not again of each rule that reads it.
            if isMissing(error) { return nil }
            let why = reason(error)
            open.append(Phrase("\(what.en) can't be computed: \(why.en)", "\(what.zh)无法计算:\(why.zh)"))
            return nil
        }
    }

    private func isMissing(_ error: CELError) -> Bool {
        guard let name = error.subject else { return false }
        if let cause = failed[name] { return isMissing(cause) }
        return pack.facts.contains { $0.name == name && $0.required }
            || (pack.parameters.contains(name) && inputs.parameters[name] == nil)
    }

    /// What stands in the way, in the form's words.
    private func reason(_ error: CELError) -> Phrase {
        switch error.code {
        case .noSuchField:
            if let fact = pack.facts.first(where: { $0.name == error.subject }) {
                return Phrase("“\(fact.title)” (\(fact.name)) is not answered yet", "“\(fact.title)”(\(fact.name))尚未填写")
            }
        case .unbound:
            if let cause = error.subject.flatMap({ failed[$0] }) { return reason(cause) }
        case .divisionByZero: return Phrase("it divides by 0", "除数为0")
        case .overflow: return Phrase("a number becomes too large", "数值过大")
        default: break
        }
        return Phrase(error.message, "规则出错(\(error.message))")
    }
}
