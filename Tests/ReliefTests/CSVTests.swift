import Contract
import Foundation
import Testing

@testable import Relief

/// Files as spreadsheets write them.
struct CSVTests {
    private static let columns = [["姓名", "name"], ["备注", "note"]]

    private func read(_ text: String) throws -> CSV {
        try CSV(Data(text.utf8), columns: Self.columns, required: ["姓名"])
    }

    @Test(arguments: [
        "姓名,备注\n马秀英,\"a,b\"\n", "\u{FEFF}姓名,备注\r\n马秀英,\"a,b\"\r\n", "Name, note\n马秀英 ,\"a,b\"",
        "\n,\n姓名,备注\n,,\n\n马秀英,\"a,b\"\n,\n",
    ]) func `a byte order mark, either line end, either language and empty lines make no difference`(text: String)
        throws
    {
        let file = try read(text)
        #expect(file.rows.count == 1)
        #expect(file.rows[0]["姓名"] == "马秀英")
        #expect(file.rows[0]["备注"] == "a,b")
    }

    @Test func `a quoted value keeps its quotes and line ends, and lines are counted on`() throws {
        let file = try read("姓名,备注\n马,\"says \"\"no\"\"\nand goes\"\n韩,x\n")
        #expect(file.rows.map(\.line) == [2, 4])
        #expect(file.rows[0]["备注"] == "says \"no\"\nand goes")
    }

    @Test func `what --csv guards against spreadsheets is read as it was`() throws {
        let file = try read("\u{FEFF}姓名,备注\r\n'=马,'6225880000000980001\r\n'总',O'Neil\r\n")
        #expect(file.rows.map { $0["姓名"] } == ["=马", "'总'"])
        #expect(file.rows.map { $0["备注"] } == ["6225880000000980001", "O'Neil"])
    }

    @Test func `an empty value is none`() throws {
        let file = try read("姓名,备注\n马,\n韩,  \n")
        #expect(file.rows.map { $0["备注"] } == [nil, nil])
    }

    @Test(arguments: [
        ("", "empty"), ("备注\nx\n", "lacks"), ("姓名,姓名\n", "twice"), ("姓名,电邮\n", "unknown"),
        ("姓名\n\"马\n", "line 2"), ("姓名\n\"马\"x\n", "Line 2"),
        ("姓名\n\u{FFFD}\u{FFFD}\n", "Line 2"), ("电邮\nx\n", "None of the first"),
    ]) func `what is wrong with a file is said with its line`(text: String, word: String) throws {
        let refusal = try #require(throws: Refusal.self) { try read(text) }
        #expect(refusal.message.contains(word), "\(refusal.message)")
        #expect(refusal.field == "csv")
    }

    @Test func `any bytes are read or refused`() {
        var made = Synthetic(seed: 77)
        for _ in 0..<2_000 {
            let text =
                "姓名,备注\n" + (0..<made.next(20)).map { _ in ["\"", ",", "\n", "\r", "x", "马"][made.next(6)] }.joined()
            do { _ = try read(text) } catch { #expect(error is Refusal) }
        }
    }
}
