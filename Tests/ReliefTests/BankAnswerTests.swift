import BankFiles
import Contract
import Foundation
import Postgres
import Support
import Testing
import WorkingDays

@testable import Relief

/// What banks really answer where they don't say it in so many words: every line has an owner and a way out, and money moves
/// by two people.
@Suite(.database)
struct BankAnswerTests {
    /// A camt of the bank's own making: entries as XML, on the fund's account where nothing else is said.
    static func camt(
        _ entries: String, kind: String = "BkToCstmrDbtCdtNtfctn", account: String = "6301000012345678",
        id: String = UUID().uuidString
    ) -> Data {
        let part = ["BkToCstmrStmt": "Stmt", "BkToCstmrAcctRpt": "Rpt"][kind] ?? "Ntfctn"
        return Data(
            """
            <?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><\(kind)>\
            <GrpHdr><MsgId>\(id.prefix(35))</MsgId><CreDtTm>2026-07-01T09:00:00+08:00</CreDtTm></GrpHdr><\(part)><Id>1</Id>\
            <Acct><Id><Othr><Id>\(account)</Id></Othr></Id></Acct>\(entries)</\(part)></\(kind)></Document>
            """.utf8)
    }

    static func entry(
        _ direction: String = "CRDT", _ yuan: String = "1000.00", day: String = "<Dt>2026-07-01</Dt>",
        bank: String? = nil, currency: String = "CNY", details: String = ""
    ) -> String {
        """
        <Ntry><Amt Ccy="\(currency)">\(yuan)</Amt><CdtDbtInd>\(direction)</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
        <BookgDt>\(day)</BookgDt>\(bank.map { "<AcctSvcrRef>\($0)</AcctSvcrRef>" } ?? "")\
        \(details.isEmpty ? "" : "<NtryDtls>\(details)</NtryDtls>")</Ntry>
        """
    }

    static func details(
        reference: String? = nil, party: String? = nil, name: String? = nil, remark: String? = nil,
        amount: String? = nil, direction: String = "CRDT", side: String = "Dbtr"
    ) -> String {
        let parties = [
            name.map { "<\(side)><Pty><Nm>\($0)</Nm></Pty></\(side)>" },
            party.map { "<\(side)Acct><Id><Othr><Id>\($0)</Id></Othr></Id></\(side)Acct>" },
        ].compactMap(\.self).joined()
        return """
            <TxDtls><Refs>\(reference.map { "<EndToEndId>\($0)</EndToEndId>" } ?? "")</Refs>\
            \(amount.map { "<Amt Ccy=\"CNY\">\($0)</Amt>" } ?? "")<CdtDbtInd>\(direction)</CdtDbtInd>\
            \(parties.isEmpty ? "" : "<RltdPties>\(parties)</RltdPties>")\
            \(remark.map { "<RmtInf><Ustrd>\($0)</Ustrd></RmtInf>" } ?? "")</TxDtls>
            """
    }

    /// A run of so many payments, all booked.
    private func paid(_ count: Int = 2) async throws -> (Treasury, RunView, [String]) {
        let treasury = try await Treasury.open(cases: count)
        let run = try await treasury.run(.filed)
        let references = try await treasury.payments(run).map(\.reference)
        _ = try await treasury.entries(references.map { Treasury.entry($0, 100_000, bank: "B-\($0.prefix(6))") })
        return (treasury, run, references)
    }

    private func open(_ treasury: Treasury) async throws -> [BankLineView] {
        try await treasury.door.answer(ListBankLines(), as: treasury.office.financeApprover).items
    }

    private func confirm(_ match: BankMatchView, _ treasury: Treasury) async throws -> BankMatchView {
        try await treasury.door.perform(ConfirmBankMatch(match: match.match), as: treasury.office.financeApprover)
    }

    enum Clue: String, CaseIterable, CustomTestStringConvertible {
        case reference, remittance, account, name, remark
        var testDescription: String { rawValue }
    }

