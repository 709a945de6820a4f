import FoundationEssentials
import Testing
import WorkingDays

@testable import BankFiles

struct AnswerTests {
    @Test func `a status report comes back as it was`() throws {
        let report = Samples.statusReport
        let read = try StatusReport(reading: .bytes(report.bytes()))
        #expect(read.transactions == report.transactions)
        #expect(read.header.groupStatus == "PART")
        #expect(read.header.originalMessageID == "RUN-2026-0001")
        #expect(read.header.createdAt == Samples.instant)
        #expect(!read.header.isWholeFileRefused)
    }

    @Test func `payments that a report does not list have no status`() throws {
        var report = Samples.statusReport
        report.header.groupStatus = "ACCP"
        report.transactions.removeFirst()
        let read = try StatusReport(reading: .bytes(report.bytes()))
        #expect(read.transactions.map(\.endToEndID) == ["P2"])
        report.transactions = []
        #expect(try StatusReport(reading: .bytes(report.bytes())).transactions.isEmpty)
    }

    @Test func `codes that nobody here knows are kept`() throws {
        let text = String(decoding: Samples.statusReport.bytes(), as: UTF8.self)
            .replacing("ACSP", with: "ZZZZ").replacing("<Cd>AC04</Cd>", with: "<Prtry>B0278-户名不符</Prtry>")
        let read = try StatusReport(reading: Samples.source(text))
        #expect(read.transactions[0].status == "ZZZZ")
        #expect(read.transactions[0].status?.standing == .unknown)
        #expect(read.transactions[1].reasons == [StatusReason(code: "B0278-户名不符", text: "账户已销户")])
    }

    @Test func `a block may be refused by itself`() throws {
        var report = Samples.statusReport
        report.header.blocks = [
            BlockStatus(blockID: "RUN-2026-0001", status: "RJCT", reasons: [StatusReason(code: "TM01")])
        ]
        let read = try StatusReport(reading: .bytes(report.bytes()))
        #expect(read.header.blocks == report.header.blocks)
        #expect(read.header.groupReasons.isEmpty)
    }

    @Test func `a status that names no payment is refused with its line`() throws {
        let text = String(decoding: Samples.statusReport.bytes(), as: UTF8.self)
            .replacing("<OrgnlEndToEndId>P2</OrgnlEndToEndId>", with: "")
        let error = #expect(throws: BankFileError.self) { try StatusReport(reading: Samples.source(text)) }
        #expect(error?.code == .missing)
        #expect(error?.line == 7)
    }

    @Test func `bookings and returns come back as they were`() throws {
        var back = Samples.entry
        back.direction = .credit
        back.isReversal = true
        back.returnReason = "AC04"
        back.returnText = "账户已销户"
        back.bankReference = "B2"
        let report = Samples.report([Samples.entry, back])
        let read = try AccountReport(reading: .bytes(report.bytes()))
        #expect(read == report)
        #expect(read.entries.map(\.isReturn) == [false, true])
    }

    @Test func `a statement with one entry for several payments gives each of them`() throws {
        let statement = """
            <Document><BkToCstmrStmt><GrpHdr><MsgId>S1</MsgId><CreDtTm>2026-09-01T18:00:00.123</CreDtTm></GrpHdr>
            <Stmt><Id>S1-1</Id><Acct><Id><Othr><Id>105001234567</Id></Othr></Id></Acct>
            <Bal><Amt Ccy="USD">9</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
            <Ntry><NtryRef>1</NtryRef><Amt Ccy="CNY">3.10</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts>
            <BookgDt><DtTm>2026-09-01T17:59:59+08:00</DtTm></BookgDt><AcctSvcrRef>E1</AcctSvcrRef><NtryDtls>
            <Btch><MsgId>RUN</MsgId></Btch>
            <TxDtls><Refs><EndToEndId>P1</EndToEndId></Refs><Amt Ccy="CNY">1.05</Amt></TxDtls>
            <TxDtls><Refs><AcctSvcrRef>T2</AcctSvcrRef><EndToEndId>P2</EndToEndId></Refs>
            <AmtDtls><TxAmt><Amt Ccy="CNY">2.05</Amt></TxAmt></AmtDtls>
            <RltdPties><Cdtr><Nm>李四</Nm></Cdtr><CdtrAcct><Id><Othr><Id>62</Id></Othr></Id></CdtrAcct></RltdPties></TxDtls>
            </NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>
            """
        let read = try AccountReport(reading: Samples.source(statement))
        #expect(read.header.isStatement)
        #expect(read.entries.map(\.endToEndID) == ["P1", "P2"])
        #expect(read.entries.map(\.amount) == [105, 205])
        #expect(read.entries.map(\.bankReference) == ["E1", "T2"])
        #expect(read.entries.allSatisfy { $0.account == "105001234567" && $0.bookingDay == Samples.day && $0.isBooked })
        #expect(read.entries[1].counterpartyName == "李四")
        #expect(read.entries[1].counterpartyAccount == "62")
        let unlike = statement.replacing(">2.05<", with: ">2.04<")
        let whole = try AccountReport(reading: Samples.source(unlike)).entries
        #expect(whole.map(\.amount) == [310])
        #expect(whole.map(\.detailsDisagree) == [true])
        #expect(whole[0].endToEndID == nil)
    }

    @Test(arguments: [
        "2026-09-01T09:00:00Z", "2026-09-01T17:00:00", "2026-09-01T17:00:00.5+08:00", "2026-09-01T04:30:00-04:30",
    ])
    func `times without zone are China's`(text: String) {
        #expect(ISODateTime.instant(text) == Date(timeIntervalSince1970: 1_788_253_200))
    }

    @Test(arguments: [
        "", "2026-09-01", "2026-09-31T00:00:00", "2026-09-01T9:00:00", "2026-09-01T09:00:00+8", "2026-09-01T09:00:00X",
    ])
    func `other words are no time`(text: String) {
        #expect(ISODateTime.instant(text) == nil)
    }
}
