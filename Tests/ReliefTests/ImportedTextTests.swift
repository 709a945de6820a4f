import Contract
import Foundation
import Testing

@testable import Relief

/// Files as programs really save them: every encoding is read, and what is no table is named.
struct ImportedTextTests {
    private static let text = "姓名,备注\r\n祁𠅤,\"a,b\"\r\n"

    private func read(_ content: Data) throws -> CSV {
        try CSV(content, columns: [["姓名", "name"], ["备注", "note"]], required: ["姓名", "备注"])
    }

    private static func utf16(_ text: String, bigEndian: Bool, mark: Bool) -> Data {
        let units = (mark ? [0xFEFF] : []) + Array(text.utf16)
        return Data(
            units.flatMap { bigEndian ? [UInt8($0 >> 8), UInt8($0 & 0xFF)] : [UInt8($0 & 0xFF), UInt8($0 >> 8)] })
    }

    /// 姓名,备注 and 祁镕, of which the second character is not in GB 2312.
    private static let gb18030 = file(
        [0xD0, 0xD5, 0xC3, 0xFB, 0x2C, 0xB1, 0xB8, 0xD7, 0xA2, 0x0D, 0x0A, 0xC6, 0xEE, 0xE9, 0x46], ",\"a,b\"\r\n")

    @Test func `UTF-8, UTF-16 and GB18030 are read, with and without a byte order mark`() throws {
        let files: [(Data, Bool)] = [
            (Data(Self.text.utf8), false), (Data([0xEF, 0xBB, 0xBF] + Self.text.utf8), false),
            (Self.utf16(Self.text, bigEndian: false, mark: true), true),
            (Self.utf16(Self.text, bigEndian: true, mark: true), true),
            (Self.utf16(Self.text, bigEndian: false, mark: false), true),
            (Self.utf16(Self.text, bigEndian: true, mark: false), true),
        ]
        for (file, isNoted) in files {
            let table = try read(file)
            #expect(table.rows.map { $0["姓名"] } == ["祁𠅤"] && table.rows[0]["备注"] == "a,b")
            #expect(table.notes.contains { $0.en.contains("UTF-16") } == isNoted)
        }
        let table = try read(Self.gb18030)
        #expect(table.rows.map { $0["姓名"] } == ["祁镕"] && table.rows[0]["备注"] == "a,b")
        #expect(table.notes.contains { $0.en.contains("GB18030") })
    }

    @Test func `“Unicode text” of a spreadsheet has tabs, and some have semicolons`() throws {
        let tabs = Self.utf16("姓名\t备注\r\n祁斌\ta,b\r\n", bigEndian: false, mark: true)
        #expect(try read(tabs).rows[0]["备注"] == "a,b")
        #expect(try read(Data("姓名;备注\n祁斌;a,b\n".utf8)).rows[0]["备注"] == "a,b")
    }

    private static func file(_ start: [UInt8], _ rest: String = "") -> Data { Data(start) + Data(rest.utf8) }

    private static let foreign: [(content: Data, word: String)] = [
        (file([0x50, 0x4B, 3, 4], "[Content_Types].xml … xl/workbook.xml"), "xlsx"),
        (file([0x50, 0x4B, 3, 4], "roster.csv"), "zip archive"),
        (file([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]), "xls"), (file([], "%PDF-1.7"), "PDF"),
        (file([0x1F, 0x8B, 8, 0]), "gzip"), (file([0x89, 0x50, 0x4E, 0x47]), "picture"),
        (file([], "姓名,备注\n祁,x\n") + file([0xFF, 0xFF, 0x0A]), "Line 3"),
        (file([], "姓名,备注\n祁\0,x\n"), "Line 2"),
        (utf16(text, bigEndian: false, mark: true).dropLast(), "UTF-16"), (Data(), "empty"),
    ]

    @Test(arguments: Self.foreign) func `what is no table is called what it is`(content: Data, word: String) throws {
        let refusal = try #require(throws: Refusal.self) { try read(content) }
        #expect(refusal.message.contains(word), "\(refusal.message)")
        #expect(refusal.field == "csv" && refusal.phrase.zh != refusal.phrase.en)
    }

    @Test func `a title above the columns is skipped and said, blank lines are nothing`() throws {
        let table = try read(Data("\n西宁市总工会困难职工花名册,,\n制表：林工,\n\n 姓 名 ,备注,\n祁斌,x,\n".utf8))
        #expect(table.rows.map(\.line) == [6] && table.rows[0]["姓名"] == "祁斌")
        #expect(table.notes.map(\.en).filter { $0.contains("title") }.count == 2)
        #expect(table.notes[0].en.contains("Line 2") && table.notes[0].zh.contains("花名册"))
        let far = Data((String(repeating: "题\n", count: 10) + Self.text).utf8)
        #expect(try #require(throws: Refusal.self) { try read(far) }.message.contains("None of the first 10"))
    }

    @Test func `a row with fewer or more values than columns is refused by its count`() throws {
        let table = try read(Data("姓名,备注\n祁\n马,1,2\n韩,x,,\n冶,y".utf8))
        #expect(
            table.rows.map { $0.fault?.problem.en } == [
                "The row has 1 of 2 values.", "The row has 3 values, but there are 2 columns.", nil, nil,
            ])
        #expect(table.notes.map(\.en).contains { $0.contains("no line end") })
        #expect(try read(Data("姓名,备注\n祁,\n".utf8)).notes.isEmpty)
    }

    @Test func `a column without a title may not hold anything`() throws {
        #expect(try read(Data("姓名,,备注\n祁,,x\n".utf8)).rows[0]["备注"] == "x")
        let refusal = try #require(throws: Refusal.self) { try read(Data("姓名,,备注\n祁,?,x\n".utf8)) }
        #expect(refusal.message.contains("Column 2") && refusal.message.contains("line 2"))
    }
}