    @Test(arguments: Clue.allCases)
    func `money that comes back as a plain credit is shown with its payment, and two people book it as returned`(
        clue: Clue
    ) async throws {
        let (treasury, run, references) = try await paid(clue == .remark ? 1 : 2)
        let (finance, approver) = (treasury.office.finance, treasury.office.financeApprover)
        let payment = references[0]
        let card = try await treasury.cards(of: [payment])[0]
        let details =
            switch clue {
            case .reference: Self.details(reference: payment)
            case .remittance: Self.details(remark: "退汇 户名不符 原流水\(payment)")
            case .account: Self.details(party: card)
            case .name: Self.details(name: try await treasury.payment(payment).payee)
            case .remark: Self.details(party: "9900112233", name: "待处理汇划款项", remark: "退汇 户名不符")
            }
        treasury.office.clock.set(Day("2026-07-08")!.start())
        let back = Self.entry(day: "<Dt>2026-07-08</Dt>", bank: "C1", details: details)
        let view = try await treasury.take(Self.camt(back))
        #expect(view.classes == ["likelyReturn": 1] && view.problems.count == 1)
        let line = try #require(try await open(treasury).first)
        // Two payees of one name: the line says so, and the person says which.
        #expect(line.payment == (clue == .name ? nil : payment), "\(line)")
        #expect(line.detail?.contains(clue == .reference ? "without being marked" : "looks like") == true, "\(line)")
        #expect(try await treasury.fund().spent == Fen(100_000 * Int64(references.count)))

        let match = MatchBankLine(line: line.line, payment: payment, reason: "银行来电：户名不符退回")
        let proposed = try await treasury.door.perform(match, as: finance)
        #expect(proposed.becomes == .returned && proposed.confirmedBy == nil)
        #expect(try await treasury.payment(payment).state == .booked, "one person moves nothing")
        #expect(try await confirm(proposed, treasury).confirmedBy != nil)
        #expect(try await treasury.payment(payment).state == .returned)
        #expect(try await treasury.payment(payment).evidence == "银行来电：户名不符退回")
        #expect(try await treasury.fund().spent == Fen(100_000 * Int64(references.count - 1)))
        #expect(try await open(treasury).isEmpty)
        // The same credit in the statement says nothing new.
        let again = try await treasury.take(Self.camt(back, kind: "BkToCstmrStmt"))
        #expect(again.classes == ["duplicate": 1])
        // And the family is paid anew; not by who brought the word.
        let reissue = ReissuePayment(payment: payment, reason: "更正户名后重发")
        let refusal = await #expect(throws: Refusal.self) { try await treasury.door.perform(reissue, as: finance) }
        #expect(refusal?.code == .forbidden)
        let other = try await treasury.office.second(.financeOfficer)
        _ = try await treasury.door.perform(reissue, as: other)
        #expect(try await treasury.payments(treasury.run(.filed)).count == 1)
        #expect(try await treasury.door.answer(ShowRun(run: run.number), as: approver).state == .answered)
    }

