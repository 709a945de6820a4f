package import Contract
import FoundationEssentials
import Postgres
import WorkingDays

extension ObjectToNotice: Executable {
    /// Stops the clock of the case that is objected to; the others on the list go on.
    package func execute(in context: CommandContext) async throws -> NoticeView {
        let row = try await context.transaction.first(
            """
            SELECT i.id, i.notice, i.state FROM relief.notice_item i JOIN relief.notice n ON n.id = i.notice
            WHERE n.number = \(notice) AND relief.case_number(i.case_id) = \(`case`) FOR UPDATE OF i
            """)
        guard let row else {
            throw Refusal.notFound(
                Phrase(
                    "Case \(`case`) doesn't stand on notice \(notice).",
                    "案件\(`case`)不在公示\(notice)中。"), field: "case")
        }
        let state: NoticeItemState = try row["state"]
        guard state == .listed || state == .objected else {
            throw Refusal.conflict(
                Phrase(
                    "The notice of case \(`case`) is over.",
                    "案件\(`case`)的公示已经期满。"), field: "case")
        }
        let item: UUID = try row["id"]
        try await context.transaction.execute(
            """
            INSERT INTO relief.objection (id, item, content, raised_by, raised_at, state)
            VALUES (\(UUID()), \(item), \(text), \(raisedBy), \(context.now), 'open')
            """)
        if state == .listed {
            try await context.transaction.execute(
                "UPDATE relief.notice_item SET state = 'objected', paused_on = \(context.today) WHERE id = \(item)")
        }
        try await Notices.settle(notice: try row["notice"], in: context)
        context.concerns(notice)
        context.concerns(`case`)
        return try await Notices.view(notice, in: context)
    }
}

extension ResolveObjection: Executable {
    /// Dismissed: the clock goes on with the working days that were left. Upheld: the case goes back to its worker.
    package func execute(in context: CommandContext) async throws -> NoticeView {
        let row = try await context.transaction.first(
            """
            SELECT b.state, i.state AS item_state, i.id AS item, i.notice, i.case_id, i.paused_on, n.number
            FROM relief.objection b JOIN relief.notice_item i ON i.id = b.item JOIN relief.notice n ON n.id = i.notice
            WHERE b.id = \(objection) FOR UPDATE OF b, i
            """)
        guard let row else {
            throw Refusal.notFound(
                Phrase(
                    "There is no such objection; see relief notice show.",
                    "没有这条异议；见 relief notice show。"), field: "objection")
        }
        guard try row["state"] == ObjectionState.open else {
            throw Refusal.conflict(
                Phrase(
                    "The objection is resolved already.",
                    "该异议已经处理。"), field: "objection")
        }
        return try await context.seeingAll { _ in try await resolve(row, in: context) }
    }

    private func resolve(_ row: Row, in context: CommandContext) async throws -> NoticeView {
        try await context.transaction.execute(
            """
            UPDATE relief.objection SET state = \(outcome.rawValue), resolution = \(reason),
              resolved_by = \(context.principal.user), resolved_at = \(context.now) WHERE id = \(objection)
            """)
        let (item, number): (UUID, String) = (try row["item"], try row["number"])
        let file = try await CaseFile.find(id: try row["case_id"], in: context)
        let others = try await context.transaction.exists(
            "SELECT FROM relief.objection WHERE item = \(item) AND state = 'open'")
        if outcome == .upheld {
            // The case may have been withdrawn or sent back meanwhile; then there is nothing to undo.
            // A case whose notice was withdrawn waits for another: that would ignore what was upheld.
            let standing: NoticeItemState = try row["item_state"]
            let waits = try await context.transaction.exists(
                "SELECT FROM relief.case_step WHERE case_id = \(file.id) AND kind = 'notice' AND state = 'open'")
            if file.state == .submitted, standing == .objected || waits {
                try await Notices.remove(file, in: context)
                try await CaseSteps.sendBack(file, in: context)
            }
            // The others asked for what has happened now.
            try await context.transaction.execute(
                """
                UPDATE relief.objection SET state = 'upheld', resolution = \(reason), resolved_by = \(context.principal.user),
                  resolved_at = \(context.now) WHERE item = \(item) AND state = 'open'
                """)
        } else if !others, try row["paused_on"] as Day? != nil {
            // The end is reckoned by the calendar: it may not change meanwhile.
            _ = try await Calendars.current(in: context)
            let end: Day = try await context.transaction.value("SELECT relief.notice_end(\(item))")
            try await context.transaction.execute(
                "UPDATE relief.notice_item SET state = 'listed', paused_on = NULL, closes_on = \(end) WHERE id = \(item)"
            )
            try await ClearNotice.plan(file.number, after: end, in: context)
            try await Notices.settle(notice: try row["notice"], in: context)
        }
        context.concerns(number)
        context.concerns(file.number)
        context.note("outcome", .string(outcome.rawValue))
        return try await Notices.view(number, in: context)
    }
}
