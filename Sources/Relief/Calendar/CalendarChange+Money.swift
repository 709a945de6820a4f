import Contract
import FoundationEssentials
import Postgres
import WorkingDays

extension CalendarChange {
    /// Accounts that may not be used yet. Their time only grows: it protects whom the account was changed behind, and a day
    /// that turns out to be a working day is no reason to protect them less.
    func coolingOff() async throws -> [MovedDay] {
        let rows = try await context.transaction.query(
            """
            SELECT a.id, a.registered_at, a.usable_from,
                   coalesce((SELECT p.number FROM relief.person p WHERE p.id = a.person),
                            (SELECT o.code FROM relief.organisation o WHERE o.id = a.organisation)) AS owner
            FROM relief.payee_account a
            WHERE a.status <> 'retired' AND a.usable_from > \(context.now) AND a.usable_from > a.registered_at
            ORDER BY a.id FOR NO KEY UPDATE OF a
            """)
        var (ids, days, moved): ([UUID], [Date], [MovedDay]) = ([], [], [])
        for row in rows {
            let (registered, was): (Date, Date) = (try row["registered_at"], try row["usable_from"])
            let usable = Accounts.endOfCoolingOff(of: Day(registered), by: calendar)
            guard usable > was else { continue }
            ids.append(try row["id"])
            days.append(usable)
            moved.append(
                MovedDay(
                    kind: .coolingOff, what: Phrase("first day on which the account may be used", "账户可启用日"),
                    number: try row["owner"], from: Day(was), to: Day(usable)))
        }
        try await context.transaction.execute(
            """
            UPDATE relief.payee_account a SET usable_from = m.usable FROM unnest(\(ids), \(days)) AS m (id, usable)
            WHERE a.id = m.id
            """)
        return moved.inOrder
    }

    /// Instalments that fall due so many working days after the approval, as long as no run has them.
    func instalments() async throws -> [MovedDay] {
        let rows = try await context.transaction.query(
            """
            SELECT i.id, i.ordinal, i.due_on, w.approved_at, w.sheet, c.number FROM relief.instalment i
            JOIN relief.award w ON w.id = i.award JOIN relief.case_file c ON c.id = i.case_id
            WHERE i.state = 'due' ORDER BY i.id FOR NO KEY UPDATE OF i
            """)
        var plans: [String: [PlannedPart]] = [:]
        var (ids, days, moved): ([UUID], [String], [MovedDay]) = ([], [], [])
        for row in rows {
            let (sheet, ordinal): (String, Int) = (try row["sheet"], try row["ordinal"])
            if plans[sheet] == nil { plans[sheet] = try await plan(onSheet: sheet) }
            guard let plan = plans[sheet], plan.indices.contains(ordinal - 1) else { continue }
            let part = plan[ordinal - 1]
            // A day of the year stands whatever the working days are.
            guard part.on == nil else { continue }
            let (approved, was): (Date, Day) = (try row["approved_at"], try row["due_on"])
            let due = part.dueOn(approvedOn: Day(approved), calendar: calendar)
            guard due != was, max(due, was) > context.today else { continue }
            ids.append(try row["id"])
            days.append(due.description)
            moved.append(
                MovedDay(
                    kind: .instalment, what: Phrase("instalment \(ordinal)", "第 \(ordinal) 期发放日"),
                    number: try row["number"], from: was, to: due))
        }
        try await context.transaction.execute(
            """
            UPDATE relief.instalment i SET due_on = m.due::date FROM unnest(\(ids), \(days)) AS m (id, due)
            WHERE i.id = m.id
            """)
        return moved.inOrder
    }

    private func plan(onSheet id: String) async throws -> [PlannedPart] {
        struct Shown: Decodable { let assessment: Assessment }
        let content: String = try await context.transaction.value("SELECT content FROM relief.sheet WHERE id = \(id)")
        // Sheets of tests and of long ago have no plan: their days stay.
        return (try? JSON.decode(Shown.self, from: Data(content.utf8)))?.assessment.plan ?? []
    }

    /// Runs that a schedule prepared for a working day, and that nobody has signed: their sheet is made anew.
    func runs() async throws -> [MovedDay] {
        let rows = try await context.transaction.query(
            """
            SELECT r.id, r.number, r.execute_on, r.prepared_at, s.content FROM relief.run r
            JOIN relief.sheet s ON s.id = r.sheet WHERE r.state = 'prepared' AND r.prepared_by IS NULL
            ORDER BY r.id FOR NO KEY UPDATE OF r
            """)
        var moved: [MovedDay] = []
        for row in rows {
            let (prepared, was): (Date, Day) = (try row["prepared_at"], try row["execute_on"])
            let day = calendar.day(workingDays: PrepareDueRuns.leadTime, after: Day(prepared))
            guard day != was, day >= context.today else { continue }
            var sheet = try JSON.decode(RunSheet.self, from: Data((row["content"] as String).utf8))
            sheet.executeOn = day
            let (id, number): (UUID, String) = (try row["id"], try row["number"])
            let kept = try await Sheets.keep(sheet, subject: number, in: context)
            try await context.transaction.execute(
                "UPDATE relief.run SET execute_on = \(day), sheet = \(kept) WHERE id = \(id)")
            moved.append(
                MovedDay(
                    kind: .execution, what: Phrase("day on which the bank is to pay", "银行付款日"), number: number,
                    from: was, to: day))
        }
        return moved.inOrder
    }

    /// Runs for which a person chose the day, or that are signed already: what was signed stays as it was.
    func runsOnDaysOff() async throws -> [Phrase] {
        let rows = try await context.transaction.query(
            """
            SELECT r.number, r.execute_on FROM relief.run r
            WHERE r.state IN ('prepared', 'checked', 'approved') AND r.execute_on BETWEEN \(first) AND \(last)
              AND NOT relief.is_working_day(r.execute_on) ORDER BY r.number
            """)
        return try rows.map { Runs.dayOff(try $0["number"], try $0["execute_on"]) }
    }
}
