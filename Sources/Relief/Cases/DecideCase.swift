package import Contract
import FoundationEssentials
import Postgres

extension DecideCase: Executable {
    package func execute(in context: CommandContext) async throws -> CaseView {
        let file = try await CaseFile.find(`case`, in: context)
        try file.require([.submitted], to: Phrase("decide", "审核审批"))
        let version = try await Programmes.version(file.version, in: context)
        try requireSeenStep(of: file, version.pack)
        let (ordinal, step, kind) = try openStep(of: file, version.pack)
        try context.require(
            kind == .approve ? .approveCases : .reviewCases, at: file.path, to: "decide “\(step.title)”")
        guard sheet == file.sheet else {
            throw Sheets.changed(
                Phrase("Case \(file.number)", "案件\(file.number)"), look: "relief case sheet --case \(file.number)")
        }
        if kind == .approve, outcome == .pass, let item = version.pack.item,
            let owner = file.subject.owner(of: version.pack)
        {
            // What is left of a limit is reckoned after whoever grants of the same item to the same people has ended.
            try await context.transaction.execute("SELECT relief.lock_aid(\(owner), \(item), \(context.today))")
        }
        let judged = try await CaseSheet.judge(file, version.pack, in: context)
        let (inputs, assessment) = (judged.inputs, judged.assessment)
        if outcome == .pass { try await Cases.requireStanding(file, assessment, in: context) }
        if outcome == .pass, kind == .approve { try await requireMoney(file, version.pack, assessment, in: context) }
        try await Decisions.record(
            kind, outcome: outcome, reason: reason, of: file, step: ordinal, version: version, inputs: inputs,
            assessment: assessment, in: context)
        switch outcome {
        case .reject:
            try await Notices.remove(file, in: context)
            try await CaseSteps.end(file, as: .rejected, in: context)
        case .return:
            try await Notices.remove(file, in: context)
            try await CaseSteps.sendBack(file, in: context)
        case .pass where kind == .approve: try await approve(file, step, version, assessment, in: context)
        case .pass: try await CaseSteps.advance(file, version.pack, in: context)
        }
        context.concerns(file.number)
        context.note("step", .string(step.title))
        context.noteSigned(sheet, unseen: unseen)
        return try await CaseViews.view(file.number, judged: judged, in: context)
    }

    /// That a fund can pay is known before the first signature, and not only at the last.
    private func requireMoney(
        _ file: CaseFile, _ pack: Pack, _ assessment: Assessment, in context: CommandContext
    ) async throws {
        guard let item = pack.item, let amount = assessment.amount else { return }
        _ = try await Funds.choose(
            programme: pack.programme, path: file.path, item: item, amount: amount, sources: pack.funding,
            day: context.today, in: context)
    }

    /// What was looked at was looked at for the step that was open then.
    private func requireSeenStep(of file: CaseFile, _ pack: Pack) throws {
        guard let step, let open = file.step.flatMap({ pack.step($0) }), open.kind.rawValue != step else { return }
        throw Refusal.conflict(
            Phrase(
                "Case \(file.number) has gone on to “\(open.title)” since it was shown: look at it again.",
                "案件\(file.number)已进入“\(open.title)”环节：请重新查看。"), field: "step")
    }

    /// The step to be decided. A step that runs its time or is done in the field passes by itself; a no or a return is
    /// possible at any, for what was found there.
    private func openStep(of file: CaseFile, _ pack: Pack) throws -> (Int, PackStep, Decisions.Kind) {
        guard let ordinal = file.step, let step = pack.step(ordinal) else {
            throw Refusal.conflict(
                Phrase("Case \(file.number) has no open step to decide.", "案件\(file.number)没有待决定的环节。"), field: "case")
        }
        if let kind = Decisions.Kind(step.kind) { return (ordinal, step, kind) }
        guard outcome != .pass else {
            throw Refusal.conflict(
                Phrase(
                    "Case \(file.number) has nothing to decide now: its open step is \(step.title). It can be rejected or returned.",
                    "案件\(file.number)目前无需通过决定：当前环节为“\(step.title)”；可以否决或退回。"), field: "case")
        }
        return (ordinal, step, .review)
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
