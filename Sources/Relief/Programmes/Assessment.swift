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
            Phrase(untranslated: "\($0.says): \($0.because.joined(separator: "; "))")
        }
    }

    /// Whether a decider was shown the same: answer, amount, its parts and their days, level. Sheets of the first version have
    /// no plan.
    func grantsTheSame(as shown: Assessment) -> Bool {
        answer == shown.answer && amount == shown.amount && level == shown.level
            && (shown.plan.isEmpty || plan == shown.plan)
    }
}

extension Pack {
    /// Judges a case. Pure: the same inputs give the same answer, years later too.
    ///
    /// What can't be computed is no answer: one rule that says no decides, else what isn't known does.
    package func assess(_ inputs: AssessmentInputs) -> Assessment {
        var judgement = Judgement(pack: self, inputs: inputs)
        judgement.nameLets()
        let traces = rules.map { judgement.trace($0) }
        let because = judgement.lets + (expressions.amount.map { judgement.explain($0) } ?? [])
        var open = missing(in: inputs) + judgement.open
        let isRefused = traces.contains { $0.answer == .no }
        var grant = Judgement.Grant()
        if !isRefused, open.isEmpty {
            grant = judgement.grant()
            open = judgement.open
        }
        return Assessment(
            answer: isRefused ? .no : open.isEmpty ? .yes : .unknown, rules: traces, amount: grant.amount,
            amountBecause: because, plan: grant.plan, parameters: parameters.compactMap { inputs.parameters[$0] },
            open: open, period: judgement.period(), level: grant.level,
            requiredEvidence: evidence.filter { judgement.requires($0) }.map(\.kind))
    }

    private func missing(in inputs: AssessmentInputs) -> [Phrase] {
        let answers = facts.filter { $0.required && (inputs.facts[$0.name] ?? .null) == .null }.map {
            Phrase("\($0.title) (\($0.name)) is not answered yet", "“\($0.title)”(\($0.name))尚未填写")
        }
        let figures = parameters.filter { inputs.parameters[$0] == nil }.map {
            Phrase(
                "the figure \($0) is not set for this region and day (relief parameter set)",
                "本地区当日没有标准 \($0)(relief parameter set)")
        }
        let needsArchive = kind != .archive && archiveWaived == nil && inputs.archive == nil
        let archive = Phrase("the household has no active archive", "该户没有有效的困难职工档案")
        return answers + figures + (needsArchive ? [archive] : [])
    }
}
