import BankFiles
import Contract
import Crypto
import Foundation
import Postgres
import Support
import Testing
import WorkingDays

@testable import Relief

/// Runs: four pairs of eyes, one file, nothing twice.
@Suite(.database)
struct RunTests {
    @Test func `a run goes through four hands into one file, and its totals hold`() async throws {
        let treasury = try await Treasury.open(cases: 3, instalments: 2, amount: 12_345)
        let run = try await treasury.run(.released)
        #expect(run.state == .released && run.payments == 6 && run.total == Fen(6 * 12_345))
        let file = try await treasury.door.answer(GetRunFile(run: run.number), as: treasury.office.cashier)
        let content = try CreditTransferFile(reading: .bytes(file.content))
        #expect(content.header.count == 6 && content.header.sum == 6 * 12_345)
        #expect(Set(content.payments.map(\.endToEndID)) == Set(try await treasury.payments(run).map(\.reference)))
        #expect(content.payments.allSatisfy { $0.creditorName == "马秀英" })
        let shown = try await treasury.door.answer(ShowCase(case: treasury.cases[0]), as: treasury.office.worker)
        #expect(shown.state == .paying)
    }

    @Test func `a run is prepared for days on which a bank pays, and not for money that is due in years`() async throws
    {
        let treasury = try await Treasury.open(cases: 1)
        let (door, office) = (treasury.door, treasury.office)
        let today = office.today
        let wrong = [(today, -1, 0, "executeOn"), (today, 32, 0, "executeOn"), (today, 1, 367, "upTo")]
        for (today, execute, due, field) in wrong {
            let refusal = await #expect(throws: Refusal.self) {
                try await door.perform(
                    PrepareRun(
                        fund: "XN-2026", upTo: today.adding(days: due), executeOn: today.adding(days: execute)),
                    as: office.finance)
            }
            #expect(refusal?.field == field)
        }
        let last = PrepareRun(fund: "XN-2026", upTo: today.adding(days: 366), executeOn: today.adding(days: 31))
        #expect(try await door.perform(last, as: office.finance).payments == 1)
    }

    @Test func `a run says what it leaves out, and why`() async throws {
        let treasury = try await Treasury.open(cases: 3)
        try await treasury.sabotage(
            "UPDATE relief.award SET stopped_at = approved_at, stop_reason = 'x' WHERE case_id = (SELECT min(id::text)::uuid FROM relief.case_file)"
        )
        let run = try await treasury.run(.prepared)
        #expect(run.payments == 2)
        #expect(run.leftOut?.count == 1)
        #expect(run.leftOut?.first?.en.contains("the award was stopped") == true)
    }

    @Test func `a name that the bank's encoding lacks is said when the run is prepared, and stops nobody else`()
        async throws
    {
        let treasury = try await Treasury.open(cases: 3, first: "祁𠅤")
        func prepare(_ format: BankFormat?) async throws -> RunView {
            try await treasury.door.perform(
                PrepareRun(
                    fund: "XN-2026", upTo: Desk.day("2026-12-31"), executeOn: treasury.office.today, format: format),
                as: treasury.office.finance)
        }
        // The one file carries it, the other doesn't: who prepares chooses.
        let all = try await prepare(nil)
        #expect(all.payments == 3 && all.leftOut?.isEmpty == true)
        let rare = all.warnings?.filter { $0.en.contains("“𠅤” has no place in GBK") }
        #expect(rare?.count == 1 && rare?.first?.zh.contains("请用pain001放行") == true)
        _ = try await treasury.door.perform(
            CancelRun(run: all.number, reason: "编码"), as: treasury.office.finance)
        let others = try await prepare(.batchText)
        #expect(others.payments == 2 && others.warnings?.contains { $0.en.contains("GBK") } == false)
        #expect(others.leftOut?.first?.zh.contains("𠅤") == true)
        _ = try await treasury.door.perform(
            CheckRun(run: others.number, sheet: others.sheet), as: treasury.office.checker)
        _ = try await treasury.door.perform(
            ApproveRun(run: others.number, sheet: others.sheet), as: treasury.office.financeApprover)
        let released = try await treasury.door.perform(
            ReleaseRun(run: others.number, sheet: others.sheet, format: .batchText), as: treasury.office.cashier)
        #expect(released.state == .released)
        // What was left out stays due, and the other file still pays it.
        #expect(try await prepare(.pain001).payments == 1)
    }

    @Test func `who signs a run is told that its day is off, or lies in a year without a calendar`() async throws {
        let treasury = try await Treasury.open(cases: 1)
        let (door, office) = (treasury.door, treasury.office)
        let saturday = try #require((0..<7).map { office.today.adding(days: $0) }.first { $0.weekday == 6 })
        let run = try await door.perform(
            PrepareRun(fund: "XN-2026", upTo: office.today, executeOn: saturday), as: office.finance)
        let year = "The holidays of \(saturday.year) aren't entered"
        #expect(run.warnings?.contains { $0.en.contains("\(saturday), a day off") } == true)
        #expect(run.warnings?.contains { $0.en.hasPrefix(year) } == true)
        _ = try await door.perform(
            SetCalendar(days: [CalendarDay(day: saturday, working: true, name: "调休")], source: "通知"),
            as: office.admin)
        #expect(try await door.answer(ShowRun(run: run.number), as: office.checker).warnings == nil)
    }

    @Test func `a file takes as many as it has room for, not counting what it can't carry`() {
        let transfers = (1...5_003).map {
            CreditTransfer(
                endToEndID: "R\($0)", amount: 1, creditorName: $0 == 3 ? "祁𠅤" : "祁", creditorAccount: "6228480000000002"
            )
        }
        let text = FileFit.Faults(transfers, in: .batchText)
        #expect(text.carries == 5_000 && Set(text.of.keys) == [2, 5_001, 5_002])
        #expect(text.of[5_001]?.en.contains("5000 payments a file") == true)
        #expect(FileFit.Faults(transfers, in: .pain001).carries == 5_003)
    }

    @Test func `a fund without its bank's number is paid by the text file, which says what it can't carry`()
        async throws
    {
        let treasury = try await Treasury.open(cases: 2, first: "祁𠅤", cnaps: nil)
        func prepare(_ format: BankFormat?) async throws -> RunView {
            try await treasury.door.perform(
                PrepareRun(
                    fund: "XN-2026", upTo: Desk.day("2026-12-31"), executeOn: treasury.office.today, format: format),
                as: treasury.office.finance)
        }
        let refusal = await #expect(throws: Refusal.self) { try await prepare(.pain001) }
        #expect(refusal?.field == "format")
        let run = try await prepare(nil)
        #expect(run.payments == 1 && run.leftOut?.first?.zh.contains("银行文件写不下") == true)
    }

    @Test func `G9: who prepared, checked or approved a run doesn't take the next step`() async throws {
        let treasury = try await Treasury.open(cases: 1)
        let run = try await treasury.run(.prepared)
        let both = Principal(
            user: treasury.office.finance.user, login: "finance", name: "", person: nil,
            grants: [Role.financeOfficer, .financeChecker, .financeApprover, .cashier].map {
                .init(role: $0, organisation: "XN", path: "CN.QH.XN")
            }, credential: .peer(uid: 1000))
        await #expect(throws: Refusal.self) {
            try await treasury.door.perform(CheckRun(run: run.number, sheet: run.sheet), as: both)
        }
        // And where the program forgets, the database doesn't.
        for sql in [
            "UPDATE relief.run SET state = 'checked', checked_by = prepared_by, checked_at = prepared_at",
            "UPDATE relief.run SET state = 'approved'",
            "UPDATE relief.run SET state = 'filed'",
            "UPDATE relief.payment SET state = 'inFile'",
        ] {
            await #expect(throws: (any Error).self, "\(sql)") { try await treasury.sabotage(sql) }
        }
        _ = try await treasury.door.perform(CheckRun(run: run.number, sheet: run.sheet), as: treasury.office.checker)
        await #expect(throws: (any Error).self) {
            try await treasury.sabotage(
                "UPDATE relief.run SET state = 'approved', approved_by = checked_by, approved_at = checked_at")
        }
        _ = try await treasury.door.perform(
            ApproveRun(run: run.number, sheet: run.sheet), as: treasury.office.financeApprover)
        for signer in ["approved_by", "checked_by", "prepared_by"] {
            await #expect(throws: (any Error).self) {
                try await treasury.sabotage(
                    "UPDATE relief.run SET state = 'released', released_by = \(signer), released_at = approved_at")
            }
        }
    }

    @Test func `a signature binds the sheet that was seen`() async throws {
        let treasury = try await Treasury.open(cases: 1)
        let run = try await treasury.run(.prepared)
        let other = String(repeating: "0", count: 64)
        await #expect(throws: Refusal.self) {
            try await treasury.door.perform(CheckRun(run: run.number, sheet: other), as: treasury.office.checker)
        }
        await #expect(throws: (any Error).self) {
            try await treasury.sabotage("UPDATE relief.run SET total = total + 1")
        }
    }

    @Test(arguments: BankFormat.allCases)
    func `G10: a run has one file, the same bytes for ever`(format: BankFormat) async throws {
        let treasury = try await Treasury.open(cases: 3)
        let run = try await treasury.run(.released, format: format)
        let first = try await treasury.door.answer(GetRunFile(run: run.number), as: treasury.office.cashier)
        treasury.office.clock.advance(bySeconds: 86_400)
        let second = try await treasury.door.answer(GetRunFile(run: run.number), as: treasury.office.cashier)
        #expect(first.content == second.content && first.sha256 == run.fileSha256)
        #expect(Hex.encode(SHA256.hash(data: first.content)) == first.sha256)
        await #expect(throws: Refusal.self) {
            try await treasury.door.perform(
                ReleaseRun(run: run.number, sheet: run.sheet, format: format), as: treasury.office.cashier)
        }
        await #expect(throws: (any Error).self) {
            try await treasury.sabotage(
                """
                INSERT INTO relief.bank_file SELECT gen_random_uuid(), run, 'other', format, 'other', content, sha256, created_at
                FROM relief.bank_file
                """)
        }
        await #expect(throws: (any Error).self) {
            try await treasury.sabotage("UPDATE relief.bank_file SET name = 'x'")
        }
    }

    @Test(arguments: [
        (RunState.prepared, Role.financeChecker, "self"), (.checked, .financeApprover, "kin"),
        (.approved, .cashier, "household"),
    ])
    func `G9: nobody signs a run that pays him- or herself, kin, or the own household`(
        state: RunState, role: Role, bond: String
    ) async throws {
        let treasury = try await Treasury.open(cases: 2)
        let (desk, door) = (Desk(office: treasury.office), treasury.door)
        let payee = "XN-P000002"
        let person = bond == "self" ? payee : try await desk.person(7).number
        if bond == "kin" {
            _ = try await door.perform(
                DeclareKin(person: payee, relative: person, relation: "sibling"), as: desk.office.worker)
        } else if bond == "household" {
            _ = try await door.perform(
                JoinHousehold(household: "XN-H000002", person: person, relation: "spouse", on: desk.office.today),
                as: desk.office.worker)
        }
        _ = try await door.perform(
            CreateUser(login: "close", name: "亲属", unixUser: "4100", person: person), as: desk.office.admin)
        let close = try await desk.promote("close", uid: 4_100, to: role)
        let run = try await treasury.run(state)
        let refusal = try await desk.refusal {
            switch state {
            case .prepared: try await door.perform(CheckRun(run: run.number, sheet: run.sheet), as: close)
            case .checked: try await door.perform(ApproveRun(run: run.number, sheet: run.sheet), as: close)
            default:
                try await door.perform(ReleaseRun(run: run.number, sheet: run.sheet, format: .batchText), as: close)
            }
        }
        #expect(refusal.code == .forbidden && refusal.message.contains("Run \(run.number) pays close"))
        let signed = [RunState.prepared: "checked", .checked: "approved"][state] ?? "released"
        let law = await desk.law {
            try await $0.execute(
                SQL(
                    unescaped: """
                        UPDATE relief.run SET state = '\(signed)', \(signed)_at = prepared_at,
                          \(signed)_by = (SELECT id FROM relief.app_user WHERE login = 'close')
                        """))
        }
        #expect(law == "RR021")
    }

    @Test func `G10: no second payment of an instalment while the first may still arrive`() async throws {
        let treasury = try await Treasury.open(cases: 1)
        _ = try await treasury.run(.filed)
        await #expect(throws: Refusal.self) { try await treasury.run(.prepared) }
        try await treasury.sabotage("UPDATE relief.instalment SET state = 'due'")
        await #expect(throws: (any Error).self) { try await treasury.run(.prepared) }
        #expect(try await treasury.count("SELECT count(*) FROM relief.payment") == 1)
    }

    @Test(arguments: [
        ("UPDATE relief.award SET stopped_at = approved_at, stop_reason = 'x'", "the award was stopped"),
        ("UPDATE relief.case_file SET state = 'suspended'", "the case is suspended"),
        (
            "UPDATE relief.person SET died_on = '2026-06-30', death_recorded_by = (SELECT id FROM relief.app_user LIMIT 1)",
            "the payee has died"
        ),
        ("UPDATE relief.payee_account SET status = 'retired'", "the payee has no active account"),
        (
            "UPDATE relief.payee_account SET usable_from = '2026-07-09'",
            "the payee's account is new and may not be used yet"
        ),
    ])
    func `what can't be paid is left out, and said`(sql: String, reason: String) async throws {
        let treasury = try await Treasury.open(cases: 1)
        try await treasury.sabotage(sql)
        let refusal = try await #require(throws: Refusal.self) { try await treasury.run(.prepared) }
        #expect(refusal.details == ["\(treasury.cases[0])/1: \(reason)."])
    }

    @Test func `what changed after the signatures stops the release`() async throws {
        let treasury = try await Treasury.open(cases: 2)
        let run = try await treasury.run(.approved)
        // The database refuses it to everybody who leaves its triggers on.
        let connection = try await Connection.open(Database.current.superuserSettings, logger: quiet)
        try await connection.script(
            "SET session_replication_role = replica; UPDATE relief.payee_account SET holder = '李四'")
        await connection.close()
        await #expect(throws: Refusal.self) {
            try await treasury.door.perform(
                ReleaseRun(run: run.number, sheet: run.sheet, format: .pain001), as: treasury.office.cashier)
        }
    }

    @Test func `a cancelled run gives its instalments back, and what was released can't be cancelled`() async throws {
        let treasury = try await Treasury.open(cases: 2)
        let run = try await treasury.run(.approved)
        let cancelled = try await treasury.door.perform(
            CancelRun(run: run.number, reason: "日期不对"), as: treasury.office.finance)
        #expect(cancelled.state == .cancelled && cancelled.counts.map(\.state) == [.cancelled])
        let next = try await treasury.run(.released)
        #expect(next.payments == 2)
        #expect(
            Set(try await treasury.payments(next).map(\.reference)).isDisjoint(
                with: try await treasury.payments(run).map(\.reference)))
        await #expect(throws: Refusal.self) {
            try await treasury.door.perform(CancelRun(run: next.number, reason: "x"), as: treasury.office.finance)
        }
    }

    @Test func `G15: a payment without its award, its run, its account or its turn is refused by the database`()
        async throws
    {
        let treasury = try await Treasury.open(cases: 1)
        let run = try await treasury.run(.prepared)
        _ = try await treasury.door.perform(CancelRun(run: run.number, reason: "x"), as: treasury.office.finance)
        _ = try await treasury.run(.prepared)
        try await treasury.sabotage("UPDATE relief.payment SET state = 'cancelled' WHERE state = 'prepared'")
        func insert(_ change: String) -> String {
            """
            INSERT INTO relief.payment (id, reference, run, instalment, case_id, attempt, payee_account, amount, state, hold,
              org_path, created_at)
            SELECT n.* FROM relief.payment p CROSS JOIN LATERAL (
              SELECT gen_random_uuid(), 'RTESTTESTTEST', p.run, p.instalment, p.case_id, 2, p.payee_account, p.amount,
                     'prepared', p.hold, p.org_path, p.created_at) AS n (id, reference, run, instalment, case_id, attempt,
                     account, amount, state, hold, org_path, at)
            WHERE p.attempt = 1
            """.replacing("n.*", with: change)
        }
        let good = """
            n.id, n.reference, n.run, n.instalment, n.case_id, n.attempt, n.account, n.amount, n.state, n.hold, n.org_path,
            n.at
            """
        for change in [
            good.replacing("n.amount", with: "n.amount + 1"), good.replacing("n.attempt", with: "n.attempt - 1"),
            good.replacing("n.attempt", with: "n.attempt + 1"),
            good.replacing("n.state", with: "'approved'"), good.replacing("n.state", with: "'booked'"),
            good.replacing("n.instalment", with: "gen_random_uuid()"),
            good.replacing("n.run", with: "(SELECT id FROM relief.run WHERE state = 'cancelled')"),
            good.replacing("\nn.at", with: "\nn.at - interval '1 year'"),
        ] {
            await #expect(throws: (any Error).self, "\(change)") { try await treasury.sabotage(insert(change)) }
        }
        _ = try await treasury.door.perform(RunSQL(sql: insert(good)), as: .system, dryRun: true)
    }

    @Test func `the moves of a payment are the same in program and database`() async throws {
        let rows = try await Database.current.pool.withConnection {
            try await $0.query(#"SELECT "from", "to" FROM relief.payment_move"#)
        }
        var moves: [PaymentState: Set<PaymentState>] = [:]
        for row in rows { moves[try row["from"], default: []].insert(try row["to"]) }
        #expect(moves == PaymentLife.moves)
    }
}
