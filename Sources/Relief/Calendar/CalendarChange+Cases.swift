import Contract
import FoundationEssentials
import Postgres
import WorkingDays

extension CalendarChange {
    /// Cases on a public notice: they stand longer or shorter, the text that the public reads says so, and each is cleared
    /// when its new end is over.
    func notices() async throws -> [MovedDay] {
        let rows = try await context.transaction.query(
            """
            WITH ends AS (
              SELECT i.id, i.closes_on AS was, relief.notice_end(i.id) AS ends FROM relief.notice_item i
              WHERE i.state IN ('listed', 'objected') ORDER BY i.id FOR UPDATE
            )
            UPDATE relief.notice_item i SET closes_on = e.ends FROM ends e, relief.case_file c
            WHERE e.id = i.id AND e.ends <> e.was AND c.id = i.case_id
            RETURNING c.number, i.notice, i.state, e.was, e.ends
            """)
        for notice in Set(try rows.map { try $0["notice"] as UUID }) { try await republish(notice) }
        var moved: [MovedDay] = []
        for row in rows {
            let (number, end): (String, Day) = (try row["number"], try row["ends"])
            if try row["state"] == NoticeItemState.listed {
                try await ClearNotice.plan(number, after: end, in: context)
            }
            moved.append(
                MovedDay(
                    kind: .notice, what: Phrase("last day of the public notice", "公示截止日"), number: number,
                    from: try row["was"], to: end))
        }
        return moved.inOrder
    }

    private func republish(_ notice: UUID) async throws {
        let row = try await context.transaction.one(
            "SELECT starts_on, working_days, public_text FROM relief.notice WHERE id = \(notice)")
        let (start, days): (Day, Int) = (try row["starts_on"], try row["working_days"])
        let text = PublicText.moved(
            try row["public_text"], from: start, to: calendar.day(workingDays: days, after: start))
        try await context.transaction.execute(
            "UPDATE relief.notice SET public_text = \(text) WHERE id = \(notice)")
    }

    /// Steps that are open: a step is no longer late whose day now lies ahead.
    func deadlines() async throws -> [MovedDay] {
        let rows = try await context.transaction.query(
            """
            SELECT s.id, s.ordinal, s.opened_at, s.due_on, c.number, c.programme_version FROM relief.case_step s
            JOIN relief.case_file c ON c.id = s.case_id WHERE s.state = 'open' AND s.due_on IS NOT NULL
            ORDER BY s.id FOR NO KEY UPDATE OF s
            """)
        var (ids, days, moved): ([UUID], [String], [MovedDay]) = ([], [], [])
        for row in rows {
            let pack = try await Programmes.version(row["programme_version"], in: context).pack
            guard let step = pack.step(try row["ordinal"]), let count = step.days else { continue }
            let (was, opened): (Day, Date) = (try row["due_on"], try row["opened_at"])
            let due = calendar.day(workingDays: count, after: Day(opened))
            guard due != was else { continue }
            ids.append(try row["id"])
            days.append(due.description)
            moved.append(
                MovedDay(
                    kind: .deadline,
                    what: Phrase("deadline of the step “\(step.title)”", "“\(step.title)”步骤的办理时限"),
                    number: try row["number"], from: was, to: due))
        }
        try await context.transaction.execute(
            """
            UPDATE relief.case_step s SET due_on = m.due::date,
              overdue_at = CASE WHEN m.due::date < \(context.today) THEN s.overdue_at END
            FROM unnest(\(ids), \(days)) AS m (id, due) WHERE s.id = m.id
            """)
        return moved.inOrder
    }

    /// Cases that were cleared too early, as is known now: their notice is to be repeated. Where money was granted on it, the
    /// check of the notices says so from now on.
    func shortNotices() async throws -> [Phrase] {
        let rows = try await context.transaction.query(
            """
            SELECT c.number, relief.notice_end(i.id) AS ends FROM relief.notice_item i
            JOIN relief.notice n ON n.id = i.notice
            JOIN relief.case_file c ON c.id = i.case_id AND c.notice_closed_at = i.closed_at
            WHERE i.state = 'cleared' AND relief.civil_day(i.closed_at) > \(first) AND n.starts_on < \(last)
              AND c.state NOT IN ('rejected', 'withdrawn', 'closed')
              AND relief.notice_end(i.id) >= relief.civil_day(i.closed_at)
            ORDER BY c.number
            """)
        return try rows.map { row in
            let (number, end): (String, Day) = (try row["number"], try row["ends"])
            return Phrase(
                "The notice of case \(number) was over too early: it had to stand until \(end). Return the case and publish it again.",
                "案件\(number) 的公示提前结束：应公示至 \(end)。请退回该案件并重新公示。")
        }
    }
}

extension [MovedDay] {
    var inOrder: [MovedDay] { sorted { ($0.number, $0.from) < ($1.number, $1.from) } }
}
