package import Contract
package import FoundationEssentials
package import Postgres
import WorkingDays

/// What a standing order passes over as things stand: work that it is there for and can't do, until somebody acts. Read from
/// the things themselves, so that it is there whoever looks, and gone when it was done.
package struct PassedOver: Sendable {
    package let count: Int
    /// Since when the oldest of it waits.
    package let since: Date
    package let because: [Phrase]

    /// By the schedule's name; what passes over nothing isn't there. The asker must see the whole tree. `bankFolder` is the one
    /// through which files come and go; nil: they are carried by hand.
    package static func look(
        bankFolder: URL?, now: Date, in transaction: some Session
    ) async throws -> [String: PassedOver] {
        var found: [String: PassedOver] = [:]
        found["runs.daily"] = try await unpaid(now: now, in: transaction)
        found["runs.file"] = try await unfiled(bankFolder, now: now, in: transaction)
        found["bank.inbox"] = bankFolder.flatMap { held(BankInbox(folder: $0)) }
        found["notices"] = try await unclosed(now: now, in: transaction)
        return found
    }

    /// Instalments that have been due for a whole working day and are in no run: mostly, nobody can be paid.
    private static func unpaid(now: Date, in transaction: some Session) async throws -> PassedOver? {
        let (calendar, today) = (try await Calendars.read(in: transaction), Day(now))
        var latest = today.adding(days: -1)
        while calendar.workingDays(after: latest, through: today) < 2 { latest = latest.adding(days: -1) }
        let row = try await transaction.one(
            """
            SELECT count(*) AS count, min(due_on) AS since, count(*) FILTER (WHERE NOT has_account) AS without
            FROM (SELECT i.due_on, EXISTS (SELECT FROM relief.payee_account a WHERE a.status = 'active'
                    AND a.usable_from <= \(now) AND (a.person IN (c.person, h.head) OR a.organisation = e.org_id)) AS has_account
              FROM relief.instalment i JOIN relief.award w ON w.id = i.award JOIN relief.case_file c ON c.id = i.case_id
              LEFT JOIN relief.household h ON h.id = c.household
              LEFT JOIN relief.employer e ON e.id = c.employer AND num_nonnulls(c.person, c.household) = 0
              WHERE i.state = 'due' AND i.due_on <= \(latest) AND w.stopped_at IS NULL AND c.state <> 'suspended') AS due
            """)
        guard let since: Day = try row["since"] else { return nil }
        let (count, without): (Int, Int) = try (row["count"], row["without"])
        var because: [Phrase] = []
        if without > 0 {
            because.append(
                Phrase(
                    "\(without) of them have no account of the payee's that may be used: register one, or have it approved (relief account list --state pending).",
                    "其中 \(without) 笔的收款人没有可用账户：请登记账户，或核准待审账户（relief account list --state pending）。"))
        }
        if count > without {
            because.append(
                Phrase(
                    "\(count - without) of them are held up otherwise; relief run prepare says by what.",
                    "其中 \(count - without) 笔因其他原因未进批次，原因见 relief run prepare。"))
        }
        return PassedOver(count: count, since: since.start(), because: because)
    }

    /// Released runs that the bank could have had.
    private static func unfiled(_ folder: URL?, now: Date, in transaction: some Session) async throws -> PassedOver? {
        guard let folder else { return nil }
        let row = try await transaction.one(
            """
            SELECT count(*) AS count, min(greatest(r.released_at, r.execute_on::timestamp AT TIME ZONE 'Asia/Shanghai')) AS since FROM relief.run r
            WHERE r.released_at < \(now.addingTimeInterval(-300)) AND \(FileReleasedRuns.isDue(on: Day(now)))
            """)
        guard let since: Date = try row["since"] else { return nil }
        return PassedOver(
            count: try row["count"], since: min(since, now),
            because: [
                Phrase(
                    "Released files don't get into \(folder.path)/to-bank: look whether it can be written (relief job list --kind run.handOver).",
                    "已放行的文件未能放入 \(folder.path)/to-bank：请检查该目录能否写入（relief job list --kind run.handOver）。")
            ])
    }

    private static func held(_ inbox: BankInbox) -> PassedOver? {
        let (waiting, refused) = (inbox.waiting, inbox.refused)
        guard let since = (waiting + refused).map(\.since).min() else { return nil }
        let words = [
            (waiting, "isn't whole yet", "尚未写完整"), (refused, "was refused", "已拒收"),
        ].flatMap { files, en, zh in
            files.prefix(5).map { Phrase("\($0.name) \(en): \($0.reason)", "\($0.name) \(zh)：\($0.reason)") }
        }
        return PassedOver(count: waiting.count + refused.count, since: since, because: words)
    }

    /// Notices that ended and still stand.
    private static func unclosed(now: Date, in transaction: some Session) async throws -> PassedOver? {
        let row = try await transaction.one(
            """
            SELECT count(*) AS count, min(closes_on) AS since FROM relief.notice_item
            WHERE state = 'listed' AND closes_on < \(Day(now).adding(days: -1))
            """)
        guard let since: Day = try row["since"] else { return nil }
        return PassedOver(
            count: try row["count"], since: since.start(),
            because: [
                Phrase(
                    "Notices ended and weren't cleared: relief job list --kind notice.close says why.",
                    "公示已到期但未办结：原因见 relief job list --kind notice.close。")
            ])
    }
}
