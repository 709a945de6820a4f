import Contract
import Foundation
import Postgres
@testable import Relief
import Support
import Testing
import WorkingDays

/// G15 and G16: an award is what programme, archive and approvers' sheet say, whoever writes it.
@Suite(.database)
struct AwardLawTests {
    /// Everything that an award is made of, each part as SQL over case `c`, its archive `a` and its sheet `s`.
    struct Words: Sendable, CustomTestStringConvertible {
        let name: String
        var first: [SQL] = []
        var archived = "a.archived_on"
        var archiveWaived = "NULL"
        var noticed = "c.notice_closed_at"
        var noticeWaived = "NULL"
        var amount = "(s.content::jsonb #>> '{assessment,amount}')::bigint"
        var approvals = 2
        var parts = "w.amount"
        let law: String

        var testDescription: String { name }
    }

    static let forgeries = [
        Words(name: "an archive that never was", archived: "date '2026-01-01'", law: "RR005"),
        Words(name: "an archive waived in words", archived: "NULL", archiveWaived: "'because'", law: "RR005"),
        Words(
            name: "an archive that has ended",
            first: ["UPDATE relief.archive SET ended_at = timestamptz '2026-02-01', end_reason = 'x'"], law: "RR005"),
        Words(
            name: "a notice waived in words, its step removed",
            first: [
                "UPDATE relief.case_file SET notice_closed_at = NULL",
                "DELETE FROM relief.case_step WHERE kind = 'notice'",
            ], noticed: "NULL", noticeWaived: "'because'", law: "RR005"),
        Words(name: "fewer approvals than the band asks for", approvals: 1, law: "RR006"),
        Words(
            name: "another amount than was approved",
            amount: "(s.content::jsonb #>> '{assessment,amount}')::bigint + 1", law: "RR005"),
        Words(name: "instalments that come to less", parts: "w.amount - 1", law: "RR005"),
        Words(name: "instalments that come to more", parts: "w.amount + 1", law: "RR005"),
    ]

    /// A case with its second approval in the database, but not yet granted, and the award as the words have it.
    private func grant(_ words: Words, in transaction: Transaction, at now: Date) async throws {
        try await transaction.execute(
            """
            INSERT INTO relief.decision (id, case_id, step, kind, outcome, decided_by, sheet, version, inputs, trace, decided_at)
            SELECT gen_random_uuid(), c.id, c.step, 'approve', 'pass', u.id, c.sheet, c.programme_version, '{}', '{}', \(now)
            FROM relief.case_file c, relief.app_user u WHERE u.login = 'approver2'
            """)
        try await transaction.execute("UPDATE relief.case_file SET approved_at = \(now)")
        for statement in words.first { try await transaction.execute(statement) }
        try await transaction.execute(
            SQL(
                unescaped: """
                    INSERT INTO relief.award (id, case_id, amount, item, fund, sheet, approvals_needed, archived_on,
                      archive_waived, rule_passed_at, notice_closed_at, notice_waived, approved_at)
                    SELECT gen_random_uuid(), c.id, \(words.amount), 'education', f.id, c.sheet, \(words.approvals),
                      \(words.archived), \(words.archiveWaived), c.rule_passed_at, \(words.noticed), \(words.noticeWaived),
                      c.approved_at
                    FROM relief.case_file c JOIN relief.archive a ON a.household = c.household
                    JOIN relief.sheet s ON s.id = c.sheet, relief.fund f
                    """))
        try await transaction.execute(
            SQL(
                unescaped: """
                    INSERT INTO relief.instalment (id, award, case_id, ordinal, due_on, amount, state)
                    SELECT gen_random_uuid(), w.id, w.case_id, 1, '2026-09-10', \(words.parts), 'due' FROM relief.award w
                    """))
    }

    private func approvedOnce() async throws -> Desk {
        let desk = try await Desk.open()
        let number = try await desk.noticed(try await desk.archivedHome(1).child)
        try await desk.decide(number, by: desk.office.approver)
        return desk
    }

    @Test(arguments: forgeries)
    func `G15: the database refuses an award made up`(words: Words) async throws {
        let desk = try await approvedOnce()
        let now = desk.office.clock.now()
        #expect(await desk.law { try await grant(words, in: $0, at: now) } == words.law)
    }

    @Test func `G15: the same award with nothing made up passes`() async throws {
        let desk = try await approvedOnce()
        let now = desk.office.clock.now()
        try await desk.bypass { try await grant(Words(name: "true", law: ""), in: $0, at: now) }
    }

    @Test func `G16: an instalment never changes what it pays`() async throws {
        let desk = try await Desk.open()
        _ = try await desk.awarded(try await desk.archivedHome(1).child)
        for change: SQL in ["amount = amount + 1", "due_on = due_on - 1", "ordinal = 7", "case_id = gen_random_uuid()"]
        {
            let refused = await desk.law { try await $0.execute("UPDATE relief.instalment SET \(change)") }
            #expect(refused == "RA002")
        }
    }

    @Test(arguments: [
        "opened_by = (SELECT id FROM relief.app_user WHERE login = 'nobody')",
        "submitted_by = (SELECT id FROM relief.app_user WHERE login = 'nobody')",
        "household = NULL", "person = (SELECT head FROM relief.household LIMIT 1)", "period = '1999'",
        "programme_version = (SELECT id FROM relief.programme_version WHERE programme = 'P02')",
    ])
    func `G9: who made a case, whom it is about and by which rules never change`(change: String) async throws {
        let desk = try await Desk.open()
        _ = try await desk.submitted(try await desk.archivedHome(1).child)
        let refused = await desk.law {
            try await $0.execute(SQL(unescaped: "UPDATE relief.case_file SET \(change)"))
        }
        #expect(refused == "RA002")
    }
}
