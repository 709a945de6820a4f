import Contract
import Crypto
import Foundation
import Postgres
@testable import Relief
import Support
import Testing
import WorkingDays

/// What is signed is what was shown, and can be read ever after.
@Suite(.database)
struct SheetTests {
    /// What the leaf of the last command of a name says.
    private func facts(_ command: String, _ desk: Desk) async throws -> [String: JSONValue] {
        let log = try await desk.door.answer(ShowAuditLog(command: command), as: desk.office.admin)
        let entry = try #require(log.items.max { $0.seq < $1.seq })
        return try Leaf(decoding: Array(entry.told.utf8)).facts
    }

    private func account(_ owner: PersonView, _ number: String, _ desk: Desk) async throws -> PayeeAccountView {
        try await desk.door.perform(
            RegisterAccount(owner: owner.number, holder: owner.name, bank: "某银行", number: number, kind: .passbook),
            as: desk.office.worker)
    }

    @Test func `G9: an account is approved over what was shown of it, which can be read later`() async throws {
        let desk = try await Desk.open()
        let (door, reviewer) = (desk.door, desk.office.reviewer)
        let owner = try await desk.person(1)
        _ = try await account(owner, "100000000001", desk)
        let second = try await account(owner, "100000000002", desk)
        let shown = try await door.answer(ShowAccountSheet(account: second.id), as: reviewer)
        #expect(shown.holder == owner.name && shown.owner == owner.number && shown.registeredBy == "worker")
        #expect(shown.doubts.isEmpty && !shown.number.contains("10000000"))
        #expect(!shown.content.contains(owner.name) && !shown.content.contains("100000000002"))
        // Somebody else names the same account: whoever signs now has not seen that.
        _ = try await account(try await desk.person(2), "100000000002", desk)
        let stale = try await desk.refusal {
            try await door.perform(ApproveAccount(account: second.id, sheet: shown.sheet, despite: "已核对"), as: reviewer)
        }
        #expect(stale.code == .conflict && stale.field == "sheet")
        let now = try await door.answer(ShowAccountSheet(account: second.id), as: reviewer)
        #expect(now.sheet != shown.sheet && now.doubts == [AccountDoubt.shared.phrase])
        _ = try await door.perform(
            ApproveAccount(account: second.id, sheet: now.sheet, despite: "已核对"), as: reviewer)
        let facts = try await facts("account.approve", desk)
        #expect(facts["sheet"] == .string(now.sheet) && facts["signed"] == "shown")
        let kept = try await door.answer(ShowAccountSheet(account: second.id), as: desk.office.worker)
        #expect(kept.content == now.content && kept.state == .active)
        #expect(Hex.encode(SHA256.hash(data: Data(kept.content.utf8))) == now.sheet)
        #expect(try await door.answer(ListAccounts(), as: desk.office.otherWorker).items.isEmpty)
        let elsewhere = try await desk.refusal {
            try await door.answer(ShowAccountSheet(account: second.id), as: desk.office.otherWorker)
        }
        #expect(elsewhere.code == .notFound)
    }

    @Test func `G9: the database keeps no approval of an account without its sheet`() async throws {
        let desk = try await Desk.open()
        let owner = try await desk.person(1)
        _ = try await account(owner, "100000000001", desk)
        let second = try await account(owner, "100000000002", desk)
        let law = await desk.law {
            try await $0.execute(
                "UPDATE relief.payee_account SET status = 'retired' WHERE status = 'active'")
            try await $0.execute(
                """
                UPDATE relief.payee_account SET status = 'active', approved_at = \(desk.office.clock.now()),
                  approved_by = (SELECT id FROM relief.app_user WHERE login = 'reviewer') WHERE id = \(second.id)
                """)
        }
        #expect(law == "signed_on_a_sheet")
    }

