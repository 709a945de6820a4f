import BankFiles
import Contract
import Foundation
import Postgres
import Support
import Testing
import WorkingDays

@testable import Relief

/// Relations with dates: sight, funds, figures and approvals follow the fund parents of the day.
@Suite(.database)
struct MoveTests {
    /// 50.00 yuan more or less tell whose figure was read.
    private func figures(_ desk: Desk) async throws {
        for (union, value) in [("XN", "6000.00"), ("HD", "5000.00")] {
            try await desk.set(
                SetParameter(
                    name: "education_undergraduate", region: union, from: Desk.day("2026-01-01"), value: value,
                    source: "测试"))
        }
    }

    @Test func `a county that moves to another city is seen and decided there, by its figures and out of its funds`()
        async throws
    {
        let desk = try await Desk.open()
        let office = desk.office
        try await figures(desk)
        let number = try await desk.countyReviewed(try await desk.archivedHome(1, union: "CD").child)
        #expect(try await desk.show(number).assessment?.amount == Fen(600_000))
        try await desk.attach("CD", to: "HD")

        #expect(try await desk.numbers(as: office.worker) == [])
        #expect(try await desk.numbers(as: office.otherWorker) == [number])
        #expect(try await desk.door.answer(ListPersons(), as: office.worker).items.isEmpty)
        let stranger = try await desk.refusal { try await desk.decide(number, by: office.reviewer, sheet: "x") }
        #expect(stranger.code == .notFound)
        // What the old city showed no longer stands: its figure isn't the new one's.
        let unlike = try await desk.refusal {
            try await desk.door.perform(PublishNotice(programme: "P04", organisation: "HD"), as: office.otherWorker)
        }
        #expect(unlike.details?.first?.contains("comes to 5,000.00 yuan") == true, "\(unlike)")
        try await desk.decide(number, .return, by: office.otherReviewer, reason: "标准不同")
        _ = try await desk.door.perform(SubmitCase(case: number), as: office.otherWorker)
        let second = try await desk.hire("reviewer2.hd", .reviewer, in: "HD", uid: 4_104)
        for reviewer in [office.otherReviewer, second] { try await desk.decide(number, by: reviewer) }
        _ = try await desk.door.perform(
            PublishNotice(programme: "P04", organisation: "HD"), as: office.otherWorker)
        office.clock.advance(bySeconds: 8 * 86_400)
        _ = try await desk.door.perform(CloseDueNotices(), as: .system)
        let approvers = [
            try await desk.hire("approver.hd", .approver, in: "HD", uid: 4_101),
            try await desk.hire("approver2.hd", .approver, in: "HD", uid: 4_102),
        ]
        let unfunded = try await desk.refusal { try await desk.decide(number, by: approvers[0]) }
        #expect(unfunded.details?.first?.contains("Neither this union nor one above it") == true, "\(unfunded)")
        let finance = try await desk.hire("finance.hd", .financeOfficer, in: "HD", uid: 4_103)
        _ = try await desk.door.perform(
            CreateFund(
                code: "F2", name: "海东资金", organisation: "HD", source: .upperUnion, year: 2026,
                items: [FundItem(item: "education", from: Desk.day("2026-01-01"), source: "测试")], bank: "某银行",
                accountNumber: "6228480000000002", accountHolder: "海东市总工会"), as: finance)
        _ = try await desk.door.perform(
            ReceiveMoney(fund: "F2", amount: Fen(10_000_000), on: office.today, reference: "R2"), as: finance)
        try await desk.decide(number, by: approvers[0])
        let granted = try await desk.decide(number, by: approvers[1])
        #expect(granted.award?.fund == "F2" && granted.award?.amount == Fen(500_000))
    }

