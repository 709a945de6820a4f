package import Contract
import FoundationEssentials
import Postgres

extension DecideCase: Executable {
    package func execute(in context: CommandContext) async throws -> CaseView {
        let file = try await CaseFile.find(`case`, in: context)
        try file.require(.submitted, to: "decide")
        let version = try await Programmes.version(file.version, in: context)
        guard let ordinal = file.step, let step = version.pack.step(ordinal), let kind = Decisions.Kind(step.kind)
        else {
            let open = file.step.flatMap { version.pack.step($0)?.title } ?? "none"
            throw Refusal.conflict(
                "Case \(file.number) has nothing to decide now: its open step is \(open).", field: "case")
        }
        try context.require(
            kind == .approve ? .approveCases : .reviewCases, at: file.path, to: "decide “\(step.title)”")
        guard sheet == file.sheet else {
            throw Refusal.conflict(
                "Case \(file.number) has changed since it was shown: look at it again and decide on that.",
                field: "sheet")
        }
        let inputs = try await CaseSheet.inputs(of: file, version.pack, in: context)
        let assessment = version.pack.assess(inputs)
        if outcome == .pass { try await requireStanding(file, assessment, in: context) }
        try await Decisions.record(
            kind, outcome: outcome, reason: reason, of: file, step: ordinal, version: version, inputs: inputs,
            assessment: assessment, in: context)
        switch outcome {
        case .reject: try await CaseSteps.end(file, as: .rejected, in: context)
        case .return: try await CaseSteps.sendBack(file, in: context)
        case .pass where kind == .approve: try await approve(file, step, version, assessment, in: context)
        case .pass: try await CaseSteps.advance(file, version.pack, in: context)
        }
        context.concerns(file.number)
        context.note("step", .string(step.title))
        return try await CaseViews.view(file.number, in: context)
    }

    /// What was shown must still be so: other aid, a figure, or the archive may have changed since, and nobody saw it.
    private func requireStanding(_ file: CaseFile, _ now: Assessment, in context: CommandContext) async throws {
        guard now.eligible else {
            throw Refusal.conflict(
                "Case \(file.number) is no longer eligible: return or reject it.", field: "outcome",
                details: now.refusals)
        }
        let shown = try await CaseSheet.shown(file, in: context).assessment
        guard now.amount == shown.amount, now.level == shown.level, now.parts == shown.parts else {
            let (before, after) = (shown.amount?.description ?? shown.level, now.amount?.description ?? now.level)
            throw Refusal.conflict(
                "Case \(file.number) comes to \(after ?? "nothing") now, not to \(before ?? "nothing") as shown: return it.",
                field: "outcome", details: now.amountBecause)
        }
    }

    /// One more approval; the last one that is needed grants.
    private func approve(
        _ file: CaseFile, _ step: PackStep, _ version: ProgrammeVersion, _ assessment: Assessment,
        in context: CommandContext
    ) async throws {
        let needed = step.approvers(for: assessment.amount ?? Fen(0))
        guard try await Decisions.approvals(of: file, in: context) >= needed else { return }
        try await context.transaction.execute(
            "UPDATE relief.case_file SET approved_at = \(context.now) WHERE id = \(file.id)")
        let approved = try await CaseFile.find(id: file.id, in: context)
        try await CaseSteps.advance(approved, version.pack, in: context)
        if version.pack.kind == .archive {
            try await Archives.enter(approved, version.pack, assessment, in: context)
        } else {
            try await Awards.grant(approved, version.pack, assessment, approvals: needed, in: context)
        }
    }
}

extension Decisions.Kind {
    /// The steps that somebody decides; the others are done or run their time.
    fileprivate init?(_ step: PackStep.Kind) {
        switch step {
        case .review: self = .review
        case .committee: self = .committee
        case .approve: self = .approve
        case .visit, .means, .notice, .pay, .followUp: return nil
        }
    }
}
