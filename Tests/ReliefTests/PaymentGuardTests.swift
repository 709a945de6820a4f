import BankFiles
import Contract
import Foundation
import Jobs
import Postgres
import Support
import Testing
import WorkingDays

@testable import Relief

/// What must hold where the bank contradicts itself, comes late, sends rubbish, or somebody speaks in its name.
@Suite(.database)
struct PaymentGuardTests {
    @Test func `booked after it was rejected: nothing more is paid until somebody settles it`() async throws {
        let treasury = try await Treasury.open(cases: 1)
        let first = try await treasury.payments(treasury.run(.filed))[0]
        _ = try await treasury.status([(first.reference, "RJCT", "FF10")])
        _ = try await treasury.door.perform(
            ReissuePayment(payment: first.reference, reason: "重发"), as: treasury.office.finance)
        let run = try await treasury.run(.approved)
        let late = try await treasury.entries([Treasury.entry(first.reference, 100_000)])
        #expect(late.classes == ["contradiction": 1])
        let refusal = await #expect(throws: Refusal.self) {
            try await treasury.door.perform(
                ReleaseRun(run: run.number, sheet: run.sheet, format: .pain001), as: treasury.office.cashier)
        }
        #expect(refusal?.details?.first?.contains("contradicted itself") == true)
        let law = await #expect(throws: Refusal.self) {
            try await treasury.door.perform(ReleaseBlindly(run: run.number), as: .system)
        }
        #expect(law?.message.contains("contradicts itself") == true)
        _ = try await treasury.door.perform(
            CancelRun(run: run.number, reason: "银行回单矛盾"), as: treasury.office.finance)
        await #expect(throws: Refusal.self) { try await treasury.run(.prepared) }
        let (door, approver) = (treasury.door, treasury.office.financeApprover)
        let line = try #require(try await door.answer(ListBankLines(), as: approver).items.first)
        #expect(line.class == .contradiction && line.payment == first.reference)
        _ = try await door.perform(SettleBankLine(line: line.line, reason: "银行函"), as: approver)
        #expect(try await treasury.run(.released).payments == 1)
    }

    @Test(arguments: [("2026-06-30", "made on 2026-07-01"), ("2026-07-02", "hasn't come")])
    func `a day on which the bank can't have booked is not believed`(day: String, reason: String) async throws {
        let treasury = try await Treasury.open(cases: 1)
        let payment = try await treasury.payments(treasury.run(.filed))[0].reference
        let impossible = try await treasury.early([Treasury.entry(payment, 100_000, on: day)])
        #expect(impossible.classes == ["contradiction": 1])
        #expect(impossible.problems[0].contains(reason))
        #expect(try await treasury.payment(payment).state == .sent)
        let back = try await treasury.early([
            Treasury.entry(payment, 100_000, .credit, on: day, returned: "AC04")
        ])
        #expect(back.classes == ["contradiction": 1])
        #expect(try await treasury.fund().spent == Fen(0))
        // The right day is believed all the same.
        #expect(try await treasury.entries([Treasury.entry(payment, 100_000)]).classes == ["booked": 1])
    }

    @Test func `a second debit is told, whatever its day, and the entry that a status spoke of is none`() async throws {
        let treasury = try await Treasury.open(cases: 4)
        let payments = try await treasury.payments(treasury.run(.filed)).map(\.reference)
        func debit(_ payment: Int, _ bank: String?, on day: String = "2026-07-01") -> BankEntry {
            Treasury.entry(payments[payment], 100_000, on: day, bank: bank)
        }
        // On one day, in one file; and in another file.
        #expect(
            try await treasury.entries([debit(0, "BK100"), debit(0, "BK101")]).classes
                == ["booked": 1, "contradiction": 1])
        #expect(try await treasury.entries([debit(0, "BK102")]).classes == ["contradiction": 1])
        #expect(try await treasury.entries([debit(0, "BK100", on: "2026-07-02")]).classes == ["duplicate": 1])
        // A bank that gives no references: the same entry in another file, but not twice in one.
        #expect(
            try await treasury.entries([debit(1, nil), debit(1, nil)]).classes == ["booked": 1, "contradiction": 1])
        #expect(try await treasury.entries([debit(1, nil)]).classes == ["duplicate": 1])
        // A status first, under another reference of the bank's and on another day: its entry is the same money.
        _ = try await treasury.status([(payments[2], "ACCC", nil)])
        #expect(try await treasury.entries([debit(2, "BK200", on: "2026-07-03")]).classes == ["duplicate": 1])
        #expect(try await treasury.entries([debit(2, "BK201", on: "2026-07-03")]).classes == ["contradiction": 1])
        // The return overtakes the booking.
        let back = Treasury.entry(payments[3], 100_000, .credit, on: "2026-07-03", bank: "C1", returned: "MS03")
        #expect(try await treasury.entries([back, back]).classes == ["returned": 1, "duplicate": 1])
        #expect(try await treasury.entries([debit(3, "BK300", on: "2026-07-03")]).classes == ["duplicate": 1])
        #expect(try await treasury.fund().spent == Fen(300_000))
    }

    @Test func `money that went to another account than the payee's is not paid`() async throws {
        let treasury = try await Treasury.open(cases: 3)
        let payments = try await treasury.payments(treasury.run(.filed, format: .pain001))
        let file = try await treasury.door.answer(
            GetRunFile(run: try #require(payments[0].run)), as: treasury.office.cashier)
        let sent = try CreditTransferFile(reading: .bytes(file.content)).payments
        let right = try #require(sent.first { $0.endToEndID == payments[0].reference }?.creditorAccount)
        let view = try await treasury.entries([
            Treasury.entry(payments[0].reference, 100_000, payee: right),
            Treasury.entry(payments[1].reference, 100_000, payee: "6217000000000000009"),
            Treasury.entry(payments[2].reference, 100_000, payee: "6217 **** 0009"),
        ])
        #expect(view.classes == ["booked": 2, "contradiction": 1])
        #expect(view.problems.first?.contains("another account than the payee's") == true)
        #expect(try await treasury.payment(payments[1].reference).state == .sent)
    }

    @Test func `a payment isn't disproved while the bank may still take its file`() async throws {
        let bank = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: bank) }
        let treasury = try await Treasury.open(cases: 1, bankFolder: bank)
        let run = try await treasury.run(.released)
        let payment = try await treasury.payments(run)[0].reference
        _ = try await treasury.door.perform(FileReleasedRuns(), as: .system)
        try await treasury.sabotage("UPDATE relief.payment SET state = 'unknown'")
        let disproof = DisprovePayment(payment: payment, proof: "银行复函12号")
        let refusal = await #expect(throws: Refusal.self) {
            try await treasury.door.perform(disproof, as: treasury.office.financeApprover)
        }
        #expect(refusal?.message.contains("hasn't taken the file") == true)
        let folder = bank.appending(path: "to-bank")
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            try FileManager.default.removeItem(at: folder.appending(path: name))
        }
        let done = try await treasury.door.perform(disproof, as: treasury.office.financeApprover)
        #expect(done.state == .rejected)
    }

    @Test func `a line of the fund's own account is its union's, although it names no payment`() async throws {
        let treasury = try await Treasury.open(cases: 1)
        let (door, office) = (treasury.door, treasury.office)
        _ = try await treasury.run(.filed)
        _ = try await treasury.entries([Treasury.entry(nil, 1_250), Treasury.entry(nil, 77, account: "999999")])
        let lines = try await door.answer(ListBankLines(), as: office.financeApprover).items
        #expect(lines.map(\.amount) == [Fen(1_250)])
        _ = try await door.perform(
            SettleBankLine(line: lines[0].line, reason: "银行手续费"), as: office.financeApprover)
        // On no account of ours: told, and nobody's task.
        #expect(try await door.answer(ListBankLines(), as: office.admin).items.isEmpty)
        #expect(
            try await door.answer(ListBankLines(class: .foreign), as: office.admin).items.map(\.amount) == [Fen(77)])
    }

    @Test func `a line of the bank's is settled once, by another than took it in, and holds nothing up any more`()
        async throws
    {
        let treasury = try await Treasury.open(cases: 1)
        let (door, office) = (treasury.door, treasury.office)
        let (run, approver) = (try await treasury.run(.filed), office.financeApprover)
        let payment = try await treasury.payments(run)[0].reference
        _ = try await treasury.status([(payment, "RJCT", "FF10")])
        _ = try await treasury.entries([Treasury.entry(payment, 100_000, account: "999999"), Treasury.entry(nil, 77)])
        let open = try await door.answer(ListBankLines(run: run.number), as: approver).items
        #expect(open.map(\.class) == [.contradiction])
        // Nothing is paid again meanwhile.
        let reissue = ReissuePayment(payment: payment, reason: "重发")
        let early = await #expect(throws: Refusal.self) { try await door.perform(reissue, as: office.finance) }
        #expect(early?.message.contains("relief bank list") == true)
        // A line without a run may be anybody's.
        #expect(try await door.answer(ListBankLines(), as: office.admin).items.map(\.class).contains(.unmatched))
        #expect(try await door.answer(ListBankLines(all: true, limit: 1), as: approver).next != nil)
        for (settle, asker) in [
            (SettleBankLine(line: open[0].line, reason: " "), approver),
            (SettleBankLine(line: UUID(), reason: "银行函"), approver),
            (SettleBankLine(line: open[0].line, reason: "银行函"), office.finance),
        ] {
            await #expect(throws: Refusal.self) { try await door.perform(settle, as: asker) }
        }
        let settle = SettleBankLine(line: open[0].line, reason: "银行函7号：他户入账")
        let settled = try await door.perform(settle, as: approver)
        #expect(settled.settledBy != nil && settled.reason == "银行函7号：他户入账")
        let again = await #expect(throws: Refusal.self) { try await door.perform(settle, as: approver) }
        #expect(again?.code == .conflict)
        let report = try await door.perform(ReconcileRun(run: run.number), as: office.finance)
        #expect(report.unmatched.isEmpty && report.balanced)
        #expect(try await door.perform(reissue, as: office.finance).state == .reissued)
    }

    @Test func `who took a bank's file in doesn't settle its lines`() async throws {
        let treasury = try await Treasury.open(cases: 1)
        let (door, office) = (treasury.door, treasury.office)
        // As nobody is granted both, the law stands alone.
        let both = Principal(
            user: office.financeApprover.user, login: "finance.approver", name: "", person: nil,
            grants: [Role.financeOfficer, .financeApprover].map {
                .init(role: $0, organisation: "XN", path: "CN.QH.XN")
            }, credential: .peer(uid: 1000))
        let payment = try await treasury.payments(treasury.run(.filed))[0].reference
        let header = AccountReportHeader(messageID: "M9", createdAt: nil, isStatement: false)
        let entries = [Treasury.entry(payment, 1)]
        _ = try await treasury.take(AccountReport(header: header, entries: entries).bytes(), by: both)
        let line = try #require(try await door.answer(ListBankLines(), as: both).items.first)
        let refusal = await #expect(throws: Refusal.self) {
            try await door.perform(SettleBankLine(line: line.line, reason: "银行函"), as: both)
        }
        #expect(refusal?.code == .forbidden && refusal?.message.hasPrefix("Four eyes") == true)
    }

    @Test func `F02: a name that was changed and changed back pays nobody`() async throws {
        let treasury = try await Treasury.open(cases: 1)
        func rename(_ name: String) async throws {
            _ = try await treasury.door.perform(
                CorrectPerson(person: "XN-P000001", name: name, reason: "笔误"), as: treasury.office.worker)
        }
        try await rename("马秀芳")
        let refusal = await #expect(throws: Refusal.self) { try await treasury.run(.prepared) }
        #expect(refusal?.details?.first?.contains("in another name") == true)
        // In the right name it is registered anew, for another person to approve.
        let person = try await treasury.door.answer(ShowPerson(person: "XN-P000001"), as: treasury.office.worker)
        let number = try await treasury.door.perform(
            RevealAccount(account: person.accounts[0].id, reason: "更正户名"), as: treasury.office.worker)
        let anew = try await treasury.door.perform(
            RegisterAccount(
                owner: "XN-P000001", holder: "马秀芳", bank: "某银行", number: number.value, kind: .card),
            as: treasury.office.worker)
        #expect(anew.state == .pending && anew.warnings.isEmpty)
        try await rename("马秀英")
        #expect(try await treasury.run(.prepared).payments == 1)
    }

    @Test func `nobody re-issues on a bank's file that he or she took in by hand`() async throws {
        let treasury = try await Treasury.open(cases: 1)
        let other = try await treasury.office.second(.financeOfficer)
        let payment = try await treasury.payments(treasury.run(.filed))[0]
        let report = StatusReport(
            header: StatusReportHeader(
                messageID: "M1", createdAt: nil, originalMessageID: "ELSEWHERE", groupStatus: "PART"),
            transactions: [
                TransactionStatus(
                    endToEndID: payment.reference, status: "RJCT", reasons: [StatusReason(code: "FF10")])
            ])
        _ = try await treasury.take(report.bytes(), by: treasury.office.finance)
        let reissue = ReissuePayment(payment: payment.reference, reason: "重发")
        let refusal = await #expect(throws: Refusal.self) {
            try await treasury.door.perform(reissue, as: treasury.office.finance)
        }
        #expect(refusal?.code == .forbidden && refusal?.message.hasPrefix("Four eyes") == true)
        #expect(try await treasury.door.perform(reissue, as: other).state == .reissued)
    }

    @Test func `what is unknown fails only by the bank's line, or a proof by one who neither prepared nor released`()
        async throws
    {
        let treasury = try await Treasury.open(cases: 1)
        let payment = try await treasury.payments(treasury.run(.filed))[0]
        try await treasury.sabotage("UPDATE relief.payment SET state = 'unknown'")
        for signer in ["NULL", "r.prepared_by", "r.released_by"] {
            await #expect(throws: Refusal.self, "\(signer)") {
                try await treasury.sabotage(
                    """
                    UPDATE relief.payment p SET state = 'rejected', proof = 'x', disproved_by = \(signer)
                    FROM relief.run r WHERE r.id = p.run
                    """)
            }
        }
        let disproof = DisprovePayment(payment: payment.reference, proof: "银行函12号")
        let disproved = try await treasury.door.perform(disproof, as: treasury.office.financeApprover)
        #expect(disproved.state == .rejected)
        // Who brought the proof doesn't pay again on it.
        await #expect(throws: Refusal.self) {
            try await treasury.sabotage("UPDATE relief.payment SET state = 'reissued', reissued_by = disproved_by")
        }
        let reissue = ReissuePayment(payment: payment.reference, reason: "重发")
        #expect(try await treasury.door.perform(reissue, as: treasury.office.finance).state == .reissued)
    }

    @Test func `an odd file in the inbox stops no other, and makes no rounds without end`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "relief-bank-\(UUID().uuidString)")
        let treasury = try await Treasury.open(cases: 1, bankFolder: folder)
        let payment = try await treasury.payments(treasury.run(.filed))[0]
        let inbox = folder.appending(path: "from-bank")
        try FileManager.default.createDirectory(
            at: inbox.appending(path: "a.xml"), withIntermediateDirectories: true)
        let header = AccountReportHeader(messageID: "M1", createdAt: nil, isStatement: false)
        let entries = [Treasury.entry(payment.reference, 100_000)]
        try AccountReport(header: header, entries: entries).bytes().write(to: inbox.appending(path: "b.xml"))
        #expect(try await treasury.door.perform(ImportInbox(), as: .system).count == 1)
        #expect(try await treasury.payment(payment.reference).state == .booked)
        let refused = folder.appending(path: "refused")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: refused.path).sorted() == ["a.xml", "a.xml.reason"])
        _ = try await treasury.entries([Treasury.entry(nil, 77)])
        let figures = try await treasury.door.pool.transaction {
            try await BankFigures.look(folder: folder, in: $0)
        }
        let levels = Dictionary(uniqueKeysWithValues: figures.map { ($0.metric, $0.level) })
        #expect(levels["relief_bank_lines_open"] == 1 && figures[0].label?.value == "unmatched")
        #expect(levels["relief_bank_files_refused"] == 1 && levels["relief_bank_files_waiting"] == 0)
        // Where it can't even be put away, it is passed over.
        try FileManager.default.removeItem(at: refused)
        try Data().write(to: refused)
        try FileManager.default.createDirectory(
            at: inbox.appending(path: "c.xml"), withIntermediateDirectories: true)
        #expect(ImportInbox.hasWork(at: treasury.door))
        #expect(try await treasury.door.perform(ImportInbox(), as: .system).count == 0)
        #expect(!ImportInbox.hasWork(at: treasury.door))
    }

    @Test func `a run whose file can't be had holds up no other`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "relief-bank-\(UUID().uuidString)")
        let treasury = try await Treasury.open(cases: 1, instalments: 1, bankFolder: folder)
        let run = try await treasury.run(.released)
        let place = folder.appending(path: "to-bank")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try Data("another".utf8).write(to: place.appending(path: "\(run.number).xml"))
        #expect(try await treasury.door.perform(FileReleasedRuns(), as: .system).count == 0)
        #expect(try Data(contentsOf: place.appending(path: "\(run.number).xml")) == Data("another".utf8))
        #expect(try await treasury.payments(run).allSatisfy { $0.state == .inFile })
    }

    @Test func `a file that the bank has taken is not put into its folder again`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "relief-bank-\(UUID().uuidString)")
        let treasury = try await Treasury.open(cases: 1, bankFolder: folder)
        let run = try await treasury.run(.released)
        let taken = folder.appending(path: "accepted")
        try FileManager.default.createDirectory(at: taken, withIntermediateDirectories: true)
        try Data("x".utf8).write(to: taken.appending(path: "00000012-\(run.number).xml"))
        #expect(try await treasury.door.perform(FileReleasedRuns(), as: .system).count == 1)
        #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "to-bank/\(run.number).xml").path))
        #expect(try await treasury.payments(run).allSatisfy { $0.state == .sent })
    }

    @Test(arguments: [false, true])
    func `a return after the case was done opens it again, and its award can be stopped`(isClosed: Bool) async throws {
        let treasury = try await Treasury.open(cases: 1)
        let (office, number) = (treasury.office, treasury.cases[0])
        let payment = try await treasury.payments(treasury.run(.filed))[0]
        _ = try await treasury.entries([Treasury.entry(payment.reference, 100_000)])
        if isClosed {
            _ = try await treasury.door.perform(
                RecordFollowUp(case: number, on: office.today, manner: .phone, finding: "收到", satisfied: true),
                as: office.worker)
            _ = try await treasury.door.perform(
                CloseCase(case: number, outcome: .completed, note: "完"), as: office.worker2)
        }
        _ = try await treasury.entries([
            Treasury.entry(payment.reference, 100_000, .credit, on: "2026-07-08", bank: "B2", returned: "MS03")
        ])
        let shown = try await treasury.door.answer(ShowCase(case: number), as: office.worker)
        #expect(shown.state == .paying)
        _ = try await treasury.door.perform(
            ReissuePayment(payment: payment.reference, reason: "退汇重发"), as: office.finance)
        #expect(try await treasury.fund().held == Fen(100_000))
        let stopped = try await treasury.door.perform(StopAward(case: number, reason: "无法联系"), as: office.worker)
        #expect(stopped.state == .followUp)
        let fund = try await treasury.fund()
        #expect(fund.held == .zero && fund.available == fund.received)
    }

    @Test func `a file that is carried by hand and never answered becomes unknown, not failed`() async throws {
        let treasury = try await Treasury.open(cases: 1)
        let run = try await treasury.run(.released)
        treasury.office.clock.set(Day("2026-07-08")!.start().addingTimeInterval(3_600))
        #expect(try await treasury.door.perform(MarkUnknown(), as: .system).count == 0)
        treasury.office.clock.set(Day("2026-07-09")!.start().addingTimeInterval(3_600))
        #expect(try await treasury.door.perform(MarkUnknown(), as: .system).count == 1)
        #expect(try await treasury.payments(run)[0].state == .unknown)
        #expect(try await treasury.door.answer(ShowRun(run: run.number), as: treasury.office.finance).state == .filed)
    }
}

/// What releasing does, without its checks.
private struct ReleaseBlindly: SystemCommand {
    typealias Reply = WorkDone
    static let name = "test.releaseBlindly"
    static let summary = Phrase("Releases without looking.", "试验。")
    let run: String

    func execute(in context: CommandContext) async throws -> WorkDone {
        let run = try await Run.find(run, in: context)
        try await context.transaction.execute(
            """
            UPDATE relief.run SET state = 'released', released_at = \(context.now),
              released_by = (SELECT id FROM relief.app_user WHERE login = 'cashier') WHERE id = \(run.id)
            """)
        try await context.transaction.execute(
            """
            INSERT INTO relief.bank_file (id, run, name, format, message_id, content, sha256, created_at)
            VALUES (\(UUID()), \(run.id), 'x', 'pain001', 'x', '', repeat('0', 64), \(context.now))
            """)
        return WorkDone(
            count: try await context.transaction.execute(
                "UPDATE relief.payment SET state = 'inFile' WHERE run = \(run.id)"))
    }
}

extension Office {
    /// A second person in a role of the city.
    func second(_ role: Role) async throws -> Principal {
        try await hire("second", role, uid: 4_900)
    }
}
