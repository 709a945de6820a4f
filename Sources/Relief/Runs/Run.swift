package import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// A payment run (发放批次) as it stands in the database.
struct Run: Sendable {
    let id: UUID
    let number: String
    let fund: UUID
    let executeOn: Day
    let total: Fen
    let state: RunState
    let sheet: String
    let preparedBy: UUID?
    let checkedBy: UUID?
    let approvedBy: UUID?

    init(_ row: Row) throws {
        id = try row["id"]
        number = try row["number"]
        fund = try row["fund"]
        executeOn = try row["execute_on"]
        total = try row["total"]
        state = try row["state"]
        sheet = try row["sheet"]
        preparedBy = try row["prepared_by"]
        checkedBy = try row["checked_by"]
        approvedBy = try row["approved_by"]
    }

    /// The run of a number, where the asker may see it; locked when a command asks.
    static func find(_ number: String, in context: some OperationContext) async throws -> Run {
        let lock: SQL = context is CommandContext ? "FOR NO KEY UPDATE" : ""
        let row = try await context.transaction.first("SELECT * FROM relief.run WHERE number = \(number) \(lock)")
        guard let row else {
            throw Refusal.notFound(
                Phrase(
                    "There is no run \(number); check the number (relief run list).",
                    "没有批次\(number)；请核对编号（relief run list）。"), field: "run")
        }
        return try Run(row)
    }

    /// Refuses unless the run is in the state for the next signature, on the sheet that was seen, by another person than
    /// those before, whom it doesn't pay, nor anybody close; the database refuses the same.
    func requireSigner(
        _ act: String, in required: RunState, sheet seen: String, _ context: CommandContext
    ) async throws {
        guard state == required else {
            throw Refusal.conflict(
                Phrase(
                    "Run \(number) is \(state.rawValue): to \(act) it, it must be \(required.rawValue).",
                    "批次 \(number) 目前为“\(state.title.zh)”：只有“\(required.title.zh)”的批次才能这样办理。"))
        }
        guard seen == sheet else {
            throw Sheets.changed(Phrase("Run \(number)", "批次\(number)"), look: "relief run sheet --run \(number)")
        }
        guard !context.principal.isSystem, ![preparedBy, checkedBy, approvedBy].contains(context.principal.user) else {
            throw Refusal.forbidden(
                Phrase(
                    "Four eyes: nobody signs the run \(number) twice; another person must \(act) it.",
                    "须由不同的人办理：批次 \(number) 同一人不得签两次，请由另一人办理。"))
        }
        let isClose: Bool = try await context.transaction.value(
            "SELECT relief.pays_close_one(\(id), \(context.principal.user))")
        guard !isClose else {
            throw Refusal.forbidden(
                Phrase(
                    "Run \(number) pays \(context.principal.login) or a relative or member of the household: another person must \(act) it.",
                    "批次 \(number) 的收款人包括 \(context.principal.login) 本人、亲属或同户成员：请由另一人办理。")
            )
        }
    }
}

/// Payment runs: gathered, checked, approved and released by four people, filed once, and answered by the bank.
enum Runs {
    static func view(_ run: UUID, in context: some OperationContext) async throws -> RunView {
        var view = try await views("WHERE r.id = \(run)", in: context)[0]
        if [.prepared, .checked, .approved].contains(view.state) {
            let warnings = try await warnings(of: view.number, on: view.executeOn, in: context)
            view.warnings = warnings.isEmpty ? nil : warnings
        }
        return view
    }

    /// What who signs should know of the day on which the bank is to pay: it is off, or its year has no calendar yet.
    private static func warnings(
        of number: String, on day: Day, in context: some OperationContext
    ) async throws -> [Phrase] {
        let calendar = try await Calendars.current(in: context)
        return (calendar.isWorking(day) ? [] : [dayOff(number, day)])
            + (Calendars.warnings(calendar, from: context.today, through: day) ?? [])
    }

    static func dayOff(_ number: String, _ day: Day) -> Phrase {
        Phrase(
            "Run \(number) is to be paid on \(day), a day off: cancel it and prepare it for another day, if the bank doesn't pay then.",
            "批次 \(number) 定于 \(day) 付款，该日为休息日；如银行当日不办理，请撤销后另定日期。")
    }

    /// Runs as shown; `condition` begins with WHERE and may order and limit.
    static func views(_ condition: SQL, in context: some OperationContext) async throws -> [RunView] {
        let rows = try await context.transaction.query(
            """
            SELECT r.*, f.code AS fund_code, o.code AS organisation, u.login AS preparer, v.login AS checker,
                   w.login AS approver, x.login AS releaser, b.format, b.name AS file_name, b.sha256
            FROM relief.run r JOIN relief.fund f ON f.id = r.fund JOIN relief.organisation o ON o.id = f.org_id
            LEFT JOIN relief.app_user u ON u.id = r.prepared_by LEFT JOIN relief.app_user v ON v.id = r.checked_by
            LEFT JOIN relief.app_user w ON w.id = r.approved_by LEFT JOIN relief.app_user x ON x.id = r.released_by
            LEFT JOIN relief.bank_file b ON b.run = r.id \(condition)
            """)
        let ids: [UUID] = try rows.map { try $0["id"] }
        let counts = try await counts(of: ids, in: context)
        return try rows.map { row in
            RunView(
                number: try row["number"], fund: try row["fund_code"], organisation: try row["organisation"],
                programme: try row["programme"], state: try row["state"], executeOn: try row["execute_on"],
                payments: try row["payments"], total: try row["total"], sheet: try row["sheet"],
                preparedBy: try row["preparer"] ?? Principal.system.login, preparedAt: try row["prepared_at"],
                checkedBy: try row["checker"], checkedAt: try row["checked_at"], approvedBy: try row["approver"],
                approvedAt: try row["approved_at"], releasedBy: try row["releaser"],
                releasedAt: try row["released_at"], format: try row["format"], fileName: try row["file_name"],
                fileSha256: try row["sha256"], counts: counts[try row["id"]] ?? [],
                cancelReason: try row["cancel_reason"])
        }
    }

    private static func counts(
        of runs: [UUID], in context: some OperationContext
    ) async throws -> [UUID: [PaymentCount]] {
        let rows = try await context.transaction.query(
            """
            SELECT run, state, count(*) AS count, sum(amount)::bigint AS total FROM relief.payment
            WHERE run = ANY (\(runs)) GROUP BY run, state ORDER BY state
            """)
        var counts: [UUID: [PaymentCount]] = [:]
        for row in rows {
            counts[try row["run"], default: []].append(
                PaymentCount(state: try row["state"], count: try row["count"], total: try row["total"]))
        }
        return counts
    }
}

extension ListRuns: Answerable {
    package func answer(in context: QueryContext) async throws -> Page<RunView> {
        let size = try Paging.size(limit)
        let views = try await Runs.views(
            """
            WHERE (\(fund)::text IS NULL OR f.code = \(fund)) AND (\(state)::text IS NULL OR r.state = \(state))
              AND r.number_key > relief.number_key(\(cursor ?? ""))
            ORDER BY r.number_key LIMIT \(size + 1)
            """, in: context)
        return Paging.page(views, size: size, cursor: \.number)
    }
}

extension ShowRun: Answerable {
    package func answer(in context: QueryContext) async throws -> RunView {
        var view = try await Runs.view(Run.find(run, in: context).id, in: context)
        view.jobs = try await SubjectJobs.of(run: run, in: context)
        return view
    }
}