    @Test func `nobody confirms the own word, nor who prepared or released the run`() async throws {
        let (treasury, _, references) = try await paid(1)
        treasury.office.clock.set(Day("2026-07-08")!.start())
        _ = try await treasury.take(
            Self.camt(Self.entry(day: "<Dt>2026-07-08</Dt>", details: Self.details(reference: references[0]))))
        let line = try #require(try await open(treasury).first)
        let office = treasury.office
        let both = Principal(
            user: office.financeApprover.user, login: "both", name: "", person: nil,
            grants: office.finance.grants + office.financeApprover.grants, credential: .peer(uid: 1000))
        let own = try await treasury.door.perform(MatchBankLine(line: line.line, reason: "退回"), as: both)
        let alone = await #expect(throws: Refusal.self) {
            try await treasury.door.perform(ConfirmBankMatch(match: own.match), as: both)
        }
        #expect(alone?.code == .forbidden)
        let preparer = Principal(
            user: office.finance.user, login: "prep", name: "", person: nil,
            grants: office.finance.grants + office.financeApprover.grants, credential: .peer(uid: 1000))
        let prepared = await #expect(throws: Refusal.self) {
            try await treasury.door.perform(ConfirmBankMatch(match: own.match), as: preparer)
        }
        #expect(prepared?.code == .forbidden)
        #expect(try await treasury.payment(references[0]).state == .booked)
        // In the database, too.
        await #expect(throws: (any Error).self) {
            try await treasury.sabotage(
                "UPDATE relief.bank_match SET confirmed_by = proposed_by, confirmed_at = proposed_at")
        }
        await #expect(throws: (any Error).self) {
            try await treasury.sabotage(
                "UPDATE relief.payment SET state = 'returned', returned_on = '2026-07-08' WHERE state = 'booked'")
        }
    }

    @Test func `a credit that is no payment's is told, and settled by a person`() async throws {
        let (treasury, _, _) = try await paid(1)
        let view = try await treasury.take(
            Self.camt(Self.entry("CRDT", "50000.00", bank: "IN-7", details: Self.details(remark: "财政拨款"))))
        #expect(view.classes == ["received": 1] && view.problems.isEmpty)
        let line = try #require(try await open(treasury).first)
        #expect(line.class == .received && line.detail == "财政拨款")
        _ = try await treasury.door.perform(
            SettleBankLine(line: line.line, reason: "财政拨款，已入账"), as: treasury.office.financeApprover)
        #expect(try await open(treasury).isEmpty)
    }

    @Test func `the same debit in the advice and in the statement is one, however the bank names it`() async throws {
        let treasury = try await Treasury.open(cases: 2)
        let references = try await treasury.payments(treasury.run(.filed)).map(\.reference)
        func debits(_ prefix: String, day: String = "<Dt>2026-07-01</Dt>") -> String {
            references.enumerated().map { place, reference in
                Self.entry(
                    "DBIT", day: day, bank: "\(prefix)\(place)",
                    details: Self.details(reference: reference, direction: "DBIT"))
            }.joined()
        }
        #expect(try await treasury.take(Self.camt(debits("T"))).classes == ["booked": 2])
        #expect(try await treasury.take(Self.camt(debits("E7-"), kind: "BkToCstmrStmt")).classes == ["duplicate": 2])
        // A second debit in the books themselves is one, on whatever day.
        let second = try await treasury.take(Self.camt(debits("E8-"), kind: "BkToCstmrStmt"))
        #expect(second.classes == ["contradiction": 2])
        treasury.office.clock.set(Day("2026-07-05")!.start())
        let later = try await treasury.take(Self.camt(debits("T9-", day: "<Dt>2026-07-05</Dt>")))
        #expect(later.classes == ["contradiction": 2])
        #expect(try await treasury.fund().spent == Fen(200_000))
    }

    @Test func `two debits of one day in a statement are two, although an advice told of one`() async throws {
        let treasury = try await Treasury.open(cases: 1)
        let reference = try await treasury.payments(treasury.run(.filed))[0].reference
        let details = Self.details(reference: reference, direction: "DBIT")
        _ = try await treasury.take(Self.camt(Self.entry("DBIT", bank: "T1", details: details)))
        let both = ["E1", "E2"].map { Self.entry("DBIT", bank: $0, details: details) }.joined()
        #expect(
            try await treasury.take(Self.camt(both, kind: "BkToCstmrStmt")).classes == [
                "duplicate": 1, "contradiction": 1,
            ])
    }

    @Test func `a run booked in one sum is paid once two people say so`() async throws {
        let treasury = try await Treasury.open(cases: 3)
        let run = try await treasury.run(.filed)
        func batch(_ yuan: String, _ count: Int) -> String {
            Self.entry(
                "DBIT", yuan, bank: "S1",
                details: "<Btch><PmtInfId>\(run.number)</PmtInfId><NbOfTxs>\(count)</NbOfTxs></Btch>")
        }
        #expect(try await treasury.take(Self.camt(batch("2999.00", 3))).classes == ["amountMismatch": 1])
        #expect(try await treasury.take(Self.camt(batch("3000.00", 3))).classes == ["likelyPaid": 1])
        let line = try #require(try await open(treasury).first { $0.class == .likelyPaid })
        #expect(line.run == run.number && line.payment == nil)
        let match = try await treasury.door.perform(
            MatchBankLine(line: line.line, reason: "整批记账，回单一张"), as: treasury.office.finance)
        #expect(match.run == run.number && match.payments == 3 && match.amount == Fen(300_000))
        #expect(try await treasury.fund().spent == .zero)
        _ = try await confirm(match, treasury)
        #expect(try await treasury.payments(run).allSatisfy { $0.state == .booked && $0.provenBy?.count == 2 })
        #expect(try await treasury.fund().spent == Fen(300_000))
        // What the bank tells of the single payments afterwards is no second debit.
        let references = try await treasury.payments(run).map(\.reference)
        let single = references.map {
            Self.entry("DBIT", bank: "T-\($0.prefix(5))", details: Self.details(reference: $0, direction: "DBIT"))
        }
        #expect(try await treasury.take(Self.camt(single.joined())).classes == ["duplicate": 3])
        // The line that didn't agree is still somebody's.
        #expect(try await open(treasury).map(\.class) == [.amountMismatch])
    }

    @Test func `a debit on another day than two people found is a second one`() async throws {
        let treasury = try await Treasury.open(cases: 1)
        let reference = try await treasury.payments(treasury.run(.filed))[0].reference
        treasury.office.clock.set(Day("2026-07-13")!.start())
        _ = try await treasury.door.perform(MarkUnknown(), as: .system)
        let proof = try await treasury.door.perform(
            ProvePayment(payment: reference, bookedOn: Day("2026-07-03")!, proof: "银行函15号"),
            as: treasury.office.finance)
        _ = try await confirm(proof, treasury)
        func debit(_ day: String, _ bank: String, kind: String) async throws -> [String: Int] {
            let entry = Self.entry(
                "DBIT", day: "<Dt>\(day)</Dt>", bank: bank,
                details: Self.details(reference: reference, direction: "DBIT"))
            return try await treasury.take(Self.camt(entry, kind: kind)).classes
        }
        #expect(try await debit("2026-07-06", "T9", kind: "BkToCstmrDbtCdtNtfctn") == ["contradiction": 1])
        #expect(try await debit("2026-07-03", "E1", kind: "BkToCstmrStmt") == ["duplicate": 1])
    }

    @Test func `the file asks the bank to book each payment by itself`() async throws {
        let treasury = try await Treasury.open(cases: 1)
        let run = try await treasury.run(.released)
        let file = try await treasury.door.answer(GetRunFile(run: run.number), as: treasury.office.cashier)
        #expect(String(decoding: file.content, as: UTF8.self).contains("<BtchBookg>false</BtchBookg>"))
    }

    @Test func `a booking that bears only the bank's own reference is known by the status that tied it`() async throws {
        let treasury = try await Treasury.open(cases: 2)
        let references = try await treasury.payments(treasury.run(.filed)).map(\.reference)
        let report = StatusReport(
            header: StatusReportHeader(
                messageID: "S1", createdAt: nil, originalMessageID: "ELSEWHERE", groupStatus: "PART"),
            transactions: references.map {
                TransactionStatus(endToEndID: $0, status: "ACSC", bankReference: "ICBC-\($0.suffix(5))")
            })
        _ = try await treasury.take(report.bytes())
        let booked = Self.entry("DBIT", bank: "ICBC-\(references[0].suffix(5))")
        let other = Self.entry("DBIT", "999.00", bank: "ICBC-\(references[1].suffix(5))")
        let view = try await treasury.take(Self.camt(booked + other))
        #expect(view.classes == ["booked": 1, "unmatched": 1])
        #expect(try await treasury.payment(references[0]).state == .booked)
        #expect(try await treasury.payment(references[1]).state == .accepted)
    }

    @Test func `the bank's refusal of a file is known by the name that the file went out with`() async throws {
        let treasury = try await Treasury.open(cases: 2)
        let run = try await treasury.run(.released)
        let sent = try await treasury.door.answer(GetRunFile(run: run.number), as: treasury.office.cashier)
        let file = try CreditTransferFile(reading: .bytes(sent.content))
        let isPermitted = file.header.messageID.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        #expect(isPermitted)
        let long = BankFile.messageID("XN_CD_01_GRASSROOTS_UNION_OF_MANY-R2026-0001")
        #expect(long.utf8.count == 35 && !long.contains("_"))
        let refused = try await treasury.status([], file: file.header.messageID, group: "RJCT", groupReason: "FF01")
        #expect(refused.classes == ["rejected": 2])
    }

    @Test func `a payment of unknown fate is paid on the bank's document by two people, and shown as that`()
        async throws
    {
        let treasury = try await Treasury.open(cases: 1)
        let run = try await treasury.run(.filed)
        let reference = try await treasury.payments(run)[0].reference
        let early = ProvePayment(payment: reference, bookedOn: Day("2026-07-03")!, proof: "银行函15号")
        await #expect(throws: Refusal.self) { try await treasury.door.perform(early, as: treasury.office.finance) }
        treasury.office.clock.set(Day("2026-07-13")!.start())
        _ = try await treasury.door.perform(MarkUnknown(), as: .system)
        let proof = try await treasury.door.perform(early, as: treasury.office.finance)
        #expect(proof.line == nil && proof.becomes == .booked && proof.payee == "马秀英")
        #expect(
            try await treasury.door.answer(ListBankMatches(), as: treasury.office.financeApprover).items.map(\.match)
                == [
                    proof.match
                ])
        _ = try await confirm(proof, treasury)
        let shown = try await treasury.payment(reference)
        #expect(shown.state == .booked && shown.bookedOn == Day("2026-07-03") && shown.evidence == "银行函15号")
        #expect(shown.provenBy?.count == 2)
        #expect(try await treasury.fund().spent == Fen(100_000))
        let again = await #expect(throws: Refusal.self) { try await confirm(proof, treasury) }
        #expect(again?.code == .conflict)
        // The statement then is no second debit.
        let late = Self.entry(
            "DBIT", day: "<Dt>2026-07-03</Dt>", bank: "E1",
            details: Self.details(reference: reference, direction: "DBIT"))
        #expect(try await treasury.take(Self.camt(late, kind: "BkToCstmrStmt")).classes == ["duplicate": 1])
    }

    @Test func `what can't be read, is in dollars, or on another's account keeps nothing beside it from being read`()
        async throws
    {
        let treasury = try await Treasury.open(cases: 2)
        let references = try await treasury.payments(treasury.run(.filed)).map(\.reference)
        let entries =
            Self.entry(
                "DBIT", "1000.00000", bank: "T1", details: Self.details(reference: references[0], direction: "DBIT"))
            + Self.entry("DBIT", "1000.00", bank: "T2", currency: "USD")
            + Self.entry("DBIT", "1000.005", bank: "T3")
            + Self.entry("DBIT", "1000.00", day: "<Dt>2026-7-1</Dt>", bank: "T4")
        let view = try await treasury.take(Self.camt(entries))
        #expect(view.classes == ["booked": 1, "foreign": 1, "unmatched": 2])
        let lines = try await treasury.door.answer(
            ListBankLines(class: .foreign), as: treasury.office.financeApprover
        ).items
        #expect(lines.map(\.detail) == ["1000.00 USD"])
        #expect(try await open(treasury).count == 2)
    }

    @Test func `a result by its row alone needs row, account and amount; what it leaves out is named`() async throws {
        let treasury = try await Treasury.open(cases: 4)
        let run = try await treasury.run(.filed, format: .batchText)
        let references = try await treasury.payments(run).map(\.reference).sorted()
        let cards = try await treasury.cards(of: references)
        let results = [
            BatchTextResult(serial: 1, account: cards[0], amount: 100_000, outcome: .credited),
            BatchTextResult(serial: 2, account: cards[0], amount: 100_000, outcome: .credited),
            BatchTextResult(serial: 3, account: cards[2], amount: 99_999, outcome: .credited),
        ]
        let view = try await treasury.take(
            BatchTextResult.bytes(results, template: .common), name: "\(run.number).result.txt")
        #expect(view.classes == ["booked": 1, "unmatched": 2])
        #expect(view.leftOut == Array(references[1...]) && view.leftOutCount == 3)
        #expect(try await treasury.payment(references[3]).state == .sent)
    }

    @Test func `text that carries no date is handed over on the day it is to be paid`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "relief-bank-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let treasury = try await Treasury.open(cases: 1, bankFolder: folder)
        let run = try await treasury.run(.released, format: .batchText)
        #expect(run.executeOn > treasury.office.today)
        let place = folder.appending(path: "to-bank/\(run.number).txt")
        func files() async throws -> Int { try await treasury.door.perform(FileReleasedRuns(), as: .system).count }
        #expect(try await files() == 0)
        #expect(try await treasury.door.perform(HandOverRun(run: run.number), as: .system).count == 0)
        #expect(!FileManager.default.fileExists(atPath: place.path))
        treasury.office.clock.set(run.executeOn.start())
        #expect(try await files() == 1)
        #expect(FileManager.default.fileExists(atPath: place.path))
    }

    @Test func `a day's report (camt.052) is read as an advice is`() async throws {
        let treasury = try await Treasury.open(cases: 1)
        let reference = try await treasury.payments(treasury.run(.filed))[0].reference
        let entry = Self.entry("DBIT", bank: "T1", details: Self.details(reference: reference, direction: "DBIT"))
        #expect(try await treasury.take(Self.camt(entry, kind: "BkToCstmrAcctRpt")).classes == ["booked": 1])
    }
}
