import FoundationEssentials
import Testing

@testable import BankFiles

struct BatchTextTests {
    let payments = [
        CreditTransfer(
            endToEndID: "B1-1", amount: 600_000, creditorName: "张三", creditorAccount: "6225881414207430",
            remittance: "金秋助学"),
        CreditTransfer(
            endToEndID: "B1-2", amount: 400_007, creditorName: "阿依古丽·买买提", creditorAccount: "6227007200120897790"),
    ]

    @Test func `the common template is what banks' own come down to`() throws {
        let data = try BatchTextFile.bytes(payments, template: .common)
        #expect(
            try TextEncoding.gbk.decode(Array(data))
                == "2|10000.07\r\n1|张三|6225881414207430|6000.00|金秋助学\r\n"
                + "2|阿依古丽·买买提|6227007200120897790|4000.07|\r\n")
        #expect(data.dropFirst(14).prefix(4).elementsEqual([0xD5, 0xC5, 0xC8, 0xFD]))
        #expect(try BatchTextFile.read(data, batch: "B1", template: .common) == payments)
        #expect(try BatchTextFile.bytes(payments, template: .common) == data)
    }

    @Test(arguments: TextEncoding.allCases, ["|", "|!", ",", "\t"])
    func `every template comes back as it was`(encoding: TextEncoding, delimiter: String) throws {
        var template = BatchTextTemplate.common
        template.encoding = encoding
        template.delimiter = delimiter
        template.lineEnding = .lf
        template.columns = [.reference, .account, .name, .amount, .agent, .remark]
        template.header = encoding == .utf8 ? [] : [.sum, .count]
        let data = try BatchTextFile.bytes(payments, template: template)
        #expect(try BatchTextFile.read(data, batch: "other", template: template) == payments)
    }

    @Test func `a delimiter inside a GBK character is no delimiter`() throws {
        var payment = payments[0]
        payment.creditorName = "巪亅"
        let data = try BatchTextFile.bytes([payment], template: .common)
        #expect(data.count { $0 == UInt8(ascii: "|") } > 5)
        #expect(try BatchTextFile.read(data, batch: "B1", template: .common) == [payment])
    }

    @Test func `a name outside GBK is named, and fits GB18030`() throws {
        var payment = payments[0]
        payment.creditorName = "张𠮷"
        let error = #expect(throws: BankFileError.self) { try BatchTextFile.bytes([payment], template: .common) }
        #expect(error?.code == .encoding)
        #expect(error?.payment == "B1-1")
        #expect(error?.words.contains("𠮷") == true)
        var template = BatchTextTemplate.common
        template.encoding = .gb18030
        let data = try BatchTextFile.bytes([payment], template: template)
        #expect(try BatchTextFile.read(data, batch: "B1", template: template) == [payment])
    }

    @Test func `what the bank would refuse is not written`() {
        func code(_ change: (inout CreditTransfer) -> Void) -> BankFileError.Code? {
            var payment = payments[1]
            change(&payment)
            return #expect(throws: BankFileError.self) {
                try BatchTextFile.bytes([payments[0], payment], template: .common)
            }?.code
        }
        #expect(code { $0.creditorName = "张 三" } == .invalid)
        #expect(code { $0.remittance = "a|b" } == .invalid)
        #expect(code { $0.remittance = "a\nb" } == .invalid)
        #expect(code { $0.amount = 0 } == .zeroAmount)
        #expect(code { $0.creditorAccount = "" } == .missing)
        #expect(code { $0.endToEndID = "B1-1" } == .duplicate)
    }

    @Test(
        arguments: [
            ("2|10000.07", "3|10000.07", .count), ("2|10000.07", "2|10000.08", .sum), ("6000.00", "6000.001", .amount),
            ("2|阿", "3|阿", .malformed), ("|金秋助学", "", .malformed),
        ] as [(String, String, BankFileError.Code)])
    func `a wrong text file is refused`(part: String, replacement: String, code: BankFileError.Code) throws {
        let text = try TextEncoding.gbk.decode(Array(BatchTextFile.bytes(payments, template: .common)))
        let data = Data(try TextEncoding.gbk.encode(text.replacing(part, with: replacement)))
        let error = #expect(throws: BankFileError.self) {
            try BatchTextFile.read(data, batch: "B1", template: .common)
        }
        #expect(error?.code == code)
    }

    @Test func `results are read, unknown words stay unknown`() throws {
        let text = "1|6225881414207430|6000.00|成功|\r\n2|6227007200120897790|4000.07|失败|AC04 账户已销户\r\n3|62|1.00|处理中|\r\n"
        let results = try BatchTextResult.read(Data(TextEncoding.gbk.encode(text)), template: .common)
        #expect(results.map(\.outcome) == [.credited, .refused, .unknown("处理中")])
        #expect(results.map(\.amount) == [600_000, 400_007, 100])
        #expect(results[1].reasonCode == "AC04")
        #expect(results[0].reasonCode == nil)
        #expect(try BatchTextResult.bytes(results, template: .common) == Data(TextEncoding.gbk.encode(text)))
        let twice = Data(try TextEncoding.gbk.encode(text.replacing("\r\n2|", with: "\r\n1|")))
        let error = #expect(throws: BankFileError.self) { try BatchTextResult.read(twice, template: .common) }
        #expect(error?.line == 2)
    }

    @Test func `a template that can't work is refused`() {
        func refused(_ change: (inout BatchTextTemplate) -> Void) -> Bool {
            var template = BatchTextTemplate.common
            change(&template)
            return (try? template.check()) == nil
        }
        #expect(!refused { _ in })
        #expect(refused { $0.delimiter = "" })
        #expect(refused { $0.delimiter = "1" })
        #expect(refused { $0.columns = [.name, .account] })
        #expect(refused { $0.resultColumns = [.result] })
        #expect(refused { $0.maximumRows = 0 })
    }
}
