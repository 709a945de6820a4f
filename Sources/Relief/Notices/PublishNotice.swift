package import Contract
import FoundationEssentials
import Postgres
import WorkingDays

extension PublishNotice: Executable {
    package func execute(in context: CommandContext) async throws -> NoticeView {
        let union = try await Organisation.find(organisation, in: context)
        // An upper union's notice or objection counts, too.
        let files = try await context.seeingAll { _ in try await waiting(under: union, in: context) }
        guard !files.isEmpty else {
            throw Refusal.conflict(
                Phrase(
                    "No case of \(programme) under \(organisation) waits for a public notice.",
                    "\(organisation) 之下没有等待公示的 \(programme) 案件。"), field: "programme")
        }
        // Cases of two versions may share a notice; it then stands as long as the stricter one asks.
        var (title, days) = ("", 0)
        var lines: [(file: CaseFile, name: String, category: String, amount: Fen?)] = []
        var leftOut: [Phrase] = []
        for file in files {
            let version = try await Programmes.version(file.version, in: context)
            guard let step = file.step.flatMap({ version.pack.step($0) }) else { continue }
            do {
                let now = version.pack.assess(try await CaseSheet.inputs(of: file, version.pack, in: context))
                try await Cases.requireStanding(file, now, in: context)
            } catch var refusal as Refusal {
                guard cases == nil else {
                    refusal.field = "cases"
                    throw refusal
                }
                leftOut.append(([refusal.phrase] + (refusal.particulars ?? [])).joined("; ", "；"))
                continue
            }
            (title, days) = (version.pack.title, max(days, step.noticeDays))
            let assessment = try await CaseSheet.shown(file, in: context).assessment
            let subject = try await CaseViews.subject(of: file, in: context)
            let name = subject.kind == .employer ? subject.name ?? "" : PublicText.name(subject.name ?? "")
            let category = assessment.level.map { "\(version.pack.title)（\($0)）" } ?? version.pack.title
            lines.append((file, name, category, step.showsAmount ? assessment.amount : nil))
        }
        guard !lines.isEmpty else {
            throw Refusal.conflict(
                Phrase(
                    "No case of \(programme) under \(organisation) can be published as it stands.",
                    "\(organisation)的\(programme)案件目前都不能公示。"), field: "programme", details: leftOut)
        }
        let end = try await Calendars.current(in: context).day(workingDays: days, after: context.today)
        let text = try PublicText.render(
            title: title, union: union.name, lines: lines.map { ($0.name, $0.category, $0.amount) },
            from: context.today, to: end)
        let (id, number) = (
            UUID(), try await Numbers.next(.notice(year: context.today.year), of: union, in: context.transaction)
        )
        try await context.transaction.execute(
            """
            INSERT INTO relief.notice (id, number, programme, org_id, org_path, starts_on, working_days, state, public_text,
              published_by, published_at)
            VALUES (\(id), \(number), \(programme), \(union.id), \(union.path)::ltree, \(context.today), \(days),
              'running', \(text), \(context.principal.user), \(context.now))
            """)
        for line in lines {
            try await context.transaction.execute(
                """
                INSERT INTO relief.notice_item (id, notice, case_id, public_name, category, amount, state, closes_on)
                VALUES (\(UUID()), \(id), \(line.file.id), \(line.name), \(line.category), \(line.amount), 'listed', \(end))
                """)
            try await ClearNotice.plan(line.file.number, after: end, in: context)
            context.concerns(line.file.number)
        }
        context.concerns(number)
        context.note("cases", .int(Int64(lines.count)))
        if !leftOut.isEmpty { context.note("leftOut", .int(Int64(leftOut.count))) }
        var view = try await Notices.view(number, in: context)
        view.leftOut = leftOut.isEmpty ? nil : leftOut
        return view
    }

