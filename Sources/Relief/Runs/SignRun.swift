package import Contract
import FoundationEssentials
import Postgres

extension CheckRun: Executable {
    package func execute(in context: CommandContext) async throws -> RunView {
        let run = try await Run.find(run, in: context)
        try await run.requireSigner("check", in: .prepared, sheet: sheet, context)
        _ = try await run.requirePayable(in: context)
        context.noteSigned(run.sheet, unseen: unseen)
        try await context.transaction.execute(
            """
            UPDATE relief.run SET state = 'checked', checked_by = \(context.principal.user), checked_at = \(context.now)
            WHERE id = \(run.id)
            """)
        return try await Runs.signed(run, in: context)
    }
}

extension ApproveRun: Executable {
    package func execute(in context: CommandContext) async throws -> RunView {
        let run = try await Run.find(run, in: context)
        try await run.requireSigner("approve", in: .checked, sheet: sheet, context)
        _ = try await run.requirePayable(in: context)
        context.noteSigned(run.sheet, unseen: unseen)
        try await context.transaction.execute(
            """
            UPDATE relief.run SET state = 'approved', approved_by = \(context.principal.user), approved_at = \(context.now)
            WHERE id = \(run.id)
            """)
        try await context.transaction.execute(
            "UPDATE relief.payment SET state = 'approved' WHERE run = \(run.id)")
        return try await Runs.signed(run, in: context)
    }
}

extension CancelRun: Executable {
    /// Its instalments are due again, and their money stays held for them.
    package func execute(in context: CommandContext) async throws -> RunView {
        let run = try await Run.find(run, in: context)
        return try await context.seeingAll { _ in try await cancel(run, in: context) }
    }

    private func cancel(_ run: Run, in context: CommandContext) async throws -> RunView {
        guard [.prepared, .checked, .approved].contains(run.state) else {
            throw Refusal.conflict(
                Phrase(
                    "Run \(run.number) is \(run.state.rawValue): what was released for the bank can't be cancelled.",
                    "批次 \(run.number) 目前为“\(run.state.title.zh)”：已交付银行的不能取消。"))
        }
        let reason = try await PublicReason.checked(
            reason, about: "SELECT p.case_id FROM relief.payment p WHERE p.run = \(run.id)", in: context)
        try await context.transaction.execute(
            """
            UPDATE relief.run SET state = 'cancelled', cancelled_at = \(context.now), cancel_reason = \(reason)
            WHERE id = \(run.id)
            """)
        let payments = try await context.transaction.query(
            "UPDATE relief.payment SET state = 'cancelled' WHERE run = \(run.id) RETURNING instalment, hold")
        let instalments: [UUID] = try payments.map { try $0["instalment"] }
        // What was stopped meanwhile isn't due again: its money goes back to the fund.
        let stopped = try await context.transaction.query(
            """
            UPDATE relief.instalment i SET state = CASE WHEN w.stopped_at IS NULL THEN 'due' ELSE 'stopped' END
            FROM relief.award w WHERE w.id = i.award AND i.id = ANY (\(instalments))
            RETURNING i.state, i.hold, i.case_id
            """
        ).filter { try $0["state"] == InstalmentState.stopped }
        try await Funds.void(holds: stopped.compactMap { try $0["hold"] }, in: context)
        try await Awards.settle(cases: stopped.map { try $0["case_id"] }, in: context)
        context.note("reason", .string(reason))
        context.note("sheet", .string(run.sheet))
        return try await Runs.signed(run, in: context)
    }
}

extension Run {
    /// What the run pays; refused where something has come between since it was prepared, as a word of the bank.
    func requirePayable(in context: CommandContext) async throws -> [Payable] {
        let payables = try await Payable.list(
            "WHERE i.id IN (SELECT p.instalment FROM relief.payment p WHERE p.run = \(id))", in: context)
        let obstacles = payables.compactMap(\.heldUp)
        guard obstacles.isEmpty else {
            throw Refusal.conflict(
                Phrase(
                    "Run \(number) can't be paid as it was prepared: cancel it and prepare it anew.",
                    "批次\(number)不能按原编制发放：请取消后重新编制。"), details: obstacles)
        }
        return payables
    }
}

extension Runs {
    static func signed(_ run: Run, in context: CommandContext) async throws -> RunView {
        context.concerns(run.number)
        return try await view(run.id, in: context)
    }
}
