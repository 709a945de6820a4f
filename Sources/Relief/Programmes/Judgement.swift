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
        /// Set where the amount is nothing: then it is a no.
        var nothing: RuleTrace?
    }

    let pack: Pack
    let inputs: AssessmentInputs
    private(set) var open: [Phrase] = []
    private let amounts: AmountTexts
    /// The names that expressions read, the `let`s among them.
    private var names: Names

    init(pack: Pack, inputs: AssessmentInputs) {
        (self.pack, self.inputs) = (pack, inputs)
        amounts = AmountTexts(pack, parameters: inputs.parameters)
        names = Names(pack, inputs.bindings(pack))
        open = missing
    }

    /// Each `let` with its value, in words.
    var lets: [String] {
        pack.expressions.lets.compactMap { named in
            names.bindings[named.name].map { value in
                let shown = amounts.rendering(named.name, value.description) ?? value.description
                return "\(named.name) = \(shown): \(named.expression.source)"
            }
        }
    }

    mutating func trace(_ rule: Pack.Rule) -> RuleTrace {
        let trace = rule.when.trace(names.bindings)
        let answer: Answer =
            switch trace.outcome {
            case .value("true"): .yes
            case .value: .no
            case .error, .skipped: .unknown
            }
        if answer == .unknown { _ = compute(rule.when, as: Phrase(asGiven: rule.says)) }
        return RuleTrace(
            id: rule.id, answer: answer, says: rule.says, because: trace.explanation(rendering: amounts.rendering),
            source: rule.source)
    }

    func explain(_ expression: Expression) -> [String] {
        expression.trace(names.bindings).explanation(rendering: amounts.rendering)
    }

    /// Amount, plan and level; what of them can't be computed is left open.
    mutating func grant() -> Grant {
        var grant = Grant()
        if let expression = pack.expressions.amount,
            case .int(let fen)? = compute(expression, as: Phrase("the amount", "金额"))
        {
            grant.amount = Fen(max(0, fen))
            if fen > 0 {
                grant.plan = plan(of: Fen(fen))
            } else {
                grant.nothing = RuleTrace(
                    id: "amount", answer: .no, says: "可发放金额大于0元", because: explain(expression))
            }
        }
        if let expression = pack.expressions.level { grant.level = level(expression) }
        return grant
    }

    /// What the grant is unique within; nil after it was noted why that can't be said.
    ///
    /// A case that was submitted before keeps the year that it was submitted in, however late it comes back.
    mutating func period() -> String? {
        let today = names
        defer { names = today }
        if let first = inputs.submittedOn {
            names = Names(pack, inputs.bindings(pack).merging(AssessmentInputs.calendarNames(of: first)) { $1 })
        }
        guard
            case .string(let text)? = compute(
                pack.expressions.oncePer, as: Phrase("what it is granted once for", "“只办一次”的周期"))
        else { return nil }
        return text.isEmpty ? nil : text
    }

    /// A condition that can't be evaluated asks for the paper: a doubt is for a person to settle.
    func requires(_ paper: EvidenceRequirement) -> Bool {
        guard let when = paper.when else { return true }
        if case .bool(false)? = try? when.evaluate(names.bindings) { return false }
        return true
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
                    "档案级别应为 \(levels) 之一，不是“\(text)”"))
            return nil
        }
        return text
    }

    private mutating func plan(of amount: Fen) -> [PlannedPart] {
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
            return try expression.evaluate(names.bindings)
        } catch {
            let cause = names.cause(of: error)
            // What the form or the figures lack is said once, and not again of each rule that reads it.
            if let name = cause.subject, cause.code == .noSuchField, missingNames.contains(name) { return nil }
            let why = reason(cause)
            open.append(Phrase("\(what.en) can't be computed: \(why.en)", "\(what.zh)无法计算：\(why.zh)"))
            return nil
        }
    }

    /// What stands in the way, in the form's words.
    private func reason(_ error: CELError) -> Phrase {
        switch error.code {
        case .noSuchField:
            if let fact = pack.facts.first(where: { $0.name == error.subject }) { return fact.unanswered }
        case .divisionByZero: return Phrase("it divides by 0", "除数为0")
        case .overflow: return Phrase("a number becomes too large", "数值过大")
        default: break
        }
        return Phrase(error.message, "规则出错（\(error.message)）")
    }
}

extension Judgement {
    /// Answers that the form asks and that aren't there, or can't be read.
    private var unanswered: [FactDefinition] {
        let known = inputs.factValues(pack.facts)
        return pack.facts.filter { $0.required && known[$0.name] == nil }
    }

    private var unset: [String] { pack.parameters.filter { inputs.parameters[$0] == nil } }

    private var missingNames: Set<String> { Set(unanswered.map(\.name) + unset) }

    private var missing: [Phrase] {
        let figures = unset.map {
            inputs.waiting.contains($0)
                ? Phrase(
                    "the figure \($0) is set and waits for another's confirmation (relief parameter confirm)",
                    "标准 \($0) 已设定，尚待另一人确认（relief parameter confirm）")
                : Phrase(
                    "the figure \($0) is not set for this region and day (relief parameter set)",
                    "本地区当日没有标准 \($0)（relief parameter set）")
        }
        let needsArchive = pack.kind != .archive && pack.archiveWaived == nil && inputs.archive == nil
        let archive = Phrase("the household has no active archive", "该户没有有效的困难职工档案")
        return unanswered.map(\.unanswered) + figures + (needsArchive ? [archive] : [])
    }
}

extension FactDefinition {
    fileprivate var unanswered: Phrase {
        Phrase("“\(title)” (\(name)) is not answered yet", "“\(title)”（\(name)）尚未填写")
    }
}

/// The names that a pack's expressions read in one case.
private struct Names {
    private(set) var bindings: [String: Value]
    /// Lets without a value, and why: whoever reads them fails for the same reason.
    private var failed: [String: CELError] = [:]

    init(_ pack: Pack, _ bindings: [String: Value]) {
        self.bindings = bindings
        for named in pack.expressions.lets {
            do throws(CELError) {
                self.bindings[named.name] = try named.expression.evaluate(self.bindings)
            } catch {
                failed[named.name] = cause(of: error)
            }
        }
    }

    /// Where a `let` has no value, why it has none.
    func cause(of error: CELError) -> CELError {
        guard error.code == .unbound, let name = error.subject, let cause = failed[name] else { return error }
        return cause
    }
}
