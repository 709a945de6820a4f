package import Contract
import FoundationEssentials
import Postgres

extension RecordVisit: Executable {
    /// A visit is made by two (入户调查两人以上); what they found can change the facts of the case.
    package func execute(in context: CommandContext) async throws -> CaseView {
        let file = try await CaseFile.find(`case`, in: context)
        try file.require([.draft, .submitted, .returned], to: Phrase("visit", "登记走访"))
        guard visitors.count == 2, visitors[0] != visitors[1] else {
            throw Refusal.invalid(
                Phrase(
                    "A home visit must be made by two different people: name both.",
                    "入户走访须由两个人进行：请写明两人。"), field: "visitors")
        }
        try ActDay.check(on, from: file.firstDayOfFindings, in: context)
        let seen = try Prose.checked(findings, field: "findings")
        let (first, second) = (
            try await User.find(visitors[0], field: "visitors", in: context),
            try await User.find(visitors[1], field: "visitors", in: context)
        )
        let version = try await Programmes.version(file.version, in: context)
        let changes = try version.pack.read(facts ?? [:])
        let stored = String(decoding: try JSON.encode(changes), as: UTF8.self)
        try await context.transaction.execute(
            """
            INSERT INTO relief.visit (id, case_id, visited_on, visitor, companion, findings, facts, recorded_by, recorded_at)
            VALUES (\(UUID()), \(file.id), \(on), \(first.id), \(second.id), \(seen), \(stored)::text::jsonb,
                    \(context.principal.user), \(context.now))
            """)
        try await Cases.found(changes, of: file, version, endsStep: .visit, in: context)
        return try await CaseViews.view(file.number, in: context)
    }
}

extension RecordMeans: Executable {
    package func execute(in context: CommandContext) async throws -> CaseView {
        let file = try await CaseFile.find(`case`, in: context)
        try file.require([.draft, .submitted, .returned], to: Phrase("check the means of", "登记经济核对"))
        try ActDay.check(on, from: file.firstDayOfFindings, in: context)
        let source = try Prose.checked(source, field: "source")
        let version = try await Programmes.version(file.version, in: context)
        let changes = try version.pack.read(facts)
        let stored = String(decoding: try JSON.encode(changes), as: UTF8.self)
        try await context.transaction.execute(
            """
            INSERT INTO relief.means_check (id, case_id, source, checked_on, facts, note, recorded_by, recorded_at)
            VALUES (\(UUID()), \(file.id), \(source), \(on), \(stored)::text::jsonb, \(note), \(context.principal.user),
                    \(context.now))
            """)
        try await Cases.found(changes, of: file, version, endsStep: .means, in: context)
        return try await CaseViews.view(file.number, in: context)
    }
}

extension Cases {
    /// Takes what was found into the facts, makes the sheet anew, and ends the step that waited for it.
    fileprivate static func found(
        _ changes: [String: JSONValue], of file: CaseFile, _ version: ProgrammeVersion, endsStep kind: PackStep.Kind,
        in context: CommandContext
    ) async throws {
        // What stood on the public notice, and what the reviewers saw, is what is approved: findings change a submitted
        // case only in the step that waits for them.
        if file.state == .submitted, let open = file.step.flatMap({ version.pack.step($0) }), open.kind != kind {
            throw Refusal.conflict(
                Phrase(
                    "Case \(file.number) is at “\(open.title)”: what changes it now would go past those who saw it; return it first.",
                    "案件\(file.number)正处于“\(open.title)”：此时更改会绕过已经看过的人；请先退回。"),
                field: "case")
        }
        let file = changes.isEmpty ? file : try await merge(changes, into: file, in: context)
        let assessment = try await CaseSheet.refresh(file, version, in: context).assessment
        guard file.state != .submitted || assessment.period == nil || assessment.period == file.period else {
            throw Refusal.conflict(
                Phrase(
                    "Case \(file.number) is for \(file.period ?? ""): what was found makes it one for \(assessment.period ?? ""). Return it first.",
                    "案件\(file.number)的周期为“\(file.period ?? "")”：所查事实使其变为“\(assessment.period ?? "")”，请先退回。"),
                field: "facts")
        }
        // A household that no longer qualifies goes no further: it is rejected, returned, or visited again. What can't be
        // said now is looked at by whoever decides next.
        if let ordinal = file.step, version.pack.step(ordinal)?.kind == kind, assessment.answer != .no {
            try await CaseSteps.advance(file, version.pack, in: context)
        }
        context.concerns(file.number)
        context.note("answer", .string(assessment.answer.rawValue))
    }
}
