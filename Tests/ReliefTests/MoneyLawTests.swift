import Contract
import Foundation
import Postgres
@testable import Relief
import Support
import Testing
import WorkingDays

/// G10 and G16: money goes to those whom a case is about, on accounts that stay as they were registered.
@Suite(.database)
struct MoneyLawTests {
    private func account(_ desk: Desk, of person: PersonView, _ number: String) async throws -> PayeeAccountView {
        try await desk.door.perform(
            RegisterAccount(owner: person.number, holder: person.name, bank: "某银行", number: number, kind: .passbook),
            as: desk.office.worker)
    }

    /// A run of one payment to the child, and an account of somebody whom no case is about.
    private func prepared() async throws -> (desk: Desk, stranger: UUID) {
        let desk = try await Desk.open()
        let home = try await desk.archivedHome(1)
        _ = try await account(desk, of: home.child, "100000000001")
        _ = try await desk.awarded(home.child)
        let stranger = try await account(desk, of: try await desk.person(77), "100000000002")
        desk.go(to: "2026-09-10")
        _ = try await desk.door.perform(
            PrepareRun(fund: "F1", upTo: desk.office.today, executeOn: Desk.day("2026-09-14")), as: desk.office.finance)
        return (desk, stranger.id)
    }

    /// Pays the instalment again after its payment was taken back: to an account, nil for the same.
    private func pay(_ account: UUID?, in transaction: Transaction) async throws {
        try await transaction.execute("UPDATE relief.payment SET state = 'cancelled'")
        try await transaction.execute(
            """
            INSERT INTO relief.payment (id, reference, run, instalment, case_id, attempt, payee_account, amount, state, hold,
              org_path, created_at)
            SELECT gen_random_uuid(), 'X' || substr(p.reference, 2), p.run, p.instalment, p.case_id, 1,
              coalesce(\(account)::uuid, p.payee_account), p.amount, 'prepared', p.hold, p.org_path, p.created_at
            FROM relief.payment p
            """)
    }

    private struct Undone: Error {}

