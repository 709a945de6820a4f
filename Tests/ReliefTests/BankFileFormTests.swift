import Contract
import Foundation
import Testing

@testable import Relief

/// Files that come under a bank's name and are no bank's: edited, packed, in another encoding.
struct BankFileFormTests {
    private static let report = """
        <?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08">\
        <BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-09-10T09:59:00+08:00</CreDtTm></GrpHdr><Ntfctn>\
        <Id>1</Id><Acct><Id><Othr><Id>2806</Id></Othr></Id></Acct></Ntfctn></BkToCstmrDbtCdtNtfctn></Document>
        """

    private func read(_ content: Data) throws -> BankMessage { try BankMessage(content, fileName: "a.xml") }

    @Test func `an encoding is known by the names that people write for it`() throws {
        #expect(try read(Data(Self.report.utf8)).messageID == "M1")
        #expect(try read(Data(Self.report.replacing("UTF-8", with: "utf8").utf8)).messageID == "M1")
    }

    @Test func `what it is instead is said`() throws {
        let utf16 = Data([0xFF, 0xFE] + Self.report.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })
        let zip = Data([0x50, 0x4B, 3, 4] + "camt.xml".utf8)
        for (content, word) in [(utf16, "UTF-16"), (zip, "zip"), (Data("\n\n\(Self.report)".utf8), "blank lines")] {
            let refusal = try #require(throws: Refusal.self) { try read(content) }
            #expect(refusal.message.contains(word) && refusal.field == "content", "\(refusal)")
            #expect(refusal.phrase.zh != refusal.phrase.en)
        }
    }
}