    @Test func `every earlier sheet of a case can be read, with what was decided on it`() async throws {
        let desk = try await Desk.open()
        let (door, office) = (desk.door, desk.office)
        let number = try await desk.submitted(try await desk.archivedHome(1).child)
        let first = try await door.answer(ShowCaseSheet(case: number), as: office.reviewer)
        #expect(try await desk.show(number).sheet == first.sheet && first.current)
        #expect(first.facts["tuition"] == .int(480_000) && first.assessment.amount != nil && first.papers.count == 1)
        #expect(Hex.encode(SHA256.hash(data: Data(first.content.utf8))) == first.sheet)
        try await desk.decide(number, .return, by: office.reviewer, reason: "学费不符")
        _ = try await door.perform(AmendCase(case: number, facts: ["tuition": .int(490_000)]), as: office.worker)
        _ = try await door.perform(SubmitCase(case: number), as: office.worker)
        let view = try await desk.decide(number, by: office.reviewer)
        #expect(view.decisions.contains { $0.outcome == .return && $0.sheet == first.sheet })
        let earlier = try await door.answer(
            ShowCaseSheet(case: number, sheet: String(first.sheet.prefix(8))), as: office.worker)
        #expect(earlier.sheet == first.sheet && !earlier.current && earlier.facts["tuition"] == .int(480_000))
        #expect(earlier.decisions.map(\.outcome).contains(.return))
        let sheets = try await door.answer(ListCaseSheets(case: number), as: office.worker).items
        #expect(sheets.filter(\.current).map(\.sheet) == [view.sheet])
        let decided = sheets.first { $0.sheet == first.sheet }?.decisions ?? []
        #expect(decided.contains { $0.hasSuffix("return reviewer") })
        for (wanted, code) in [("12", Refusal.Code.invalid), ("%%%%%%%%", .invalid), ("00000000", .notFound)] {
            let refusal = try await desk.refusal {
                try await door.answer(ShowCaseSheet(case: number, sheet: wanted), as: office.worker)
            }
            #expect(refusal.code == code && refusal.field == "sheet")
        }
    }

    @Test func `what was looked at at one step isn't decided at the next`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.noticed(try await desk.archivedHome(1).child)
        let sheet = try await desk.show(number).sheet
        let late = try await desk.refusal {
            try await desk.door.perform(
                DecideCase(case: number, outcome: .reject, reason: "重复", sheet: sheet, step: "review"),
                as: desk.office.approver)
        }
        #expect(late.code == .conflict && late.field == "step")
        let decision = DecideCase(case: number, outcome: .pass, sheet: sheet, step: "approve", unseen: true)
        _ = try await desk.door.perform(decision, as: desk.office.approver)
        let facts = try await facts("case.decide", desk)
        #expect(facts["signed"] == "unseen" && facts["sheet"] == .string(sheet))
    }

    @Test func `who signs a run sees whom it pays, part by part, and the digest covers all`() async throws {
        let treasury = try await Treasury.open(cases: 5)
        let (desk, door) = (Desk(office: treasury.office), treasury.door)
        let run = try await treasury.run(.prepared)
        let asker = treasury.office.checker
        let first = try await door.answer(ShowRunSheet(run: run.number, limit: 2), as: asker)
        #expect(first.sheet == run.sheet && first.payments == 5 && first.total == run.total && first.items.count == 2)
        var lines = first.items
        var next = first.next
        while let cursor = next {
            let page = try await door.answer(ShowRunSheet(run: run.number, cursor: cursor, limit: 2), as: asker)
            lines += page.items
            next = page.next
        }
        let payments = try await treasury.payments(run)
        #expect(lines.map(\.reference) == payments.map(\.reference))
        #expect(lines.allSatisfy { $0.holder == "马秀英" && $0.account.hasPrefix("*") })
        #expect(Set(lines.map { String($0.instalment.dropLast(2)) }) == Set(treasury.cases))
        #expect(lines.reduce(Fen.zero) { $0 + $1.amount } == run.total)
        _ = try await door.perform(CheckRun(run: run.number, sheet: run.sheet, unseen: true), as: asker)
        #expect(try await facts("run.check", desk)["signed"] == "unseen")
        _ = try await door.perform(ApproveRun(run: run.number, sheet: run.sheet), as: treasury.office.financeApprover)
        let facts = try await facts("run.approve", desk)
        #expect(facts["signed"] == "shown" && facts["sheet"] == .string(run.sheet))
        let stranger = try await desk.refusal {
            try await door.answer(ShowRunSheet(run: run.number), as: treasury.office.otherWorker)
        }
        #expect(stranger.code == .notFound)
    }
}
