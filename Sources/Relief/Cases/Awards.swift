import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// What a case is granted: an award in instalments, its money held in a fund from the moment of approval.
enum Awards {
    static func grant(
        _ file: CaseFile, _ pack: Pack, _ assessment: Assessment, approvals: Int, in context: CommandContext
    ) async throws {
        guard let amount = assessment.amount, amount > .zero, !assessment.plan.isEmpty, let item = pack.item,
            let sheet = file.sheet, let tested = file.ruleTestedAt
        else {
            throw Refusal.conflict(
                Phrase(
                    "Case \(file.number) comes to no amount that can be granted.",
                    "案件\(file.number)没有可以发放的金额。"))
        }
        let fund = try await Funds.choose(
            programme: pack.programme, path: file.path, item: item, amount: amount, sources: pack.funding,
            day: context.today,
            in: context)
        let award = UUID()
        // A programme that needs no archive doesn't end with one.
        let archived = pack.archiveWaived == nil ? try await archivedOn(file, in: context) : nil
        let noticeWaived =
            pack.steps.contains { $0.kind == .notice } ? nil : "the programme \(pack.programme) has no notice"
        try await context.transaction.execute(
            """
            INSERT INTO relief.award (id, case_id, amount, item, fund, sheet, approvals_needed, archived_on, archive_waived,
              rule_passed_at, notice_closed_at, notice_waived, approved_at)
            VALUES (\(award), \(file.id), \(amount), \(item), \(fund.id), \(sheet), \(approvals), \(archived),
              \(pack.archiveWaived), \(tested), \(file.noticeClosedAt), \(noticeWaived), \(context.now))
            """)
        let calendar = try await Calendars.current(in: context)
        let parts = assessment.plan.map {
            (id: UUID(), dueOn: $0.dueOn(approvedOn: context.today, calendar: calendar), amount: $0.amount)
        }
        let holds = try await Funds.hold(
            parts.map { ($0.id, $0.amount) }, fund: fund, item: item, reference: file.number, in: context)
        for (index, part) in parts.enumerated() {
            try await context.transaction.execute(
                """
                INSERT INTO relief.instalment (id, award, case_id, ordinal, due_on, amount, state, hold)
                VALUES (\(part.id), \(award), \(file.id), \(index + 1), \(part.dueOn), \(part.amount), 'due', \(holds[part.id]))
                """)
        }
        try await file.move(to: .awarded, in: context)
        context.concerns(fund.code)
        context.note("amount", .int(amount.rawValue))
        context.note("fund", .string(fund.code))
    }

    private static func archivedOn(_ file: CaseFile, in context: CommandContext) async throws -> Day? {
        guard let household = file.subject.household else { return nil }
        // The household may be a union's above the case's.
        return try await context.seeingAll {
            try await $0.first(
                "SELECT archived_on FROM relief.archive WHERE household = \(household) AND ended_at IS NULL")?[
                    "archived_on"]
        }
    }

    /// Stops what isn't in a run yet and gives its money back to the fund.
    static func stop(_ file: CaseFile, reason: String, in context: CommandContext) async throws {
        let stopped = try await context.transaction.query(
            """
            UPDATE relief.instalment SET state = 'stopped' WHERE case_id = \(file.id) AND state IN ('due', 'failed')
            RETURNING hold
            """)
        let holds: [UUID] = try stopped.compactMap { try $0["hold"] }
        try await Funds.void(holds: holds, in: context)
        try await context.transaction.execute(
            """
            UPDATE relief.award SET stopped_at = \(context.now), stop_reason = \(reason)
            WHERE case_id = \(file.id) AND stopped_at IS NULL
            """)
        context.note("stopped", .int(Int64(stopped.count)))
    }

    /// Takes up a suspended award where it stood: part of it may be under way.
    static func resume(_ file: CaseFile, in context: CommandContext) async throws {
        let hasPayments = try await context.transaction.exists("SELECT FROM relief.payment WHERE case_id = \(file.id)")
        try await file.move(to: hasPayments ? .paying : .awarded, in: context)
    }

    /// Moves those cases to follow-up of whose awards nothing is still to be paid.
    static func settle(cases: some Collection<UUID>, in context: CommandContext) async throws {
        let moved = try await CaseLife.move(
            cases, from: [.awarded, .paying], to: .followUp,
            where: """
                NOT EXISTS (
                  SELECT FROM relief.instalment i WHERE i.case_id = c.id AND i.state IN ('due', 'inRun', 'failed'))
                """, in: context)
        var standing: [Standing: [UUID]] = [:]
        for file in moved {
            guard let step = file.step else { continue }
            standing[Standing(version: file.version, step: step), default: []].append(file.id)
        }
        for (place, files) in standing {
            let pack = try await Programmes.version(place.version, in: context).pack
            guard pack.step(place.step)?.kind == .pay else { continue }
            try await CaseSteps.advance(files, past: place.step, pack, in: context)
        }
    }

    /// Where cases stand that go on together.
    private struct Standing: Hashable {
        let version: UUID
        let step: Int
    }
}
