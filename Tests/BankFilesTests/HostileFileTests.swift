import Foundation
import Testing

@testable import BankFiles

struct HostileFileTests {
    static let report = String(decoding: Samples.statusReport.bytes(), as: UTF8.self)

    private func refusal(_ data: Data, limits: BankFileLimits = BankFileLimits()) -> BankFileError? {
        #expect(throws: BankFileError.self) { try StatusReport(reading: .bytes(data), limits: limits) }
    }

    @Test func `external entities are refused`() {
        let document = "<!DOCTYPE Document [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><Document"
        let error = refusal(
            Data(Self.report.replacing("<Document", with: document).replacing("BANK-1", with: "&x;").utf8))
        #expect(error?.code == .forbidden)
        #expect(error?.line == 2)
    }

    @Test func `a billion laughs are refused`() {
        var entities = "<!ENTITY l0 \"lol\">"
        for depth in 1...30 { entities += "<!ENTITY l\(depth) \"&l\(depth - 1);&l\(depth - 1);\">" }
        let text = "<!DOCTYPE Document [\(entities)]><Document>&l30;</Document>"
        #expect(refusal(Data(text.utf8))?.code == .forbidden)
    }

    @Test func `a document type can't hide in another encoding or behind the first piece`() {
        let hidden = "<?xml version=\"1.0\" encoding=\"UTF-7\"?>+ADw-!DOCTYPE Document+AD4-<Document/>"
        #expect(refusal(Data(hidden.utf8))?.code == .forbidden)
        let wide = "<!DOCTYPE Document><Document/>".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        #expect(refusal(Data(wide))?.code == .forbidden)
        #expect(refusal(Data([0xFF, 0xFE] + wide))?.code == .forbidden)
        for padding in 131_050...131_075 {
            let late = "<!--" + String(repeating: "-x", count: padding / 2) + (padding.isMultiple(of: 2) ? "" : "x")
            #expect(refusal(Data((late + "--><!DOCTYPE Document><Document/>").utf8))?.code == .forbidden)
        }
    }

    @Test func `names that are no text are refused, not trapped on`() {
        for part in ["<a \u{1}=\"\" q='1'>", "<p:a>", "<a xmlns:p=''>", "<a q='&x;'>", "<a q='&#0;'>"] {
            #expect(refusal(Data(("<Document><CstmrPmtStsRpt>" + part).utf8))?.code == .malformed)
            let broken = Data("<Document><CstmrPmtStsRpt>".utf8) + Data(part.utf8.map { $0 == 1 ? 0xFF : $0 })
            #expect(refusal(broken)?.code == .malformed)
        }
    }

    @Test func `limits hold`() {
        let nested = "<Document><CstmrPmtStsRpt>" + String(repeating: "<a>", count: 100_000)
        #expect(refusal(Data(nested.utf8))?.code == .tooLarge)
        let long = Self.report.replacing("BANK-1", with: String(repeating: "x", count: 10_000))
        #expect(refusal(Data(long.utf8))?.code == .tooLarge)
        #expect(refusal(Data(Self.report.utf8), limits: BankFileLimits(bytes: 100))?.code == .tooLarge)
    }

    @Test func `other files are not taken for an answer`() throws {
        #expect(refusal(Data())?.code == .malformed)
        #expect(refusal(Data("<html></html>".utf8))?.code == .wrongMessage)
        #expect(refusal(try Samples.file(1).bytes())?.code == .wrongMessage)
        #expect(refusal(Samples.report([Samples.entry]).bytes())?.code == .wrongMessage)
        #expect(refusal(Data("%PDF-1.4".utf8))?.code == .malformed)
        let missing = #expect(throws: BankFileError.self) { try StatusReport(reading: .file(path: "/nonexistent")) }
        #expect(missing?.code == .unreadable)
    }

    @Test func `a file cut off anywhere is refused with a line`() {
        let bytes = Data(Self.report.utf8)
        for end in stride(from: 0, to: bytes.count - 12, by: 7) {
            #expect(refusal(bytes.prefix(end))?.line != 0, "cut at \(end)")
        }
        #expect(refusal(bytes.prefix(700))?.line ?? 0 > 3)
    }

    @Test func `broken bytes never crash a reader`() throws {
        let seed: UInt64 = 20_261_122
        print("seed \(seed)")
        var random = Lots(state: seed)
        let template = BatchTextTemplate.common
        let samples = [
            try Samples.file(3).bytes(), Samples.statusReport.bytes(), Samples.report([Samples.entry]).bytes(),
            try BatchTextFile.bytes([Samples.payment(1, name: "张三")], template: template),
        ]
        for _ in 0..<2_000 {
            var bytes = samples[Int.random(in: 0..<samples.count, using: &random)]
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(contentsOf: bytes[place...].prefix(20), at: place)
                }
            }
            _ = try? CreditTransferFile(reading: .bytes(bytes))
            _ = try? StatusReport(reading: .bytes(bytes))
            _ = try? AccountReport(reading: .bytes(bytes))
            _ = try? BatchTextFile.read(bytes, batch: "B", template: template)
            _ = try? BatchTextResult.read(bytes, template: template)
        }
    }

    @Test func `a hundred thousand rows pass through a file in pieces`() throws {
        let path = FileManager.default.temporaryDirectory.path + "/relief-\(UUID().uuidString).xml"
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        let file = try #require(FileHandle(forWritingAtPath: path))
        let count = 100_000
        var header = Samples.header
        header.count = count
        header.sum = (1...count).reduce(0) { $0 + Int64($1) * 100 + 5 }
        var largest = 0
        var writer = try CreditTransferWriter(header) {
            largest = max(largest, $0.count)
            try file.write(contentsOf: Data($0))
        }
        for number in 1...count { try writer.append(Samples.payment(number)) }
        try writer.finish()
        try file.close()
        #expect(largest < 100_000)
        var rows = 0
        let read = try CreditTransferFile.read(.file(path: path)) { _ in rows += 1 }
        #expect(rows == count)
        #expect(read == header)
    }

    @Test func `rows are handed over on the way, not at the end`() throws {
        let bytes = try Samples.file(1_000).bytes()
        var rows = 0
        let error = #expect(throws: BankFileError.self) {
            try CreditTransferFile.read(.bytes(bytes.dropLast(2_000))) { _ in rows += 1 }
        }
        #expect(error?.code == .malformed)
        #expect((900..<1_000).contains(rows))
    }

    @Test func `what the caller throws ends the reading and comes out`() throws {
        struct Enough: Error {}
        var rows = 0
        #expect(throws: Enough.self) {
            try CreditTransferFile.read(.bytes(Samples.file(100).bytes())) { _ in
                rows += 1
                if rows == 3 { throw Enough() }
            }
        }
        #expect(rows == 3)
    }
}

/// SplitMix64: the same lots for the same seed.
struct Lots: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
