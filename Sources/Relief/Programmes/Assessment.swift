import CEL
package import Contract
import WorkingDays

/// What a pack says of a case, with the reasons in words.
package struct Assessment: Sendable {
    /// Yes or no, or that it can't be said yet.
    package var answer: Answer
    package var rules: [RuleTrace]
    /// Fen; nil unless the answer is yes, and for archives.
    package var amount: Fen?
    package var amountBecause: [String]
    /// How the amount is paid, part by part.
    package var plan: [PlannedPart]
    package var parameters: [ParameterUsed]
    /// Why it can't be said yet: answers, figures and papers that aren't there, and what can't be computed.
    package var open: [Phrase]
    /// What the grant is unique within: '2026', '2026-2027'; nil while that can't be said.
    package var period: String?
    /// Of an archive: deep, relative, accident.
    package var level: String?
    package var requiredEvidence: [String]

    package var eligible: Bool { answer == .yes }

    /// Each rule that says no, with what it saw.
    var refusals: [Phrase] {
        rules.filter { $0.answer == .no }.map {
            Phrase(asGiven: "\($0.says): \($0.because.joined(separator: "; "))")
        }
    }

    /// Whether a decider was shown the same: answer, amount, its parts and their days, level, and what it is
    /// granted once for. Sheets of the first version have
    /// no plan.
    func grantsTheSame(as shown: Assessment) -> Bool {
        answer == shown.answer && amount == shown.amount && level == shown.level && period == shown.period
            && (shown.plan.isEmpty || plan == shown.plan)
    }
}

extension Pack {
    /// Judges a case. Pure: the same inputs give the same answer, years later too.
    ///
    /// What can't be computed is no answer: one rule that says no decides, and only where all say yes and nothing is open the
    /// answer is yes.
    package func assess(_ inputs: AssessmentInputs) -> Assessment {
        var judgement = Judgement(pack: self, inputs: inputs)
        var traces = rules.map { judgement.trace($0) }
        let because = judgement.lets + (expressions.amount.map { judgement.explain($0) } ?? [])
        let period = judgement.period()
        var grant = Judgement.Grant()
        if judgement.open.isEmpty, traces.allSatisfy({ $0.answer == .yes }) {
            grant = judgement.grant()
            if let nothing = grant.nothing { traces.append(nothing) }
        }
        let answer: Answer =
            traces.contains { $0.answer == .no }
            ? .no : judgement.open.isEmpty && traces.allSatisfy { $0.answer == .yes } ? .yes : .unknown
        return Assessment(
            answer: answer, rules: traces, amount: answer == .yes ? grant.amount : nil, amountBecause: because,
            plan: answer == .yes ? grant.plan : [], parameters: parameters.compactMap { inputs.parameters[$0] },
            open: judgement.open, period: period, level: answer == .yes ? grant.level : nil,
            requiredEvidence: evidence.filter { judgement.requires($0) }.map(\.kind))
    }
}
