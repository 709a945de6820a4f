import Contract
import Foundation
import Postgres
@testable import Relief
import Support
import Testing
import WorkingDays

/// G15: no award before archive, rule, notice and approval, in that order: laws of the database.
@Suite(.database)
struct OrderTests {
    /// Inserts an award past the program; the fields not given are those of the case.
    private func award(
        _ desk: Desk, _ number: String, archived: String = "date '2026-01-01'",
        noticed: String = "c.notice_closed_at",
        waived: String = "NULL", approvals: Int = 2, approved: String = "c.approved_at", first: [SQL] = []
    ) async -> String {
        await desk.law { transaction in
            for statement in first { try await transaction.execute(statement) }
            try await transaction.execute(
                SQL(
                    unescaped: """
                        INSERT INTO relief.award (id, case_id, amount, item, fund, sheet, approvals_needed, archived_on,
                          rule_passed_at, notice_closed_at, notice_waived, approved_at)
                        SELECT gen_random_uuid(), c.id, 600000, 'education', f.id, c.sheet, \(approvals), \(archived),
                          c.rule_passed_at, \(noticed), \(waived), \(approved)
                        FROM relief.case_file c, relief.fund f WHERE c.number = '\(number)'
                        """))
        }
    }

    private func now(_ desk: Desk) -> String { "timestamptz '\(Timestamp.text(desk.office.clock.now()))'" }

    @Test func `G15: without a notice there is no award`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.reviewed(try await desk.archivedHome(1).child)
        let approve = SQL(
            unescaped: "UPDATE relief.case_file SET approved_at = \(now(desk)) WHERE number = '\(number)'")
        #expect(await award(desk, number, first: [approve]) == "RR005")
        #expect(await award(desk, number, waived: "'because'", first: [approve]) == "RR005")
        // A notice that never was.
        let pretend = SQL(
            unescaped: """
                UPDATE relief.case_file SET approved_at = \(now(desk)), notice_closed_at = \(now(desk))
                WHERE number = '\(number)'
                """)
        #expect(await award(desk, number, first: [pretend]) == "RR005")
    }

    @Test func `G15: without the approvals there is no award`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.noticed(try await desk.archivedHome(1).child)
        #expect(await award(desk, number, approved: now(desk)) == "RR005")
        let approve = SQL(
            unescaped: "UPDATE relief.case_file SET approved_at = \(now(desk)) WHERE number = '\(number)'")
        #expect(await award(desk, number, first: [approve]) == "RR006")
        try await desk.decide(number, by: desk.office.approver)
        #expect(await award(desk, number, first: [approve]) == "RR006")
        #expect(await award(desk, number, approvals: 0, first: [approve]) == "award_approvals_needed_check")
    }

    @Test func `G15: archive, rule, notice, approval stand in this order`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.noticed(try await desk.archivedHome(1).child)
        let approve = SQL(
            unescaped: "UPDATE relief.case_file SET approved_at = \(now(desk)) WHERE number = '\(number)'")
        try await desk.decide(number, by: desk.office.approver)
        #expect(await award(desk, number, archived: "NULL", approvals: 1, first: [approve]) == "archive_first")
        #expect(
            await award(desk, number, archived: "date '2027-01-01'", approvals: 1, first: [approve])
                == "archive_first")
        let early = SQL(
            unescaped: "UPDATE relief.case_file SET approved_at = rule_passed_at WHERE number = '\(number)'")
        #expect(await award(desk, number, approvals: 1, first: [early]) == "approval_after_notice")
        let backward = await desk.law {
            try await $0.execute(
                "UPDATE relief.case_file SET rule_passed_at = notice_closed_at + interval '1 day' WHERE number = \(number)"
            )
        }
        #expect(backward == "rule_before_notice")
        let unruled = await desk.law {
            try await $0.execute(
                "UPDATE relief.case_file SET rule_passed_at = NULL WHERE number = \(number)"
            )
        }
        #expect(unruled == "rule_before_notice")
    }

    @Test func `an award never changes; it is stopped once`() async throws {
        let desk = try await Desk.open()
        _ = try await desk.awarded(try await desk.archivedHome(1).child)
        #expect(await desk.law { try await $0.execute("UPDATE relief.award SET amount = amount + 1") } == "RA002")
    }

    @Test func `a case that passed isn't closed without a follow-up, past the program either`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.awarded(try await desk.archivedHome(1).child)
        _ = try await desk.door.perform(StopAward(case: number, reason: "学生退学"), as: desk.office.worker)
        let closed = await desk.law {
            try await $0.execute(
                """
                UPDATE relief.case_file SET state = 'closed', step = NULL, closed_at = \(desk.office.clock.now()), closed_by = opened_by,
                  outcome = 'completed'
                WHERE number = \(number)
                """)
        }
        #expect(closed == "RR007")
    }

    @Test func `nothing is changed outside of a command`() async throws {
        _ = try await Desk.open()
        let refused = await #expect(throws: PostgresError.self) {
            try await Database.current.appPool.transaction { transaction in
                try await transaction.execute("SELECT set_config('relief.scope', '{\"\"}', true)")
                try await transaction.execute("UPDATE relief.organisation SET name = 'x'")
            }
        }
        #expect(refused?.sqlState == "RA001")
    }
}
