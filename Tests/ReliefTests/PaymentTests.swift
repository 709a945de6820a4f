import BankFiles
import Contract
import Foundation
import Postgres
import Support
import Testing
import WorkingDays

@testable import Relief

/// What the bank says, and what becomes of payments: nothing twice, nothing concluded from silence.
@Suite(.database)
struct PaymentTests {
    @Test func `booked is paid: the hold is posted, and the case goes on`() async throws {
        let treasury = try await Treasury.open(cases: 2)
        let run = try await treasury.run(.filed)
        let payments = try await treasury.payments(run)
        let status = try await treasury.status(payments.map { ($0.reference, "ACSC", nil) })
        #expect(status.classes == ["accepted": 2])
        #expect(try await treasury.fund().spent == .zero)
        let advice = try await treasury.entries(payments.map { Treasury.entry($0.reference, 100_000) })
        #expect(advice.classes == ["booked": 2])
        let fund = try await treasury.fund()
        #expect(fund.spent == Fen(200_000) && fund.held == .zero)
        #expect(try await treasury.payment(payments[0].reference).bookedOn == Day("2026-07-01"))
        let shown = try await treasury.door.answer(ShowCase(case: treasury.cases[0]), as: treasury.office.worker)
        #expect(shown.state == .followUp)
        let report = try await treasury.door.perform(ReconcileRun(run: run.number), as: treasury.office.finance)
        #expect(report.balanced && report.booked.total == report.expected.total)
        #expect(
            try await treasury.door.answer(ShowRun(run: run.number), as: treasury.office.finance).state == .reconciled)
    }

    @Test func `rejected, then re-issued with a new reference, on the same hold`() async throws {
        let treasury = try await Treasury.open(cases: 1)
        let first = try await treasury.payments(treasury.run(.filed))[0]
        _ = try await treasury.status([(first.reference, "RJCT", "FF10")])
        #expect(try await treasury.payment(first.reference).state == .rejected)
        #expect(try await treasury.fund().held == Fen(100_000))
        await #expect(throws: Refusal.self) { try await treasury.run(.prepared) }
        let reissued = try await treasury.door.perform(
            ReissuePayment(payment: first.reference, reason: "银行系统故障"), as: treasury.office.finance)
        #expect(reissued.state == .reissued)
        let second = try await treasury.payments(treasury.run(.filed))[0]
        #expect(second.reference != first.reference && second.attempt == 1 && second.reissues == first.reference)
        _ = try await treasury.entries([Treasury.entry(second.reference, 100_000)])
        let fund = try await treasury.fund()
        #expect(fund.spent == Fen(100_000) && fund.held == .zero)
        // The first comes to life again: nobody pays for it, and somebody sees it.
        let late = try await treasury.entries([Treasury.entry(first.reference, 100_000, bank: "B9")])
        #expect(late.classes == ["contradiction": 1] && late.problems.count == 1)
        #expect(try await treasury.fund().spent == Fen(100_000))
    }

    @Test func `an account that the bank refuses for good is not tried again`() async throws {
        let treasury = try await Treasury.open(cases: 1)
        let payment = try await treasury.payments(treasury.run(.filed))[0]
        _ = try await treasury.status([(payment.reference, "RJCT", "AC04")])
        await #expect(throws: Refusal.self) {
            try await treasury.door.perform(
                ReissuePayment(payment: payment.reference, reason: "重发"), as: treasury.office.finance)
        }
    }

    @Test func `a return days after success goes back into the fund, and is paid again from a new hold`() async throws {
        let treasury = try await Treasury.open(cases: 1, received: 100_000)
        let run = try await treasury.run(.filed)
        let payment = try await treasury.payments(run)[0]
        _ = try await treasury.entries([Treasury.entry(payment.reference, 100_000)])
        _ = try await treasury.door.perform(ReconcileRun(run: run.number), as: treasury.office.finance)
        let back = Treasury.entry(
            payment.reference, 100_000, .credit, on: "2026-07-08", bank: "B2", returned: "MS03")
        #expect(try await treasury.entries([back]).classes == ["returned": 1])
        #expect(try await treasury.entries([back]).classes == ["duplicate": 1])
        let fund = try await treasury.fund()
        #expect(fund.received == Fen(100_000) && fund.spent == .zero && fund.available == Fen(100_000))
        #expect(
            try await treasury.door.answer(ShowRun(run: run.number), as: treasury.office.finance).state == .answered)
        _ = try await treasury.door.perform(
            ReissuePayment(payment: payment.reference, reason: "退汇重发"), as: treasury.office.finance)
        #expect(try await treasury.fund().held == Fen(100_000))
        let again = try await treasury.payments(treasury.run(.filed))[0]
        _ = try await treasury.entries([Treasury.entry(again.reference, 100_000, on: "2026-07-09", bank: "B3")])
        #expect(try await treasury.fund().spent == Fen(100_000))
        let report = try await treasury.door.perform(ReconcileRun(run: run.number), as: treasury.office.finance)
        #expect(report.balanced && report.returned.count == 1)
    }

    @Test func `double delivery harms nothing: same bytes, and the same lines in another file`() async throws {
        let treasury = try await Treasury.open(cases: 2)
        let payments = try await treasury.payments(treasury.run(.filed))
        let header = AccountReportHeader(messageID: "M1", createdAt: nil, isStatement: false)
        let bytes = AccountReport(header: header, entries: payments.map { Treasury.entry($0.reference, 100_000) })
            .bytes()
        #expect(try await treasury.take(bytes).classes == ["booked": 2])
        let again = try await treasury.take(bytes, name: "other.xml")
        #expect(again.alreadyImported && again.classes == ["booked": 2])
        #expect(
            try await treasury.entries(payments.map { Treasury.entry($0.reference, 100_000) }).classes == [
                "duplicate": 2
            ])
        #expect(try await treasury.fund().spent == Fen(200_000))
        #expect(try await treasury.count("SELECT count(*) FROM relief.bank_message") == 2)
    }

    @Test func `partial answers leave the rest open; silence becomes unknown and is never sent again`() async throws {
        let treasury = try await Treasury.open(cases: 3)
        let run = try await treasury.run(.filed)
        let payments = try await treasury.payments(run)
        _ = try await treasury.status([(payments[0].reference, "ACSP", nil)], file: run.number, group: "ACSP")
        let states = try await treasury.payments(run).map(\.state)
        #expect(states.filter { $0 == .accepted }.count == 1 && states.filter { $0 == .sent }.count == 2)
        treasury.office.clock.set(Day("2026-07-08")!.start().addingTimeInterval(3_600))
        #expect(try await treasury.door.perform(MarkUnknown(), as: .system).count == 0)
        treasury.office.clock.set(Day("2026-07-09")!.start().addingTimeInterval(3_600))
        #expect(try await treasury.door.perform(MarkUnknown(), as: .system).count == 3)
        for payment in payments {
            await #expect(throws: Refusal.self) {
                try await treasury.door.perform(
                    ReissuePayment(payment: payment.reference, reason: "x"), as: treasury.office.finance)
            }
        }
        await #expect(throws: Refusal.self) { try await treasury.run(.prepared) }
        let disproved = try await treasury.door.perform(
            DisprovePayment(payment: payments[0].reference, proof: "银行函12号"), as: treasury.office.financeApprover)
        #expect(disproved.state == .rejected)
        #expect(try await treasury.entries([Treasury.entry(payments[1].reference, 100_000)]).classes == ["booked": 1])
        let report = try await treasury.door.perform(ReconcileRun(run: run.number), as: treasury.office.finance)
        #expect(!report.balanced && report.unknown.count == 1 && report.booked.count == 1 && report.rejected.count == 1)
    }

    @Test func `who prepared a run disproves none of its payments`() async throws {
        let treasury = try await Treasury.open(cases: 1)
        let payment = try await treasury.payments(treasury.run(.filed))[0]
        try await treasury.sabotage("UPDATE relief.payment SET state = 'unknown'")
        let both = Principal(
            user: treasury.office.finance.user, login: "finance", name: "", person: nil,
            grants: [.init(role: .financeApprover, organisation: "XN", path: "CN.QH.XN")], credential: .peer(uid: 1000))
        await #expect(throws: Refusal.self) {
            try await treasury.door.perform(DisprovePayment(payment: payment.reference, proof: "x"), as: both)
        }
        await #expect(throws: (any Error).self) {
            try await treasury.sabotage(
                """
                UPDATE relief.payment p SET state = 'rejected', proof = 'x', disproved_by = r.prepared_by
                FROM relief.run r WHERE r.id = p.run
                """)
        }
    }

    @Test func `a file refused as a whole fails its payments, but not where the bank had it before`() async throws {
        let treasury = try await Treasury.open(cases: 2)
        let run = try await treasury.run(.filed)
        let twice = try await treasury.status([], file: run.number, group: "RJCT", groupReason: "DU01")
        #expect(twice.classes == ["duplicate": 2])
        #expect(try await treasury.payments(run).allSatisfy { $0.state == .sent })
        let refused = try await treasury.status([], file: run.number, group: "RJCT", groupReason: "FF01")
        #expect(refused.classes == ["rejected": 2])
    }

    @Test func `G11: every line of a hostile file lands in one class, and the totals hold`() async throws {
        let treasury = try await Treasury.open(cases: 6)
        let run = try await treasury.run(.filed)
        let payments = try await treasury.payments(run).map(\.reference)
        _ = try await treasury.status([(payments[5], "RJCT", "MS03")])
        let view = try await treasury.entries([
            Treasury.entry(payments[0], 100_000), Treasury.entry(payments[0], 100_000),
            Treasury.entry(payments[0], 100_000, on: "2026-07-04", bank: "B7"),
            Treasury.entry(payments[1], 99_999), Treasury.entry(payments[1], 100_001, .credit, returned: "AC04"),
            Treasury.entry(payments[2], 100_000, .credit, bank: "B3", returned: "AC04"),
            Treasury.entry(payments[3], 100_000, account: "999999"), Treasury.entry(payments[4], 100_000, .credit),
            Treasury.entry(payments[5], 100_000), Treasury.entry("RNOTOURS", 5), Treasury.entry(nil, 77),
            Treasury.entry(nil, 88, .credit),
        ])
        #expect(view.lines == 12 && view.classes.values.reduce(0, +) == 12)
        #expect(
            view.classes == [
                "booked": 1, "duplicate": 1, "contradiction": 3, "amountMismatch": 2, "returned": 1, "unmatched": 2,
                "received": 1, "likelyReturn": 1,
            ])
        #expect(view.problems.count == 8)
        let fund = try await treasury.fund()
        #expect(fund.spent == Fen(100_000))
        #expect(fund.received == fund.spent + fund.held + fund.available)
        let report = try await treasury.door.perform(ReconcileRun(run: run.number), as: treasury.office.finance)
        #expect(!report.balanced && report.unmatched.count == 6)
        #expect(
            report.expected.count == report.booked.count + report.rejected.count + report.returned.count
                + report.unknown.count + report.waiting.count)
    }

    @Test func `a file that is none, or of another union, is refused whole`() async throws {
        let treasury = try await Treasury.open(cases: 1)
        let payment = try await treasury.payments(treasury.run(.filed))[0]
        await #expect(throws: Refusal.self) { try await treasury.take(Data("<html/>".utf8)) }
        await #expect(throws: Refusal.self) { try await treasury.take(Data("1|2".utf8), name: "x.txt") }
        let other = Principal(
            user: treasury.office.finance.user, login: "hd", name: "", person: nil,
            grants: [.init(role: .financeOfficer, organisation: "HD", path: "CN.QH.HD")], credential: .peer(uid: 1000))
        let header = AccountReportHeader(messageID: "M1", createdAt: nil, isStatement: false)
        let bytes = AccountReport(header: header, entries: [Treasury.entry(payment.reference, 100_000)]).bytes()
        await #expect(throws: Refusal.self) {
            try await treasury.door.perform(ImportBankFile(fileName: "a.xml", content: bytes), as: other)
        }
        #expect(try await treasury.take(bytes).classes == ["booked": 1])
    }

    @Test func `a 代发 result pays by serial number, and an advice after it is no second payment`() async throws {
        let treasury = try await Treasury.open(cases: 3)
        let run = try await treasury.run(.filed, format: .batchText)
        let payments = try await treasury.payments(run).map(\.reference).sorted()
        let cards = try await treasury.cards(of: payments)
        let results = [
            BatchTextResult(serial: 1, account: cards[0], amount: 100_000, outcome: .credited),
            BatchTextResult(serial: 2, account: cards[1], amount: 100_000, outcome: .refused, reason: "AC04 账户已销户"),
            BatchTextResult(serial: 3, account: cards[2], amount: 100_000, outcome: .unknown("处理中")),
        ]
        let view = try await treasury.take(
            BatchTextResult.bytes(results, template: .common), name: "00000007-\(run.number).result.txt")
        #expect(view.classes == ["booked": 1, "rejected": 1, "pending": 1])
        #expect(try await treasury.payment(payments[0]).state == .booked)
        #expect(try await treasury.payment(payments[1]).reason?.hasPrefix("AC04") == true)
        let advice = try await treasury.entries([
            Treasury.entry("\(run.number)-1", 100_000, account: "1"),
            Treasury.entry("\(run.number)-3", 100_000, account: "1"),
        ])
        #expect(advice.classes == ["duplicate": 1, "booked": 1])
        #expect(try await treasury.fund().spent == Fen(200_000))
    }

    @Test func `killed between the file and its note, the same file is sent again, and the answer settles it`()
        async throws
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "relief-bank-\(UUID().uuidString)")
        let treasury = try await Treasury.open(cases: 2, bankFolder: folder)
        let run = try await treasury.run(.released)
        struct Killed: Error {}
        await #expect(throws: Killed.self) {
            try await treasury.door.pool.transaction { transaction in
                _ = try await treasury.door.perform(FileReleasedRuns(), as: .system, key: "k", in: transaction)
                throw Killed()
            }
        }
        let place = folder.appending(path: "to-bank/\(run.number).xml")
        let sent = try Data(contentsOf: place)
        #expect(try await treasury.payments(run).allSatisfy { $0.state == .inFile })
        _ = try await treasury.door.perform(FileReleasedRuns(), as: .system)
        #expect(try Data(contentsOf: place) == sent)
        #expect(try await treasury.payments(run).allSatisfy { $0.state == .sent && $0.sentAt != nil })
        #expect(try await treasury.door.perform(FileReleasedRuns(), as: .system).count == 0)
    }

    @Test func `an answer to a file that we never noted as sent proves that it was`() async throws {
        let treasury = try await Treasury.open(cases: 2)
        let run = try await treasury.run(.released)
        let payments = try await treasury.payments(run)
        let answer = try await treasury.entries([
            Treasury.entry(payments[0].reference, 100_000), Treasury.entry(payments[1].reference, 100_000),
        ])
        #expect(answer.classes == ["booked": 2])
        #expect(
            try await treasury.door.answer(ShowRun(run: run.number), as: treasury.office.finance).state == .answered)
    }

    @Test func `the inbox takes each file once, and puts a bad one aside with the reason`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "relief-bank-\(UUID().uuidString)")
        let treasury = try await Treasury.open(cases: 1, bankFolder: folder)
        let payment = try await treasury.payments(treasury.run(.filed))[0]
        let inbox = folder.appending(path: "from-bank")
        try FileManager.default.createDirectory(at: inbox, withIntermediateDirectories: true)
        let header = AccountReportHeader(messageID: "M1", createdAt: nil, isStatement: false)
        let bytes = AccountReport(header: header, entries: [Treasury.entry(payment.reference, 100_000)]).bytes()
        try Data("<nonsense".utf8).write(to: inbox.appending(path: "1.xml"))
        try bytes.write(to: inbox.appending(path: "2.xml"))
        try bytes.write(to: inbox.appending(path: "3.xml"))
        try bytes.write(to: inbox.appending(path: ".4.xml"))
        #expect(try await treasury.door.perform(ImportInbox(), as: .system).count == 1)
        #expect(try await treasury.payment(payment.reference).state == .booked)
        func names(_ name: String) throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: name).path).sorted()
        }
        #expect(try names("imported") == ["2.xml", "3.xml"])
        #expect(try names("refused") == ["1.xml", "1.xml.reason"])
        #expect(try names("from-bank") == [".4.xml"])
    }

    @Test func `an award stopped while its payment is under way: refused money returns to the fund`() async throws {
        let treasury = try await Treasury.open(cases: 1)
        let payment = try await treasury.payments(treasury.run(.filed))[0]
        try await treasury.sabotage("UPDATE relief.award SET stopped_at = approved_at, stop_reason = 'x'")
        _ = try await treasury.status([(payment.reference, "RJCT", "MS03")])
        let fund = try await treasury.fund()
        #expect(fund.held == .zero && fund.available == fund.received)
    }

    @Test func `due instalments go into one run per fund, once`() async throws {
        let treasury = try await Treasury.open(cases: 3)
        #expect(try await treasury.door.perform(PrepareDueRuns(), as: .system, key: "1").count == 1)
        #expect(try await treasury.door.perform(PrepareDueRuns(), as: .system, key: "2").count == 0)
        let runs = try await treasury.door.answer(ListRuns(), as: treasury.office.finance).items
        #expect(runs.map(\.payments) == [3] && runs[0].preparedBy == "system")
        #expect(runs[0].executeOn == Day("2026-07-03"))
        // The night's facts stand in the timelines of all unions: they tell nobody what another fund paid.
        let log = try await treasury.door.answer(ShowAuditLog(command: "run.prepareDue"), as: treasury.office.admin)
        let leaf = try Leaf(decoding: Array(#require(log.items.last?.leaf).utf8))
        #expect(Set(leaf.facts.keys) == ["runs", "heldUp", "failed"], "\(leaf.facts)")
    }
}