    @Test func `the answer says what moves, who sees it no more and who does`() async throws {
        let desk = try await Desk.open()
        _ = try await desk.countyReviewed(try await desk.archivedHome(1, union: "CD").child)
        let move = try #require(try await desk.attach("CD", to: "HD").move)
        #expect(move.done && move.before == "CN.QH.XN.CD" && move.after == "CN.QH.HD.CD")
        #expect((move.unions, move.people, move.households, move.cases, move.grants) == (2, 2, 1, 1, 1))
        #expect(
            move.says.map(\.en) == [
                "CD and the unions under it moved to HD: sight, funds, figures and approvals follow.",
                "Staff of XN (11) no longer see them, decide or pay.", "Staff of HD (2) do from then on.",
            ])
        #expect(move.says[1].zh == "XN的工作人员（11人）不再能查看、审批、发放。")
        // The line of an industry that doesn't fund it moves nothing.
        _ = try await desk.door.perform(
            CreateOrganisation(code: "QH_JT", name: "省交通工会", level: .province, line: .industry, parent: "QH"),
            as: desk.office.admin)
        let second = try await desk.door.perform(
            AttachOrganisation(organisation: "CD", parent: "QH_JT", fundParent: false, from: desk.office.today),
            as: desk.office.admin)
        #expect(second.move == nil && second.path == "CN.QH.HD.CD")
    }

    @Test func `a move of a later day is done by its schedule on that day, and not before`() async throws {
        let desk = try await Desk.open()
        let office = desk.office
        let number = try await desk.draft(try await desk.archivedHome(1, union: "CD").child, union: "CD")
        let attached = try await desk.attach("CD", to: "HD", from: Desk.day("2026-08-01"))
        #expect(attached.move?.done == false && attached.path == "CN.QH.XN.CD")
        #expect(attached.move?.says.first?.zh.contains("2026-08-01起") == true)
        func isDue() async throws -> Bool {
            try await desk.bypass {
                try await $0.exists(FollowParents.due(now: office.clock.now(), today: office.today))
            }
        }
        desk.go(to: "2026-07-31")
        #expect(try await !isDue())
        #expect(try await desk.numbers(as: office.worker) == [number])
        desk.go(to: "2026-08-01")
        #expect(try await isDue())
        #expect(try await desk.door.perform(FollowParents(), as: .system).count == 2)
        #expect(try await !isDue())
        #expect(try await desk.numbers(as: office.worker) == [])
        #expect(try await desk.numbers(as: office.otherWorker) == [number])
        #expect(StandingOrders.table.contains { $0.kind == FollowParents.name })
        // A union made under it now begins where it is now.
        let made = try await desk.door.perform(
            CreateOrganisation(code: "CD_02", name: "新厂工会", level: .grassroots, line: .territory, parent: "CD"),
            as: office.admin)
        #expect(made.path == "CN.QH.HD.CD.CD_02")
    }

    @Test func `figures of another day are those of the line of that day`() async throws {
        let desk = try await Desk.open()
        try await figures(desk)
        try await desk.attach("CD", to: "HD", from: Desk.day("2026-08-01"))
        func figure(_ day: String) async throws -> String? {
            try await desk.door.perform(
                FigureInForce(name: "education_undergraduate", union: "CD", on: Desk.day(day)), as: .system)
        }
        #expect(try await figure("2026-07-31") == "XN")
        #expect(try await figure("2026-08-01") == "HD")
        desk.go(to: "2026-08-01")
        _ = try await desk.door.perform(FollowParents(), as: .system)
        #expect(try await figure("2026-08-01") == "HD")
        #expect(try await figure("2026-07-31") == "XN")
    }

    @Test func `whatever copies a path follows it, and the log notes what moved`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.countyAwarded(try await desk.archivedHome(1, union: "CD").child, card: 3)
        try await desk.attach("CD", to: "HD")
        let (forgotten, tables) = try await desk.bypass { transaction in
            let forgotten: [String] = try await transaction.query(
                """
                SELECT c.relname || '.' || a.attname AS name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = 'relief' AND c.relkind = 'r' AND a.atttypid = 'ltree'::regtype AND NOT a.attisdropped
                  AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.conrelid = c.oid AND f.contype = 'f'
                                  AND a.attnum = ANY (f.conkey) AND f.confupdtype = 'c')
                """
            ).map { try $0["name"] }
            let tables: [String] = try await transaction.query("SELECT name FROM audit.watched").map { try $0["name"] }
            return (forgotten, tables)
        }
        #expect(forgotten == ["organisation.path"])
        for table in tables {
            let differing: Int = try await desk.bypass {
                try await $0.value("SELECT count(*) FROM audit.differing_rows(\(table)::regclass, \(table))")
            }
            #expect(differing == 0, "\(table)")
        }
        let places: [String] = try await desk.bypass { transaction in
            try await transaction.query(
                """
                SELECT DISTINCT place::text AS place FROM (
                  SELECT org_path AS place FROM relief.case_file WHERE number = \(number)
                  UNION ALL SELECT p.org_path FROM relief.person p WHERE p.number LIKE 'CD-%'
                  UNION ALL SELECT a.org_path FROM relief.payee_account a
                  UNION ALL SELECT h.org_path FROM relief.household h
                  UNION ALL SELECT g.org_path FROM relief.user_grant g JOIN relief.app_user u ON u.id = g.user_id
                            WHERE u.login = 'worker.cd') AS places
                """
            ).map { try $0["place"] }
        }
        #expect(places == ["CN.QH.HD.CD"])
        let county = try await desk.door.authenticate(.peer(uid: 4_012))
        #expect(county.login == "worker.cd" && county.grants.map(\.path) == ["CN.QH.HD.CD"])
        #expect(try await desk.numbers(as: county) == [number])
    }

    @Test(arguments: [
        ("person_follows_org_id", "UPDATE relief.person SET org_path = 'CN.QH.HD'"),
        ("household_follows_org_id", "UPDATE relief.household SET org_path = 'CN.QH.HD'"),
        ("case_file_follows_org_id", "UPDATE relief.case_file SET org_path = 'CN.QH.HD'"),
        (
            "RA002",
            "UPDATE relief.case_file SET org_path = o.path, org_id = o.id FROM relief.organisation o WHERE o.code = 'HD'"
        ),
        ("payee_account_follows_person", "UPDATE relief.payee_account SET org_path = 'CN.QH.HD'"),
        ("parameter_follows_org_id", "UPDATE relief.parameter SET org_path = 'CN.QH.HD'"),
        ("42501", "UPDATE relief.organisation SET path = 'CN.CD' WHERE code = 'CD'"),
        ("42501", "UPDATE relief.user_grant SET org_path = 'CN'"),
        (
            "RR014",
            "DELETE FROM relief.organisation_parent l USING relief.organisation o WHERE o.id = l.organisation AND o.code = 'CD'"
        ),
        ("RR014", "UPDATE relief.organisation_parent l SET valid = daterange('2026-01-01', '2027-01-01')"),
        (
            "RR014",
            """
            INSERT INTO relief.organisation_parent (id, organisation, parent, line, fund_parent, valid)
            SELECT gen_random_uuid(), a.id, b.id, 'industry', false, daterange('2026-07-01', NULL)
            FROM relief.organisation a, relief.organisation b WHERE a.code = 'XN' AND b.code = 'CD_01'
            """
        ),
    ]) func `nothing but its parents moves a union, and nothing moves a row away from its union`(
        law: String, statement: String
    ) async throws {
        let desk = try await Desk.open()
        _ = try await desk.countyAwarded(try await desk.archivedHome(1, union: "CD").child, card: 3)
        #expect(await desk.law { try await $0.execute("\(unescaped: statement)") } == law)
    }

    @Test func `who is registered while the union moves is registered where it is then`() async throws {
        let desk = try await Desk.open()
        let province = try await desk.hire("worker.qh", .caseWorker, in: "QH", uid: 4_101)
        let (held, free) = (AsyncStream<Void>.makeStream(), AsyncStream<Void>.makeStream())
        let holder = Task {
            try await desk.bypass { transaction in
                try await transaction.execute(
                    """
                    UPDATE relief.organisation_parent l SET parent = hd.id
                    FROM relief.organisation cd, relief.organisation hd
                    WHERE cd.code = 'CD' AND hd.code = 'HD' AND l.organisation = cd.id
                    """)
                try await transaction.execute("SELECT relief.follow_parents(\(desk.office.today))")
                held.continuation.finish()
                for await _ in free.stream {}
            }
        }
        for await _ in held.stream {}
        let registration = Task { try await desk.person(7, union: "CD", by: province) }
        // It stands in line for the union's row: the database says so.
        var isWaiting = false
        while !isWaiting {
            isWaiting = try await Database.current.pool.transaction {
                try await $0.exists(
                    "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
            }
        }
        free.continuation.finish()
        try await holder.value
        #expect(try await registration.value.number == "CD-P000001")
        #expect(try await desk.door.answer(ListPersons(), as: desk.office.otherWorker).items.count == 1)
    }

    @Test func `what the old city signed and granted it pays to the end, and sees no more of the case than that`()
        async throws
    {
        let desk = try await Desk.open()
        let office = desk.office
        let first = try await desk.countyAwarded(try await desk.archivedHome(1, union: "CD").child, card: 3)
        func prepare() async throws -> RunView {
            try await desk.door.perform(
                PrepareRun(fund: "F1", upTo: Desk.day("2026-12-31"), executeOn: office.today.adding(days: 2)),
                as: office.finance)
        }
        func release(_ run: RunView) async throws {
            _ = try await desk.door.perform(CheckRun(run: run.number, sheet: run.sheet), as: office.checker)
            _ = try await desk.door.perform(ApproveRun(run: run.number, sheet: run.sheet), as: office.financeApprover)
            _ = try await desk.door.perform(
                ReleaseRun(run: run.number, sheet: run.sheet, format: .batchText), as: office.cashier)
            _ = try await desk.door.perform(MarkFiledByHand(run: run.number), as: .system)
        }
        let signed = try await prepare()
        let second = try await desk.countyAwarded(try await desk.archivedHome(2, union: "CD").child, card: 5)
        let move = try #require(try await desk.attach("CD", to: "HD").move)
        #expect(move.says.map(\.en).contains { $0.contains("stay charged to funds of XN: 2") }, "\(move.says)")
        #expect(move.says.map(\.en).contains("Runs of XN under way: 1. They go on as they were signed."))

        try await release(signed)
        let later = try await prepare()
        #expect(try await desk.show(second, as: office.otherWorker).state == .paying)
        try await release(later)
        for (run, number) in [(signed, first), (later, second)] {
            let shown = try await desk.door.answer(ShowRun(run: run.number), as: office.finance)
            #expect(shown.counts.map(\.state) == [.sent] && shown.counts.map(\.count) == [1])
            let payment = try #require(
                try await desk.door.answer(ListPayments(run: run.number), as: office.cashier).items.first)
            #expect(payment.case == number)
            office.clock.set(max(office.today, Desk.day("2026-07-20")).start())
            let entry = BankEntry(
                account: "6228480000000001", amount: payment.amount.rawValue, direction: .debit, isReversal: false,
                bookingDay: office.today, bankReference: "B-\(number)", endToEndID: payment.reference,
                counterpartyAccount: nil, returnReason: nil)
            let header = AccountReportHeader(messageID: "M-\(number)", createdAt: nil, isStatement: false)
            let report = try await desk.door.perform(
                ImportBankFile(
                    fileName: "a.xml", content: AccountReport(header: header, entries: [entry]).bytes()),
                as: office.finance)
            #expect(report.classes == ["booked": 1])
            // Its case is the new city's: there it goes on to the follow-up, with the money paid.
            #expect(try await desk.show(number, as: office.otherWorker).state == .followUp)
            #expect(try await desk.refusal { try await desk.show(number) }.code == .notFound)
            let theirs = try await desk.door.answer(ListPayments(case: number), as: office.otherWorker).items
            #expect(theirs.map(\.state) == [.booked] && theirs.map(\.run) == [nil])
            let reconciled = try await desk.door.perform(ReconcileRun(run: run.number), as: office.finance)
            #expect(reconciled.balanced && reconciled.booked.count == 1)
        }
    }

    @Test func `a public notice stands to its end where it was published, with its objections`() async throws {
        let desk = try await Desk.open()
        let office = desk.office
        let numbers = [
            try await desk.countyReviewed(try await desk.archivedHome(1, union: "CD").child),
            try await desk.countyReviewed(try await desk.archivedHome(2, union: "CD").child),
            try await desk.countyReviewed(try await desk.archivedHome(3, union: "CD").child),
        ]
        let notice = try await desk.door.perform(
            PublishNotice(programme: "P04", organisation: "XN"), as: office.worker)
        let move = try #require(try await desk.attach("CD", to: "HD").move)
        #expect(move.says.map(\.en).contains { $0.hasPrefix("Public notices of XN that list their cases: 1.") })
        let objected = try await desk.door.perform(
            ObjectToNotice(notice: notice.number, case: numbers[0], text: "不实"), as: office.worker)
        #expect(objected.items.map(\.case) == numbers)
        let objection = try #require(objected.objections.first).id
        _ = try await desk.door.perform(
            ResolveObjection(objection: objection, outcome: .upheld, reason: "属实"), as: office.worker2)
        #expect(try await desk.show(numbers[0], as: office.otherWorker).state == .returned)
        // Withdrawn by the county, it stands no more on the list of the city that the county can't see.
        _ = try await desk.door.perform(WithdrawCase(case: numbers[1], reason: "本人撤回"), as: office.otherWorker)
        let left = try await desk.door.answer(ShowNotice(notice: notice.number), as: office.worker)
        #expect(left.items.map(\.state) == [.removed, .removed, .listed])
        office.clock.advance(bySeconds: 8 * 86_400)
        _ = try await desk.door.perform(CloseDueNotices(), as: .system)
        #expect(try await desk.show(numbers[2], as: office.otherWorker).step == "approve")
        #expect(try await desk.door.answer(ShowNotice(notice: notice.number), as: office.worker).state == .closed)
    }
}

/// Whose figure is in force, as a command that anybody could give at any day.
private struct FigureInForce: SystemCommand {
    typealias Reply = String?
    static let name = "test.figure"
    static let summary = Phrase("Tells a figure's region for tests.", "试验。")
    let name: String
    let union: String
    let on: Day

    func execute(in context: CommandContext) async throws -> String? {
        let union = try await Organisation.find(union, in: context)
        return try await Parameters.inForce([name], at: union.path, on: on, in: context)[name]?.region
    }
}
