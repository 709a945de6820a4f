import Contract
import FoundationEssentials
import Postgres
import WorkingDays

extension OrganisationMove {
    /// What moves with a union on a day, or today where that has come, counted before it does. nil: nothing, since the
    /// same parents fund it.
    static func foresee(_ union: Organisation, from: Day, in context: CommandContext) async throws -> Self? {
        let day = max(from, context.today)
        let after: [String] = try await context.transaction.value("SELECT relief.line_on(\(union.code), \(day))")
        let before = union.path.split(separator: ".").map(String.init)
        guard after != before else { return nil }
        var move = try await count(union, in: context)
        (move.from, move.done, move.after) = (from, from <= context.today, after.joined(separator: "."))
        let (lost, gained) = (before.filter { !after.contains($0) }, after.filter { !before.contains($0) })
        move.says = [
            move.places(union, under: after.dropLast().last ?? ""),
            try await staff(of: lost, in: context) { who, count in
                Phrase(
                    "Staff of \(who.en) (\(count)) no longer see them, decide or pay.",
                    "\(who.zh)的工作人员（\(count)人）不再能查看、审批、发放。")
            },
            try await staff(of: gained, in: context) { who, count in
                Phrase("Staff of \(who.en) (\(count)) do from then on.", "改由\(who.zh)的工作人员（\(count)人）办理。")
            },
        ].compactMap(\.self)
        move.says += try await whatGoesOn(union, lost, in: context)
        return move
    }

    private static func count(_ union: Organisation, in context: CommandContext) async throws -> Self {
        let row = try await context.transaction.one(
            """
            WITH place AS (SELECT \(union.path)::ltree AS path)
            SELECT (SELECT count(*) FROM relief.organisation o WHERE o.path <@ place.path) AS unions,
                   (SELECT count(*) FROM relief.employer e WHERE e.org_path <@ place.path) AS employers,
                   (SELECT count(*) FROM relief.person p WHERE p.org_path <@ place.path) AS people,
                   (SELECT count(*) FROM relief.household h WHERE h.org_path <@ place.path) AS households,
                   (SELECT count(*) FROM relief.case_file c WHERE c.org_path <@ place.path) AS cases,
                   (SELECT count(*) FROM relief.fund f WHERE f.org_path <@ place.path) AS funds,
                   (SELECT count(*) FROM relief.payee_account a WHERE a.org_path <@ place.path) AS accounts,
                   (SELECT count(*) FROM relief.user_grant g WHERE g.org_path <@ place.path) AS grants
            FROM place
            """)
        return OrganisationMove(
            from: context.today, done: false, before: union.path, after: "", unions: try row["unions"],
            employers: try row["employers"], people: try row["people"], households: try row["households"],
            cases: try row["cases"], funds: try row["funds"], accounts: try row["accounts"], grants: try row["grants"],
            says: [])
    }

    private func places(_ union: Organisation, under parent: String) -> Phrase {
        let what =
            unions == 1
            ? Phrase(union.code, union.code)
            : Phrase("\(union.code) and the unions under it", "\(union.code)连同其下工会")
        return done
            ? Phrase(
                "\(what.en) moved to \(parent): sight, funds, figures and approvals follow.",
                "\(what.zh)已划归\(parent)，查看、资金、标准、审批随之变动。")
            : Phrase(
                "On \(from) \(what.en) will move to \(parent) without another command: sight, funds, figures and approvals follow.",
                "\(from)起\(what.zh)划归\(parent)，届时自动变动：查看、资金、标准、审批随之。")
    }

    private static func staff(
        of unions: [String], in context: CommandContext, _ sentence: (Phrase, Int) -> Phrase
    ) async throws -> Phrase? {
        guard !unions.isEmpty else { return nil }
        let count: Int = try await context.transaction.value(
            """
            SELECT count(DISTINCT g.user_id) FROM relief.user_grant g JOIN relief.organisation o ON o.id = g.org_id
            WHERE o.code = ANY (\(unions))
            """)
        return sentence(unions.map { Phrase($0, $0) }.joined(" and ", "、"), count)
    }

    /// What was decided, published or signed before stays so; what can't go on, and the way out.
    private static func whatGoesOn(
        _ union: Organisation, _ lost: [String], in context: CommandContext
    ) async throws -> [Phrase] {
        let row = try await context.transaction.one(
            """
            WITH moving AS (SELECT c.id FROM relief.case_file c WHERE c.org_path <@ \(union.path)::ltree),
                 lost AS (SELECT o.id FROM relief.organisation o WHERE o.code = ANY (\(lost)))
            SELECT (SELECT count(*) FROM relief.award w JOIN relief.fund f ON f.id = w.fund
                    WHERE w.case_id IN (SELECT id FROM moving) AND f.org_id IN (SELECT id FROM lost)
                      AND EXISTS (SELECT FROM relief.instalment i WHERE i.award = w.id
                                  AND i.state IN ('due', 'inRun', 'failed'))) AS awards,
                   (SELECT count(DISTINCT r.id) FROM relief.payment p JOIN relief.run r ON r.id = p.run
                    JOIN relief.fund f ON f.id = r.fund
                    WHERE p.case_id IN (SELECT id FROM moving) AND f.org_id IN (SELECT id FROM lost)
                      AND r.state NOT IN ('reconciled', 'cancelled')) AS runs,
                   (SELECT count(DISTINCT n.id) FROM relief.notice_item i JOIN relief.notice n ON n.id = i.notice
                    WHERE i.case_id IN (SELECT id FROM moving) AND i.state IN ('listed', 'objected')
                      AND n.org_id IN (SELECT id FROM lost)) AS notices,
                   (SELECT count(*) FROM relief.case_file c
                    LEFT JOIN relief.person p ON p.id = c.person LEFT JOIN relief.household h ON h.id = c.household
                    LEFT JOIN relief.employer e ON e.id = c.employer
                    WHERE c.org_id IN (SELECT id FROM lost) AND c.state IN ('draft', 'submitted', 'returned')
                      AND (p.org_path <@ \(union.path)::ltree OR h.org_path <@ \(union.path)::ltree
                           OR e.org_path <@ \(union.path)::ltree)) AS stranded
            """)
        let (awards, runs, notices, stranded): (Int, Int, Int, Int) = try (
            row["awards"], row["runs"], row["notices"], row["stranded"]
        )
        let old = lost.map { Phrase($0, $0) }.joined(" and ", "、")
        return [
            awards == 0
                ? nil
                : Phrase(
                    "Awards that stay charged to funds of \(old.en): \(awards). What is still to be paid of them is paid from there.",
                    "仍由\(old.zh)资金列支的救助\(awards)笔，未发部分照旧由其发放。"),
            runs == 0
                ? nil
                : Phrase(
                    "Runs of \(old.en) under way: \(runs). They go on as they were signed.",
                    "\(old.zh)在办发放批次\(runs)个，按已签内容继续办理。"),
            notices == 0
                ? nil
                : Phrase(
                    "Public notices of \(old.en) that list their cases: \(notices). They stand to their last day, and objections are weighed there.",
                    "\(old.zh)公示中列有其案件的\(notices)份，照常公示到期，异议仍由其受理。"),
            stranded == 0
                ? nil
                : Phrase(
                    "Open cases of \(old.en) about people, households or employers of \(union.code): \(stranded). Nobody can pass them there any more: withdraw them (relief case withdraw), and open them at \(union.code).",
                    "\(old.zh)受理中、对象属\(union.code)的案件\(stranded)件，原工会不能再审批：请撤回（relief case withdraw），由\(union.code)重新立案。"
                ),
        ].compactMap(\.self)
    }
}
