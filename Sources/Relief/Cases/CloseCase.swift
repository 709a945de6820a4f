package import Contract
import FoundationEssentials
import Postgres
import WorkingDays

extension RecordFollowUp: Executable {
    package func execute(in context: CommandContext) async throws -> CaseView {
        let file = try await CaseFile.find(`case`, in: context)
        try file.require([.awarded, .paying, .followUp], to: Phrase("follow up", "回访"))
        try ActDay.check(on, from: Day(file.openedAt), in: context)
        let finding = try Prose.checked(finding, field: "finding")
        try await context.transaction.execute(
            """
            INSERT INTO relief.follow_up (id, case_id, done_on, manner, finding, satisfied, recorded_by, recorded_at)
            VALUES (\(UUID()), \(file.id), \(on), \(manner), \(finding), \(satisfied), \(context.principal.user), \(context.now))
            """)
        context.concerns(file.number)
        return try await CaseViews.view(file.number, in: context)
    }
}

extension CloseCase: Executable {
    /// Approved is not done (三往): after an award the database refuses to close a case that nobody followed up.
    package func execute(in context: CommandContext) async throws -> CaseView {
        let file = try await CaseFile.find(`case`, in: context)
        try file.requireMove(to: .closed, act: Phrase("close", "结案"))
        let version = try await Programmes.version(file.version, in: context)
        if version.pack.kind == .archive
            && [.relieved, .died, .identifiedOut, .safetyNet, .moved, .duplicate].contains(outcome)
        {
            _ = try await context.seeingAll {
                try await $0.execute(
                    """
                    UPDATE relief.archive SET ended_at = \(context.now), end_reason = \(outcome.rawValue)
                    WHERE case_id = \(file.id) AND ended_at IS NULL
                    """)
            }
        }
        try await context.transaction.execute(
            """
            UPDATE relief.case_step SET state = CASE state WHEN 'open' THEN 'done' ELSE 'skipped' END,
              done_at = CASE state WHEN 'open' THEN \(context.now)::timestamptz END
            WHERE case_id = \(file.id) AND state IN ('open', 'waiting')
            """)
        try await file.move(to: .closed, noting: "outcome = \(outcome), outcome_note = \(note)", in: context)
        context.concerns(file.number)
        context.note("outcome", .string(outcome.rawValue))
        return try await CaseViews.view(file.number, in: context)
    }
}

extension WithdrawCase: Executable {
    package func execute(in context: CommandContext) async throws -> CaseView {
        let file = try await CaseFile.find(`case`, in: context)
        try file.requireMove(to: .withdrawn, act: Phrase("withdraw", "撤回"))
        let reason = try await PublicReason.checked(reason, about: "SELECT \(file.id)", in: context)
        context.note("reason", .string(reason))
        try await Notices.remove(file, in: context)
        try await CaseSteps.end(file, as: .withdrawn, in: context)
        context.concerns(file.number)
        return try await CaseViews.view(file.number, in: context)
    }
}

extension SuspendCase: Executable {
    /// Halts payments: the next run leaves the case out.
    package func execute(in context: CommandContext) async throws -> CaseView {
        let file = try await CaseFile.find(`case`, in: context)
        try file.requireMove(to: .suspended, act: Phrase("suspend", "暂停发放"))
        let reason = try await PublicReason.checked(reason, about: "SELECT \(file.id)", in: context)
        context.note("reason", .string(reason))
        try await file.move(to: .suspended, in: context)
        context.concerns(file.number)
        return try await CaseViews.view(file.number, in: context)
    }
}

extension ResumeCase: Executable {
    package func execute(in context: CommandContext) async throws -> CaseView {
        let file = try await CaseFile.find(`case`, in: context)
        try file.require([.suspended], to: Phrase("resume", "恢复发放"))
        try await Awards.resume(file, in: context)
        context.concerns(file.number)
        try await Awards.settle(cases: [file.id], in: context)
        return try await CaseViews.view(file.number, in: context)
    }
}

extension StopAward: Executable {
    package func execute(in context: CommandContext) async throws -> CaseView {
        let file = try await CaseFile.find(`case`, in: context)
        try file.require([.awarded, .paying, .suspended, .followUp], to: Phrase("stop the award of", "停发"))
        let reason = try await PublicReason.checked(reason, about: "SELECT \(file.id)", in: context)
        try await Awards.stop(file, reason: reason, in: context)
        if file.state == .suspended { try await Awards.resume(file, in: context) }
        try await Awards.settle(cases: [file.id], in: context)
        context.concerns(file.number)
        context.note("reason", .string(reason))
        return try await CaseViews.view(file.number, in: context)
    }
}
