package import Contract
import FoundationEssentials
import Postgres

extension SubmitCase: Executable {
    package func execute(in context: CommandContext) async throws -> CaseView {
        let file = try await CaseFile.find(`case`, in: context)
        let version = try await Programmes.version(file.version, in: context)
        let judged = try await Cases.submit(file, version, in: context)
        return try await CaseViews.view(file.number, judged: judged, in: context)
    }
}

extension Cases {
    /// Submits a complete and eligible case to the first step of its programme. What stands in the way is said all at
    /// once: missing facts, papers, and each rule that says no with its reason.
    @discardableResult
    static func submit(
        _ file: CaseFile, _ version: ProgrammeVersion, in context: CommandContext
    ) async throws -> Judged {
        try file.requireMove(to: .submitted, act: Phrase("submit", "提交"))
        try await file.requireAnswering(in: context)
        let pack = version.pack
        // What came in time and was sent back may come again after the intake closed.
        if let intake = pack.intake, file.firstSubmittedOn == nil, !intake.contains(context.today) {
            let (opens, closes) = (intake.opens, intake.closes)
            throw Refusal.conflict(
                Phrase(
                    "\(pack.title) takes cases from \(opens.month)/\(opens.day) to \(closes.month)/\(closes.day).",
                    "\(pack.title)的受理时间为\(opens.month)月\(opens.day)日至\(closes.month)月\(closes.day)日。"))
        }
        let judged = try await CaseSheet.refresh(file, version, in: context)
        let (inputs, assessment) = (judged.inputs, judged.assessment)
        let papers = try await missingEvidence(of: file, assessment, pack, in: context).map {
            Phrase("missing: \($0)", "缺少材料：\($0)")
        }
        let open = assessment.open + papers
        guard assessment.answer != .no else {
            throw Refusal.conflict(
                Phrase(
                    "Case \(file.number) is not eligible for \(pack.title).", "案件\(file.number)不符合\(pack.title)的条件。"),
                field: "case", details: assessment.refusals + open)
        }
        guard open.isEmpty else {
            let what =
                assessment.answer == .unknown
                ? Phrase(": whether it is eligible can't be said yet.", "：目前还不能判断是否符合条件。") : Phrase(".", "。")
            throw Refusal.conflict(
                Phrase("Case \(file.number) is not complete\(what.en)", "案件\(file.number)尚不完整\(what.zh)"),
                field: "case", details: open)
        }
        let submitted = try await CaseFile.find(id: file.id, in: context)
        try await Decisions.record(
            .submit, outcome: .pass, reason: nil, of: submitted, step: nil, version: version, inputs: inputs,
            assessment: assessment, in: context)
        try await submitted.move(to: .submitted, in: context)
        try await CaseSteps.open(1, of: submitted, pack, in: context)
        context.concerns(file.number)
        if let amount = assessment.amount { context.note("assessed", .int(amount.rawValue)) }
        return judged
    }

    /// Titles of the papers that the programme asks for and the case hasn't.
    static func missingEvidence(
        of file: CaseFile, _ assessment: Assessment, _ pack: Pack, in context: some OperationContext
    ) async throws -> [String] {
        let kinds: [String] = try await context.transaction.query(
            "SELECT DISTINCT kind FROM relief.evidence WHERE case_id = \(file.id)"
        ).map { try $0["kind"] }
        return pack.evidence.filter { assessment.requiredEvidence.contains($0.kind) && !kinds.contains($0.kind) }
            .map { "\($0.title) (\($0.kind))" }
    }
}
