import FoundationEssentials
import Testing
import WorkingDays

@testable import BankFiles

struct CreditTransferTests {
    @Test func `the same payments give the same bytes, and come back as they were`() throws {
        let file = try Samples.file(50)
        #expect(file.header.sum == file.payments.reduce(0) { $0 + $1.amount })
        let bytes = try file.bytes()
        #expect(try Samples.file(50).bytes() == bytes)
        #expect(try CreditTransferFile(reading: .bytes(bytes)) == file)
    }

    @Test func `count, sum and exact amounts stand in both headers`() throws {
        let text = try Samples.text(Samples.file(2))
        #expect(text.components("<NbOfTxs>2</NbOfTxs><CtrlSum>3.10</CtrlSum>") == 2)
        #expect(text.contains("<InstdAmt Ccy=\"CNY\">1.05</InstdAmt>"))
        #expect(text.contains("<ClrSysId><Cd>CNAPS</Cd></ClrSysId><MmbId>102100099996</MmbId>"))
        #expect(text.contains("张三&lt;&amp;&gt;1"))
    }

    /// What the schema lets pass and a bank must not: made in the text of a right file.
    @Test(
        arguments: [
            ("<CtrlSum>3.10</CtrlSum>", "<CtrlSum>3.11</CtrlSum>", .sum),
            ("<NbOfTxs>2</NbOfTxs>", "<NbOfTxs>3</NbOfTxs>", .count),
            (">1.05<", ">1.055<", .amount),
            (">1.05<", ">0.00<", .zeroAmount),
            ("<EndToEndId>P2<", "<EndToEndId>P1<", .duplicate),
            ("<Cdtr><Nm>张三&lt;&amp;&gt;2</Nm></Cdtr>", "", .missing),
            ("<CdtrAcct><Id><Othr><Id>6225881414210002</Id></Othr></Id></CdtrAcct>", "", .missing),
            ("<InstdAmt Ccy=\"CNY\">1.05", "<InstdAmt Ccy=\"USD\">1.05", .currency),
        ] as [(String, String, BankFileError.Code)])
    func `what the schema lets pass is refused`(part: String, replacement: String, code: BankFileError.Code) throws {
        let text = try Samples.text(Samples.file(2))
        let mutant = text.replacing(part, with: replacement)
        #expect(mutant != text)
        let error = #expect(throws: BankFileError.self) {
            try CreditTransferFile(reading: Samples.source(mutant))
        }
        #expect(error?.code == code)
    }

    @Test(
        arguments: [
            (Samples.payment(2, amount: 0), .zeroAmount), (Samples.payment(2, amount: -5), .zeroAmount),
            (Samples.payment(1), .duplicate), (Samples.payment(2, name: ""), .missing),
            (Samples.payment(2, name: "张\u{7}三"), .invalid), (Samples.payment(2, name: " 张三"), .invalid),
            (Samples.payment(2, name: String(repeating: "张", count: 141)), .invalid),
            (Samples.payment(2, amount: .max), .amount),
        ] as [(CreditTransfer, BankFileError.Code)])
    func `a wrong payment is named and not written`(payment: CreditTransfer, code: BankFileError.Code) throws {
        let error = #expect(throws: BankFileError.self) {
            try CreditTransferFile(header: Samples.header, payments: [Samples.payment(1), payment])
        }
        #expect(error?.code == code)
        #expect(error?.payment == payment.endToEndID)
    }

    @Test func `references, accounts and bank numbers keep to their form`() {
        func refused(_ change: (inout CreditTransfer) -> Void) -> Bool {
            var payment = Samples.payment(1)
            change(&payment)
            return (try? CreditTransferFile(header: Samples.header, payments: [payment])) == nil
        }
        #expect(!refused { _ in })
        #expect(refused { $0.endToEndID = "" })
        #expect(refused { $0.endToEndID = "编号" })
        #expect(refused { $0.endToEndID = "NOTPROVIDED" })
        #expect(refused { $0.endToEndID = String(repeating: "1", count: 36) })
        #expect(refused { $0.creditorAccount = "" })
        #expect(refused { $0.creditorAccount = "6225 8814" })
        #expect(refused { $0.creditorAgent = "12345" })
        #expect(refused { $0.remittance = String(repeating: "助", count: 141) })
        #expect(throws: BankFileError.self) { try CreditTransferFile(header: Samples.header, payments: []) }
    }

    @Test func `a streamed file whose payments disagree with its header is not finished`() throws {
        var header = Samples.header
        (header.count, header.sum) = (2, 105)
        var writer = try CreditTransferWriter(header) { _ in }
        try writer.append(Samples.payment(1))
        let short = #expect(throws: BankFileError.self) { try writer.finish() }
        #expect(short?.code == .count)
        header.count = 1
        header.sum = 106
        writer = try CreditTransferWriter(header) { _ in }
        try writer.append(Samples.payment(1))
        let wrong = #expect(throws: BankFileError.self) { try writer.finish() }
        #expect(wrong?.code == .sum)
    }

    @Test func `a bank's own GBK file with byte order mark or CRLF is read`() throws {
        let file = try Samples.file(3)
        let text = try Samples.text(file)
        let marked = Data([0xEF, 0xBB, 0xBF]) + Data(text.replacing("\n", with: "\r\n").utf8)
        #expect(try CreditTransferFile(reading: .bytes(marked)) == file)
        let declared = text.replacing("encoding=\"UTF-8\"", with: "encoding=\"GB18030\"")
        #expect(try CreditTransferFile(reading: .bytes(Data(TextEncoding.gb18030.encode(declared)))) == file)
    }
}

extension String {
    /// How often a part occurs.
    func components(_ part: String) -> Int { split(separator: part, omittingEmptySubsequences: false).count - 1 }
}