    @Test func `G10: no payment goes to an account of somebody whom the case isn't about`() async throws {
        let (desk, stranger) = try await prepared()
        #expect(await desk.law { try await pay(stranger, in: $0) } == "RR010")
        // To the account of the case it passes; taken back, because the run was signed with another reference.
        await #expect(throws: Undone.self) {
            try await desk.bypass { transaction in
                try await pay(nil, in: transaction)
                throw Undone()
            }
        }
    }

    /// Somebody is renamed to another's name, gets that one's account as a first one, and is renamed back.
    @Test func `F02: an account that was named under a borrowed name pays nobody, past the program too`() async throws {
        let desk = try await Desk.open()
        let home = try await desk.archivedHome(1)
        func rename(_ name: String) async throws {
            _ = try await desk.door.perform(
                CorrectPerson(person: home.child.number, name: name, reason: "笔误"), as: desk.office.worker)
        }
        try await rename("林工")
        let borrowed = try await desk.door.perform(
            RegisterAccount(
                owner: home.child.number, holder: "林工", bank: "某银行", number: "100000000001", kind: .passbook),
            as: desk.office.worker)
        #expect(borrowed.state == .active)
        try await rename(home.child.name)
        _ = try await desk.awarded(home.child)
        let refusal = try await desk.refusal {
            try await desk.door.perform(
                PrepareRun(fund: "F1", upTo: Desk.day("2026-09-10"), executeOn: Desk.day("2026-07-14")),
                as: desk.office.finance)
        }
        #expect(refusal.details?.first?.contains("in another name") == true)
        let refused = await #expect(throws: PostgresError.self) {
            try await desk.bypass { try await payBlindly(desk, in: $0) }
        }
        #expect(refused?.sqlState == "RR010")
        #expect(refused?.message.contains("is not usable yet") == true)
        // Under the borrowed name it would pass.
        try await rename("林工")
        try await desk.bypass { try await payBlindly(desk, in: $0) }
    }

    /// A run of the only instalment, to the only account, without the program's checks.
    private func payBlindly(_ desk: Desk, in transaction: Transaction) async throws {
        let (run, now) = (UUID(), desk.office.clock.now())
        try await transaction.execute(
            """
            INSERT INTO relief.run (id, number, fund, org_path, up_to, execute_on, state, payments, total, sheet, prepared_at)
            SELECT \(run), 'XN-R2026-900', w.fund, c.org_path, '2026-09-10', '2026-09-14', 'prepared', 1, i.amount, w.sheet,
                   \(now)
            FROM relief.instalment i JOIN relief.award w ON w.id = i.award JOIN relief.case_file c ON c.id = i.case_id
            """)
        try await transaction.execute(
            """
            INSERT INTO relief.payment (id, reference, run, instalment, case_id, attempt, payee_account, amount, state, hold,
              org_path, created_at)
            SELECT gen_random_uuid(), 'XBLINDLY1', \(run), i.id, i.case_id, 0, a.id, i.amount, 'prepared', i.hold, c.org_path,
                   \(now)
            FROM relief.instalment i JOIN relief.case_file c ON c.id = i.case_id, relief.payee_account a
            """)
    }

    @Test func `G16: a run is checked only with the payments that it was prepared with`() async throws {
        let (desk, _) = try await prepared()
        let check: SQL = """
            UPDATE relief.run SET state = 'checked', checked_at = \(desk.office.clock.now()),
              checked_by = (SELECT id FROM relief.app_user WHERE login = 'checker')
            """
        let refused = await desk.law {
            try await $0.execute("UPDATE relief.payment SET state = 'cancelled'")
            try await $0.execute(check)
        }
        #expect(refused == "RR009")
        _ = try await desk.bypass { try await $0.execute(check) }
    }

    @Test(arguments: [
        "account = '\\x00'", "account_index = '\\x00'", "holder = '王五'", "bank = 'x'", "kind = 'card'",
        "registered_by = (SELECT id FROM relief.app_user WHERE login = 'nobody')",
        "person = (SELECT id FROM relief.person ORDER BY number DESC LIMIT 1)",
        "holder = '***', account = '', status = 'retired'",
    ])
    func `G16: a registered account never changes`(change: String) async throws {
        let desk = try await Desk.open()
        _ = try await account(desk, of: try await desk.person(1), "100000000001")
        _ = try await desk.person(2)
        let refused = await desk.law {
            try await $0.execute(SQL(unescaped: "UPDATE relief.payee_account SET \(change)"))
        }
        #expect(refused == "RA002")
    }

    @Test func `G9: an account that isn't the first is active by the approval of another only`() async throws {
        let desk = try await Desk.open()
        let person = try await desk.person(1)
        _ = try await account(desk, of: person, "100000000001")
        let second = try await account(desk, of: person, "100000000002")
        let retire: SQL = "UPDATE relief.payee_account SET status = 'retired' WHERE status = 'active'"
        func activate(_ approver: String) -> SQL {
            SQL(unescaped: "UPDATE relief.payee_account SET status = 'active'\(approver) WHERE status = 'pending'")
        }
        func tried(_ statements: SQL...) async -> String {
            await desk.law { transaction in
                for statement in statements { try await transaction.execute(statement) }
            }
        }
        #expect(await tried(retire, activate("")) == "RR010")
        #expect(
            await tried(retire, activate(", approved_by = registered_by, approved_at = registered_at"))
                == "account_approved_by_another")
        #expect(
            await tried("UPDATE relief.payee_account SET approved_by = (SELECT id FROM relief.app_user LIMIT 1)")
                == "RR010")
        let inserted = await tried(
            retire,
            """
            INSERT INTO relief.payee_account (id, person, holder, bank, kind, account, account_index, account_masked, status,
              usable_from, registered_by, registered_at, org_path)
            SELECT gen_random_uuid(), person, holder, bank, kind, 'a', 'a', '***', 'active', registered_at, registered_by,
              registered_at, org_path FROM relief.payee_account WHERE id = \(second.id)
            """)
        #expect(inserted == "RR010")
        #expect(
            await tried(retire, "UPDATE relief.payee_account SET status = 'active' WHERE status = 'retired'") == "RR008"
        )
    }
}
