package import Contract
import FoundationEssentials
import Postgres

extension SubmitCase: Executable {
    package func execute(in context: CommandContext) async throws -> CaseView {
        let file = try await CaseFile.find(`case`, in: context)
        let version = try await Programmes.version(file.version, in: context)
        try await Cases.submit(file, version, in: context)
        return try await CaseViews.view(file.number, in: context)
    }
}

extension Cases {
    /// Submits a complete and eligible case to the first step of its programme. What stands in the way is said all at
    /// once: missing facts, papers, and each rule that says no with its reason.
    static func submit(_ file: CaseFile, _ version: ProgrammeVersion, in context: CommandContext) async throws {
        try file.require(.draft, .returned, to: "submit")
        let pack = version.pack
        if let intake = pack.intake, !intake.contains(context.today) {
            throw Refusal.conflict(
                "\(pack.title) takes cases from \(intake.opens.month)/\(intake.opens.day) to \(intake.closes.month)/\(intake.closes.day)."
            )
        }
        let (inputs, assessment) = try await CaseSheet.refresh(file, version, in: context)
        let missing = assessment.missing + (try await missingEvidence(of: file, assessment, pack, in: context))
        guard missing.isEmpty else {
            throw Refusal.conflict(
                "Case \(file.number) is not complete.", field: "case", details: missing.map { "missing: \($0)" })
        }
        guard assessment.eligible else {
            throw Refusal.conflict(
                "Case \(file.number) is not eligible for \(pack.title).", field: "case", details: assessment.refusals)
        }
        if let amount = assessment.amount, amount.rawValue == 0 {
            throw Refusal.conflict(
                "Case \(file.number) comes to 0 yuan: what may be granted has been.", field: "case",
                details: assessment.amountBecause)
        }
        let submitted = try await CaseFile.find(id: file.id, in: context)
        try await Decisions.record(
            .submit, outcome: .pass, reason: nil, of: submitted, step: nil, version: version, inputs: inputs,
            assessment: assessment, in: context)
        try await context.transaction.execute(
            """
            UPDATE relief.case_file
            SET state = 'submitted', submitted_by = \(context.principal.user), submitted_at = \(context.now),
                rule_passed_at = \(context.now)
            WHERE id = \(file.id)
            """)
        try await CaseSteps.open(1, of: submitted, pack, in: context)
        context.concerns(file.number)
        if let amount = assessment.amount { context.note("assessed", .int(amount.rawValue)) }
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
