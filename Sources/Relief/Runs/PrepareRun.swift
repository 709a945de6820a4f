package import Contract
import FoundationEssentials
import Postgres
import WorkingDays

extension PrepareRun: Executable {
    package func execute(in context: CommandContext) async throws -> RunView {
        let fund = try await Fund.find(fund, in: context)
        guard executeOn >= context.today else {
            throw Refusal.invalid(
                Phrase(
                    "The bank can't pay on \(executeOn), which has passed.",
                    "付款日 \(executeOn) 已过，银行无法付款。"), field: "executeOn")
        }
        guard executeOn <= context.today.adding(days: Runs.farthest) else {
            throw Refusal.invalid(
                Phrase(
                    "A bank takes no order for \(executeOn): at most \(Runs.farthest) days ahead.",
                    "银行不接受 \(executeOn) 的指令：最多提前 \(Runs.farthest) 天。"), field: "executeOn")
        }
        guard upTo <= context.today.adding(days: 366) else {
            throw Refusal.invalid(
                Phrase(
                    "Nothing is paid more than a year before it is due.",
                    "不得早于到期日一年以上付款。"), field: "upTo")
        }
        let view = try await context.seeingAll { _ in
            try await Runs.prepare(
                fund, programme: programme, upTo: upTo, executeOn: executeOn, format: format, in: context)
        }
        // The leaf stands in the timelines of all cases that are paid, also of other unions': no figure of the fund is in it.
        context.note("run", .string(view.number))
        return view
    }
}

extension Runs {
    /// Days that a bank's order may lie ahead.
    static let farthest = 31

    /// Gathers what is due of a fund's awards into one run, one payment each; what can't be paid now, or no file of the
    /// bank's carries, is left out, and said.
    static func prepare(
        _ fund: Fund, programme: String?, upTo: Day, executeOn: Day, format: BankFormat? = nil,
        in context: CommandContext
    ) async throws -> RunView {
        // Two runs prepared at once would both see the same instalments: the second waits here and finds them taken.
        try await context.transaction.execute(
            """
            SELECT FROM relief.instalment i JOIN relief.award w ON w.id = i.award
            WHERE w.fund = \(fund.id) AND i.state = 'due' AND i.due_on <= \(upTo) ORDER BY i.id FOR NO KEY UPDATE OF i
            """)
        let due = try await Payable.list(
            """
            WHERE w.fund = \(fund.id) AND i.state = 'due' AND i.due_on <= \(upTo)
              AND (\(programme)::text IS NULL OR c.programme = \(programme))
            """, in: context)
        let fit = try FileFit(due.filter { $0.obstacle == nil }, of: fund, format: format, in: context)
        let leftOut = due.compactMap(\.heldUp) + fit.leftOut
        let payables = fit.taken
        guard !payables.isEmpty else {
            throw Refusal.conflict(
                due.isEmpty
                    ? Phrase(
                        "No instalment of fund \(fund.code) is due up to \(upTo).", "资金\(fund.code)在\(upTo)前没有到期的款项。")
                    : Phrase(
                        "None of the \(due.count) instalments of fund \(fund.code) that are due can be paid now.",
                        "资金\(fund.code)到期的\(due.count)笔款项目前都不能发放。"),
                details: leftOut.isEmpty ? nil : leftOut)
        }
        let run = UUID()
        let number = try await Numbers.next(
            .run(year: context.today.year), of: union(of: fund, in: context), in: context.transaction)
        let sheet = try RunSheet(run: number, fund: fund, executeOn: executeOn, payables, in: context)
        let preparer = context.principal.isSystem ? nil : context.principal.user
        try await context.transaction.execute(
            """
            INSERT INTO relief.run (id, number, fund, org_path, programme, up_to, execute_on, state, payments, total, sheet,
              prepared_by, prepared_at)
            VALUES (\(run), \(number), \(fund.id), \(fund.path)::ltree, \(programme), \(upTo), \(executeOn), 'prepared',
              \(sheet.count), \(sheet.total), \(Sheets.keep(sheet, subject: number, in: context)), \(preparer),
              \(context.now))
            """)
        try await enter(payables, run: run, in: context)
        context.concerns(number)
        for payable in payables { context.concerns(payable.caseNumber) }
        var view = try await view(run, in: context)
        view.leftOut = leftOut
        if !fit.warnings.isEmpty { view.warnings = (view.warnings ?? []) + fit.warnings }
        return view
    }

    private static func union(of fund: Fund, in context: CommandContext) async throws -> Organisation {
        try Organisation(
            await context.transaction.one(
                "SELECT id, code, name, level, line, path, region FROM relief.organisation WHERE id = \(fund.organisation)"
            ))
    }

    private static func enter(_ payables: [Payable], run: UUID, in context: CommandContext) async throws {
        try await context.transaction.execute(
            """
            INSERT INTO relief.payment (id, reference, run, instalment, case_id, attempt, payee_account, amount, state, hold,
              org_path, created_at)
            SELECT l.id, l.reference, \(run), l.instalment, l.case_id, l.attempt, l.account, l.amount, 'prepared', l.hold,
                   l.path::ltree, \(context.now)
            FROM unnest(\(payables.map { _ in UUID() }), \(payables.map(\.reference)), \(payables.map(\.instalment)),
                 \(payables.map(\.caseID)), \(payables.map(\.attempt)), \(payables.compactMap(\.account)),
                 \(payables.map(\.amount.rawValue)), \(payables.compactMap(\.hold)), \(payables.map(\.casePath)))
              AS l (id, reference, instalment, case_id, attempt, account, amount, hold, path)
            """)
        try await context.transaction.execute(
            "UPDATE relief.instalment SET state = 'inRun' WHERE id = ANY (\(payables.map(\.instalment)))")
        try await CaseLife.move(payables.map(\.caseID), from: [.awarded], to: .paying, in: context)
    }
}

/// Prepares one run for every fund of which something is due: people then only check, approve and release.
struct PrepareDueRuns: SystemCommand {
    typealias Reply = WorkDone
    static let name = "run.prepareDue"
    static let summary = Phrase("Prepares a run for every fund with instalments that are due.", "为有到期款项的各项资金编制批次。")

    /// Working days until the bank is to pay: time for three signatures.
    static let leadTime = 2

    func execute(in context: CommandContext) async throws -> WorkDone {
        let calendar = try await Calendars.current(in: context)
        let executeOn = calendar.day(workingDays: Self.leadTime, after: context.today)
        let funds = try await context.transaction.query(
            """
            SELECT \(Fund.columns) FROM relief.fund f WHERE EXISTS (
              SELECT FROM relief.instalment i JOIN relief.award w ON w.id = i.award
              WHERE w.fund = f.id AND i.state = 'due' AND i.due_on <= \(context.today)) ORDER BY f.code
            """)
        // The leaf stands in the timelines of all unions whose cases are paid: no figure of one of them is in it.
        var (prepared, heldUp, failed) = (0, 0, 0)
        for row in funds {
            let fund = try Fund(row)
            let isPrepared = try await context.item("\(Self.name) of fund \(fund.code)") {
                do {
                    _ = try await Runs.prepare(
                        fund, programme: nil, upTo: context.today, executeOn: executeOn, in: context)
                    prepared += 1
                } catch is Refusal {
                    // Everything due is held up, and `run prepare` says by what; tomorrow is another day.
                    heldUp += 1
                }
            }
            if !isPrepared { failed += 1 }
        }
        context.note("runs", .int(Int64(prepared)))
        context.note("heldUp", .int(Int64(heldUp)))
        context.note("failed", .int(Int64(failed)))
        return WorkDone(count: prepared)
    }
}