    private func waiting(under union: Organisation, in context: CommandContext) async throws -> [CaseFile] {
        let rows = try await context.transaction.query(
            """
            SELECT \(CaseFile.columns) FROM relief.case_file c
            JOIN relief.case_step s ON s.case_id = c.id AND s.state = 'open' AND s.kind = 'notice'
            WHERE c.programme = \(programme) AND c.state = 'submitted' AND c.org_path <@ \(union.path)::ltree
              AND (\(cases)::text[] IS NULL OR c.number = ANY (\(cases)))
              AND NOT EXISTS (SELECT FROM relief.notice_item i WHERE i.case_id = c.id AND i.state IN ('listed', 'objected'))
            ORDER BY c.number_key FOR NO KEY UPDATE OF c
            """)
        let files = try rows.map(CaseFile.init)
        let disputed = try await context.transaction.first(
            """
            SELECT c.number FROM relief.objection b JOIN relief.notice_item i ON i.id = b.item
            JOIN relief.case_file c ON c.id = i.case_id WHERE b.state = 'open' AND c.id = ANY (\(files.map(\.id)))
            ORDER BY c.number LIMIT 1
            """)
        if let disputed {
            let number: String = try disputed["number"]
            throw Refusal.conflict(
                Phrase(
                    "An objection to case \(number) is still open: resolve it first (relief objection resolve).",
                    "案件\(number)的异议尚未处理：请先处理（relief objection resolve）。"),
                field: "cases")
        }
        if let missing = cases?.first(where: { number in !files.contains { $0.number == number } }) {
            throw Refusal.conflict(
                Phrase(
                    "Case \(missing) doesn't wait for a public notice of \(programme).",
                    "案件\(missing)并非等待 \(programme) 的公示。"), field: "cases")
        }
        return files
    }
}

extension WithdrawNotice: Executable {
    package func execute(in context: CommandContext) async throws -> NoticeView {
        let before = try await Notices.view(notice, in: context)
        guard before.state == .running || before.state == .paused else {
            throw Refusal.conflict(
                Phrase(
                    "Notice \(notice) is \(before.state.rawValue) already.",
                    "公示\(notice)目前为“\(before.state.title.zh)”。"), field: "notice")
        }
        let listed: SQL = """
            SELECT i.case_id FROM relief.notice_item i JOIN relief.notice n ON n.id = i.notice WHERE n.number = \(notice)
            """
        let reason = try await PublicReason.checked(reason, about: listed, in: context)
        context.note("reason", .string(reason))
        try await context.transaction.execute(
            """
            UPDATE relief.notice_item SET state = 'removed', paused_on = NULL WHERE state IN ('listed', 'objected')
              AND notice = (SELECT n.id FROM relief.notice n WHERE n.number = \(notice))
            """)
        try await context.transaction.execute(
            "UPDATE relief.notice SET state = 'withdrawn', closed_at = \(context.now) WHERE number = \(notice)")
        for item in before.items { context.concerns(item.case) }
        context.concerns(notice)
        return try await Notices.view(notice, in: context)
    }
}

extension ListNotices: Answerable {
    package func answer(in context: QueryContext) async throws -> Page<NoticeView> {
        let size = try Paging.size(limit)
        let rows = try await context.transaction.query(
            """
            SELECT \(Notices.columns) WHERE n.number_key > relief.number_key(coalesce(\(cursor)::text, ''))
              AND (\(state)::text IS NULL OR n.state = \(state))
              AND (\(organisation)::text IS NULL
                   OR n.org_path <@ (SELECT u.path FROM relief.organisation u WHERE u.code = \(organisation)))
            ORDER BY n.number_key LIMIT \(size + 1)
            """)
        var views: [NoticeView] = []
        for row in rows { views.append(try await Notices.view(row, in: context)) }
        return Paging.page(views, size: size, cursor: \.number)
    }
}

extension ShowNotice: Answerable {
    package func answer(in context: QueryContext) async throws -> NoticeView {
        try await Notices.view(notice, in: context)
    }
}
