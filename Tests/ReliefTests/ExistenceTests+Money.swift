import BankFiles
import Contract
import Foundation
import Support
import Testing
import WorkingDays

@testable import Relief

extension ExistenceTests {
    /// The whole of another city's office: everybody whom money, notices and papers pass through.
    private func strangers(_ office: Office) async throws -> [Principal] {
        let roles: [(String, Role)] = [
            ("finance.hd", .financeOfficer), ("checker.hd", .financeChecker), ("signer.hd", .financeApprover),
            ("cashier.hd", .cashier), ("approver.hd", .approver), ("auditor.hd", .auditor),
            ("admin.hd", .administrator),
        ]
        var staff = [office.otherWorker, office.otherReviewer]
        for (place, role) in roles.enumerated() {
            staff.append(try await office.hire(role.0, role.1, in: "HD", uid: UInt32(4_910 + place)))
        }
        return staff
    }

    /// A case of the city XN with paper, sheet and notice, an objection, a run with its payment, a line of the bank, and
    /// something that waits for confirmation; each beside a name of the same form that is nobody's.
    private func traces(_ desk: Desk) async throws -> [String: Pair] {
        let (office, door) = (desk.office, desk.door)
        let home = try await desk.archivedHome(7)
        let file = try await desk.awarded(home.child)
        _ = try await door.perform(
            RegisterAccount(
                owner: home.head.number, holder: home.head.name, bank: "某银行", number: "100000000001",
                kind: .passbook), as: office.worker)
        let shown = try await desk.show(file)
        let notice = try #require(try await door.answer(ListNotices(), as: office.worker).items.first)
        let pending = try #require(
            try await door.answer(ListAccounts(state: .pending), as: office.worker).items.first)
        _ = try await office.approve(pending.id, despite: "已核实")
        desk.go(to: "2026-09-10")
        let run = try await door.perform(
            PrepareRun(fund: "F1", upTo: office.today, executeOn: Desk.day("2026-09-14")), as: office.finance)
        let payment = try #require(try await door.answer(ListPayments(case: file), as: office.finance).items.first)
        let entry = Treasury.entry(nil, 4_200, on: "2026-09-10", account: "6228480000000001")
        let report = AccountReport(
            header: AccountReportHeader(messageID: "M1", createdAt: nil, isStatement: false), entries: [entry])
        _ = try await door.perform(ImportBankFile(fileName: "m1.xml", content: report.bytes()), as: office.finance)
        let line = try #require(try await door.answer(ListBankLines(all: true), as: office.finance).items.first)
        let administrator = try await office.hire("admin.xn", .administrator, uid: 4_901)
        _ = await words(office, CreateUser(login: "worker.hd", name: "某某"), as: administrator, "")
        let waiting = try #require(
            try await door.answer(ListConfirmations(), as: administrator).items.first)
        let paper = try #require(shown.evidence.first)
        func pair(_ number: String) -> Pair { Pair(there: number, nowhere: String(number.dropLast(2)) + "99") }
        func pair(_ id: UUID) -> Pair {
            Pair(there: id.uuidString.lowercased(), nowhere: "00000000-0000-4000-8000-000000000009")
        }
        return [
            "case": pair(file), "notice": pair(notice.number), "run": pair(run.number),
            "payment": pair(payment.reference), "fund": Pair(there: "F1", nowhere: "F8"), "line": pair(line.line),
            "match": pair(line.line), "evidence": pair(paper.id), "confirmation": pair(waiting.id),
            "sheet": Pair(there: shown.sheet, nowhere: String(repeating: "9", count: 64)),
            "subject": pair(run.number), "search": pair(file), "cursor": pair(run.number),
        ]
    }

    @Test func `every operation answers of another union's money, notices and papers as of nobody's`() async throws {
        let desk = try await Desk.open()
        let pairs = try await traces(desk)
        let own: [String: JSONValue] = [
            "organisation": .string("HD"), "reason": .string("核对"), "programme": .string("P04"),
            "source": .string("青工发〔2026〕1号"), "amount": .int(100), "answer": .string("请另选"),
            "item": .string("education"), "text": .string("有异议"), "proof": .string("已核对流水"),
        ]
        let staff = try await strangers(desk.office)
        var asked: Set<String> = []
        for handler in Handler.all where !(handler.operation is any SystemCommand.Type) {
            for principal in staff where !principal.scope(for: handler.operation.permission).isEmpty {
                asked.formUnion(try await compare(handler.operation, handler, pairs, own, principal, desk.office))
            }
        }
        let wanted = [
            "run.show.run", "run.check.run", "run.release.run", "run.list.fund", "payment.show.payment",
            "payment.list.case", "payment.prove.payment", "notice.show.notice", "evidence.get.evidence",
            "bank.settle.line", "bank.list.run", "confirmation.settle.confirmation", "audit.log.subject",
        ]
        #expect(asked.isSuperset(of: wanted), "\(Set(wanted).subtracting(asked))")
    }

    @Test func `what stands still, and whose tokens end, is told of one's own unions`() async throws {
        let desk = try await Desk.open()
        let (office, door) = (desk.office, desk.door)
        let home = try await desk.archivedHome(7)
        _ = try await desk.awarded(home.child)
        let issued = try await door.perform(CreateUser(login: "late.xn", name: "某某"), as: office.admin)
        _ = try await door.perform(GrantRole(user: issued.login, role: .auditor, organisation: "XN"), as: office.admin)
        _ = try await door.perform(IssueToken(user: issued.login, expiresInDays: 80), as: office.admin)
        desk.go(to: "2026-09-18")
        let there = try await office.hire("admin.hd", .administrator, in: "HD", uid: 4_902)
        let whole = try await door.answer(ListSchedules(), as: office.admin).items
        #expect(whole.contains { $0.passedOver != nil })
        let part = try await door.answer(ListSchedules(), as: there).items
        #expect(part.count == whole.count && !part.contains { $0.passedOver != nil || $0.because != nil })
        let told = try await door.answer(ReportHealth(), as: office.admin).warnings ?? []
        #expect(told.contains { $0.en.contains("late.xn") })
        let here = try await door.answer(ReportHealth(), as: there).warnings ?? []
        #expect(!here.contains { $0.en.contains("late.xn") })
    }
}
