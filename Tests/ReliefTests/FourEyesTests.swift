import Contract
import Foundation
import Postgres
@testable import Relief
import Support
import Testing
import WorkingDays

/// G9: four eyes, by person, over the exact bytes, in the database.
@Suite(.database)
struct FourEyesTests {
    @Test func `G9: nobody approves a case that he or she made`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.noticed(try await desk.archivedHome(1).child)
        let maker = try await desk.promote("worker", uid: 4_001, to: .approver)
        let refusal = try await desk.refusal { try await desk.decide(number, by: maker) }
        #expect(refusal.code == .forbidden && refusal.message.contains("Four eyes"))
    }

    @Test func `G9: nobody reviews a case that he or she opened or submitted`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.draft(try await desk.archivedHome(1).child)
        _ = try await desk.door.perform(SubmitCase(case: number), as: desk.office.worker2)
        let opener = try await desk.promote("worker", uid: 4_001, to: .reviewer)
        let submitter = try await desk.promote("worker2", uid: 4_002, to: .reviewer)
        for (maker, outcome) in [(opener, DecisionOutcome.pass), (submitter, .pass), (opener, .reject)] {
            let refusal = try await desk.refusal { try await desk.decide(number, outcome, by: maker, reason: "x") }
            #expect(refusal.code == .forbidden && refusal.message.contains("Four eyes"))
        }
    }

    @Test func `G9: nobody resolves an objection to a case that he or she opened or submitted, or is about`()
        async throws
    {
        let desk = try await Desk.open()
        let (door, home) = (desk.door, try await desk.archivedHome(1))
        let number = try await desk.draft(home.child)
        _ = try await door.perform(SubmitCase(case: number), as: desk.office.worker2)
        try await desk.decide(number, by: desk.office.reviewer)
        try await desk.decide(number, by: desk.office.reviewer2)
        let notice = try await door.perform(
            PublishNotice(programme: "P04", organisation: "XN"), as: desk.office.worker)
        let objected = try await door.perform(
            ObjectToNotice(notice: notice.number, case: number, text: "有车"), as: desk.office.worker)
        _ = try await door.perform(
            CreateUser(login: "kin", name: "亲属", unixUser: "4100", person: home.head.number), as: desk.office.admin)
        let kin = try await desk.promote("kin", uid: 4_100, to: .caseWorker)
        let third = try await desk.office.second(.caseWorker)
        let objection = objected.objections[0].id
        for (resolver, words) in [
            (desk.office.worker, "made"), (desk.office.worker2, "made"), (kin, "relative"),
        ] {
            for outcome in [ObjectionOutcome.dismissed, .upheld] {
                let refusal = try await desk.refusal {
                    try await door.perform(
                        ResolveObjection(objection: objection, outcome: outcome, reason: "x"), as: resolver)
                }
                #expect(refusal.code == .forbidden && refusal.message.contains(words))
            }
        }
        let dismissed = try await door.perform(
            ResolveObjection(objection: objection, outcome: .dismissed, reason: "不实"), as: third)
        #expect(dismissed.objections.map(\.state) == [.dismissed])
    }

    @Test func `G9: nobody approves a case that he or she submitted`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.draft(try await desk.archivedHome(1).child)
        _ = try await desk.door.perform(SubmitCase(case: number), as: desk.office.worker2)
        try await desk.decide(number, by: desk.office.reviewer)
        try await desk.decide(number, by: desk.office.reviewer2)
        _ = try await desk.door.perform(PublishNotice(programme: "P04", organisation: "XN"), as: desk.office.worker)
        desk.office.clock.advance(bySeconds: 8 * 86_400)
        _ = try await desk.door.perform(CloseDueNotices(), as: .system)
        let submitter = try await desk.promote("worker2", uid: 4_002, to: .approver)
        let refusal = try await desk.refusal { try await desk.decide(number, by: submitter) }
        #expect(refusal.code == .forbidden)
    }

    @Test func `G9: nobody approves a case that he or she reviewed`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.noticed(try await desk.archivedHome(1).child)
        let reviewer = try await desk.promote("reviewer", uid: 4_003, to: .approver)
        let refusal = try await desk.refusal { try await desk.decide(number, by: reviewer) }
        #expect(refusal.code == .forbidden)
    }

    /// A new reviewer who is the person of a number.
    private func reviewer(_ desk: Desk, who person: String) async throws -> Principal {
        _ = try await desk.door.perform(
            CreateUser(login: "kin", name: "亲属", unixUser: "4100", person: person), as: desk.office.admin)
        return try await desk.promote("kin", uid: 4_100, to: .reviewer)
    }

    @Test func `G9: nobody decides his or her own case`() async throws {
        let desk = try await Desk.open()
        let home = try await desk.archivedHome(1)
        let number = try await desk.submitted(home.child)
        let own = try await reviewer(desk, who: home.child.number)
        let refusal = try await desk.refusal { try await desk.decide(number, by: own) }
        #expect(refusal.code == .forbidden && refusal.message.contains("relative"))
    }

    @Test func `G9: nor under the number that another union knows him or her by`() async throws {
        let desk = try await Desk.open()
        let home = try await desk.archivedHome(1)
        let number = try await desk.submitted(home.child)
        let twin = try await desk.person(1_001, union: "HD", by: desk.office.otherWorker)
        let own = try await reviewer(desk, who: twin.number)
        let refusal = try await desk.refusal { try await desk.decide(number, by: own) }
        #expect(refusal.code == .forbidden)
    }

    @Test func `G9: nobody decides the case of the own household`() async throws {
        let desk = try await Desk.open()
        let home = try await desk.archivedHome(1)
        let number = try await desk.submitted(home.child)
        let parent = try await reviewer(desk, who: home.head.number)
        let refusal = try await desk.refusal { try await desk.decide(number, by: parent) }
        #expect(refusal.code == .forbidden)
    }

    @Test(arguments: [true, false])
    func `G9: nobody decides a relative's case, whoever of the two declared it`(forward: Bool) async throws {
        let desk = try await Desk.open()
        let home = try await desk.archivedHome(1)
        let number = try await desk.submitted(home.child)
        let uncle = try await desk.person(77)
        let pair = forward ? (uncle.number, home.head.number) : (home.head.number, uncle.number)
        let relative = try await reviewer(desk, who: uncle.number)
        _ = try await desk.door.perform(
            DeclareKin(person: pair.0, relative: pair.1, relation: "sibling"), as: desk.office.worker)
        let refusal = try await desk.refusal { try await desk.decide(number, by: relative) }
        #expect(refusal.code == .forbidden)
        // A forbidden attempt is worth keeping: it is a leaf.
        let log = try await desk.door.answer(ShowAuditLog(actor: "kin"), as: desk.office.admin)
        #expect(log.items.map(\.command) == ["case.decide"] && log.items[0].told.contains("refused"))
    }

    @Test func `who is close to a user is found by a plan for few rows, which isn't compiled`() async throws {
        try await Database.current.pool.withConnection { owner in
            let guessed = try await owner.query(
                """
                SELECT proname FROM pg_proc WHERE proretset AND prorows = 1000 AND pronamespace = 'relief'::regnamespace
                """)
            #expect(try guessed.map { try $0[0] as String } == [])
        }
    }

    @Test func `G9: a decision binds what was shown: after a change the old sheet is refused`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.submitted(try await desk.archivedHome(1).child)
        let seen = try await desk.show(number).sheet
        try await desk.letter(number, kind: "other")
        let refusal = try await desk.refusal {
            try await desk.decide(number, by: desk.office.reviewer, sheet: seen)
        }
        #expect(refusal.code == .conflict && refusal.field == "sheet")
        #expect(try await desk.decide(number, by: desk.office.reviewer).steps[1].state == .open)
    }

    @Test func `G9: two approvers at once grant once, and one who asks twice at once counts once`() async throws {
        let desk = try await Desk.open()
        let (twice, both) = (
            try await desk.noticed(try await desk.archivedHome(1).child),
            try await desk.noticed(try await desk.archivedHome(2).child)
        )
        func decideAtOnce(_ number: String, _ deciders: [Principal]) async throws -> Int {
            let sheet = try await desk.show(number).sheet
            return await withTaskGroup(of: Bool.self) { group in
                for decider in deciders {
                    group.addTask {
                        let decision = DecideCase(case: number, outcome: .pass, sheet: sheet)
                        return (try? await desk.door.perform(decision, as: decider)) != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
        }
        let (one, other) = (desk.office.approver, desk.office.approver2)
        #expect(try await decideAtOnce(twice, [one, one, one]) == 1)
        #expect(try await desk.show(twice).award == nil)
        #expect(try await decideAtOnce(both, [one, other]) == 2)
        #expect(try await desk.show(both).award?.instalments.count == 1)
    }

    @Test func `G9: what the public was shown doesn't change before the approval`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.noticed(try await desk.archivedHome(1).child)
        let refusal = try await desk.refusal { try await desk.letter(number, kind: "other") }
        #expect(refusal.code == .conflict && refusal.message.contains("notice"))
    }

    @Test func `G9: the database refuses the same decisions past the program`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.noticed(try await desk.archivedHome(1).child)
        func insert(_ login: String, sheet: String? = nil) async -> String {
            await desk.law {
                try await $0.execute(
                    """
                    INSERT INTO relief.decision (id, case_id, step, kind, outcome, decided_by, sheet, version, inputs, trace,
                      decided_at)
                    SELECT gen_random_uuid(), c.id, c.step, 'approve', 'pass', u.id,
                      coalesce(\(sheet)::text, c.sheet), c.programme_version, '{}', '{}', \(desk.office.clock.now())
                    FROM relief.case_file c, relief.app_user u WHERE c.number = \(number) AND u.login = \(login)
                    """)
            }
        }
        #expect(await insert("worker") == "RR003")
        #expect(await insert("reviewer") == "RR003")
        let other = try await desk.show(try await desk.draft(try await desk.archivedHome(2).child)).sheet
        #expect(await insert("approver", sheet: other) == "RR002")
    }

    @Test func `decisions, sheets and released packs never change`() async throws {
        let desk = try await Desk.open()
        _ = try await desk.submitted(try await desk.archivedHome(1).child)
        // The daemon's role may not even try; the owner meets the law.
        for table in ["relief.decision", "relief.sheet"] {
            #expect(await desk.law { try await $0.execute("DELETE FROM \(unescaped: table)") } == "42501")
        }
        for statement: SQL in [
            "UPDATE relief.decision SET outcome = 'reject', reason = 'x'", "UPDATE relief.sheet SET subject = 'x'",
            "DELETE FROM relief.decision",
        ] {
            let refused = await #expect(throws: PostgresError.self) {
                try await Database.current.pool.transaction { try await $0.execute(statement) }
            }
            #expect(refused?.sqlState == "RA002")
        }
        let pack = await desk.law {
            try await $0.execute("UPDATE relief.programme_version SET pack = pack || ' ' WHERE programme = 'P04'")
        }
        #expect(pack == "RA002")
    }

    /// Ways to shape a case before it is decided, each by somebody who did nothing else of it: who it was, and the words
    /// that the refusal finds for it.
    private func shaped(_ act: String, _ desk: Desk) async throws -> (number: String, login: String, words: String) {
        let (door, office) = (desk.door, desk.office)
        let hand = try await office.hire("hand", .caseWorker, uid: 4_100)
        let number = try await desk.draft(try await desk.archivedHome(1).child)
        func visit(_ visitors: [String], by recorder: Principal) async throws {
            _ = try await door.perform(
                RecordVisit(case: number, on: office.today, visitors: visitors, findings: "属实"), as: recorder)
        }
        switch act {
        case "amends": _ = try await door.perform(AmendCase(case: number, facts: ["tuition": .int(490_000)]), as: hand)
        case "brings a paper": try await desk.letter(number, kind: "other", by: hand)
        case "visits": try await visit(["hand", "worker"], by: office.worker)
        case "goes along": try await visit(["worker", "hand"], by: office.worker)
        case "records the visit": try await visit(["worker", "worker2"], by: hand)
        case "checks means":
            _ = try await door.perform(
                RecordMeans(case: number, source: "民政", on: office.today, facts: [:]), as: hand)
        case "submits an earlier round":
            _ = try await door.perform(SubmitCase(case: number), as: hand)
            try await desk.decide(number, .return, by: office.reviewer, reason: "补材料")
        default: break
        }
        _ = try await door.perform(SubmitCase(case: number), as: office.worker)
        for reviewer in [office.reviewer, office.reviewer2] { try await desk.decide(number, by: reviewer) }
        let publisher = act == "publishes" ? hand : office.worker
        let notice = try await door.perform(PublishNotice(programme: "P04", organisation: "XN"), as: publisher)
        if act == "resolves an objection" {
            let objected = try await door.perform(
                ObjectToNotice(notice: notice.number, case: number, text: "有车"), as: office.worker)
            _ = try await door.perform(
                ResolveObjection(objection: objected.objections[0].id, outcome: .dismissed, reason: "不实"), as: hand)
        }
        office.clock.advance(bySeconds: 9 * 86_400)
        _ = try await door.perform(CloseDueNotices(), as: .system)
        let words = [
            "amends": "changed its facts", "brings a paper": "papers", "visits": "visit", "goes along": "visit",
            "records the visit": "visit", "checks means": "means", "submits an earlier round": "submitted",
            "publishes": "notice", "resolves an objection": "objection",
        ]
        return (number, "hand", words[act] ?? "")
    }

    @Test(arguments: [
        "amends", "brings a paper", "visits", "goes along", "records the visit", "checks means",
        "submits an earlier round", "publishes", "resolves an objection",
    ])
    func `G9: whoever shaped a case in any of its rounds decides nothing of it, by no login`(act: String) async throws {
        let desk = try await Desk.open()
        let (number, login, words) = try await shaped(act, desk)
        let own = try await desk.promote(login, uid: 4_100, to: .approver)
        let refusal = try await desk.refusal { try await desk.decide(number, by: own) }
        #expect(refusal.code == .forbidden && refusal.message.contains(words), "\(refusal.message)")
        try await desk.office.twin(of: "hand", "hand.b", uid: 4_101)
        let other = try await desk.promote("hand.b", uid: 4_101, to: .approver)
        #expect(
            try await desk.refusal { try await desk.decide(number, .reject, by: other, reason: "x") }.code == .forbidden
        )
        try await desk.decide(number, by: desk.office.approver)
    }

    @Test func `G9: who reviewed a case in an earlier round, whatever it was, doesn't approve it`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.draft(try await desk.archivedHome(1).child)
        let third = try await desk.office.second(.reviewer)
        _ = try await desk.door.perform(SubmitCase(case: number), as: desk.office.worker)
        try await desk.decide(number, .return, by: third, reason: "补材料")
        _ = try await desk.door.perform(SubmitCase(case: number), as: desk.office.worker)
        for reviewer in [desk.office.reviewer, desk.office.reviewer2] { try await desk.decide(number, by: reviewer) }
        _ = try await desk.door.perform(PublishNotice(programme: "P04", organisation: "XN"), as: desk.office.worker)
        desk.office.clock.advance(bySeconds: 8 * 86_400)
        _ = try await desk.door.perform(CloseDueNotices(), as: .system)
        let both = try await desk.promote("second", uid: 4_900, to: .approver)
        let refusal = try await desk.refusal { try await desk.decide(number, by: both) }
        #expect(refusal.code == .forbidden && refusal.message.contains("reviewed"))
    }

    @Test func `G9: two logins of one person are one approval, one signature and one pair of eyes`() async throws {
        let desk = try await Desk.open()
        let (door, office) = (desk.door, desk.office)
        func twin(of principal: Principal, uid: UInt32, _ role: Role) async throws -> Principal {
            try await office.twin(of: principal.login, "\(principal.login).b", uid: uid)
            return try await desk.promote("\(principal.login).b", uid: uid, to: role)
        }
        let home = try await desk.archivedHome(1)
        _ = try await door.perform(
            RegisterAccount(
                owner: home.child.number, holder: home.child.name, bank: "某银行", number: "111111", kind: .passbook),
            as: office.worker)
        let number = try await desk.noticed(home.child)
        try await desk.decide(number, by: office.approver)
        let again = try await twin(of: office.approver, uid: 4_110, .approver)
        let second = try await desk.refusal { try await desk.decide(number, by: again) }
        #expect(second.code == .forbidden && second.message.contains("two logins"))
        #expect(try await desk.show(number).award == nil)
        try await desk.decide(number, by: office.approver2)

        desk.go(to: "2026-09-10")
        let run = try await door.perform(
            PrepareRun(fund: "F1", upTo: office.today, executeOn: Desk.day("2026-09-14")), as: office.finance)
        let preparer = try await twin(of: office.finance, uid: 4_111, .financeChecker)
        let check = try await desk.refusal {
            try await door.perform(CheckRun(run: run.number, sheet: run.sheet), as: preparer)
        }
        #expect(check.code == .forbidden && check.message.contains("two logins"))

        let account = try await door.perform(
            RegisterAccount(
                owner: home.child.number, holder: home.child.name, bank: "某银行", number: "222222", kind: .passbook),
            as: office.worker)
        let registrar = try await twin(of: office.worker, uid: 4_112, .reviewer)
        #expect(try await desk.refusal { try await office.approve(account.id, by: registrar) }.code == .forbidden)
        _ = try await office.approve(account.id)

        let draft = try await desk.draft(try await desk.archivedHome(2).child)
        let alone = try await desk.refusal {
            try await door.perform(
                RecordVisit(case: draft, on: office.today, visitors: ["worker", "worker.b"], findings: "属实"),
                as: office.worker)
        }
        #expect(alone.code == .forbidden)
    }

    @Test(arguments: ["self", "kin", "household"])
    func `G9: nobody approves an account of his or her own, of kin, or of the household`(bond: String) async throws {
        let desk = try await Desk.open()
        let door = desk.door
        let home = try await desk.home(1)
        func register(_ number: String) async throws -> PayeeAccountView {
            try await door.perform(
                RegisterAccount(
                    owner: home.child.number, holder: home.child.name, bank: "某银行", number: number, kind: .passbook),
                as: desk.office.worker)
        }
        _ = try await register("111111")
        let account = try await register("222222")
        let uncle = try await desk.person(77)
        if bond == "kin" {
            _ = try await door.perform(
                DeclareKin(person: uncle.number, relative: home.child.number, relation: "uncle"), as: desk.office.worker
            )
        }
        let people = ["self": home.child.number, "kin": uncle.number, "household": home.head.number]
        let close = try await reviewer(desk, who: try #require(people[bond]))
        let refusal = try await desk.refusal { try await desk.office.approve(account.id, by: close) }
        #expect(refusal.code == .forbidden && refusal.message.contains("relative"))
        let law = await desk.law {
            try await $0.execute("UPDATE relief.payee_account SET status = 'retired' WHERE status = 'active'")
            try await $0.execute(
                """
                UPDATE relief.payee_account SET status = 'active', approved_at = \(desk.office.clock.now()),
                  approved_by = (SELECT id FROM relief.app_user WHERE login = 'kin') WHERE id = \(account.id)
                """)
        }
        #expect(law == "RR050")
        #expect(try await desk.office.approve(account.id).state == .active)
    }
}
