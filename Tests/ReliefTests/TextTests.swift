import Contract
import Testing
import WorkingDays

@testable import Relief

/// K4: names, numbers and sentences as people type and copy them.
struct TextTests {
    private func refusal(_ name: String, _ kind: NameText.Kind = .person) throws -> Refusal {
        try #require(throws: Refusal.self) { try NameText.checked(name, kind, field: "name") }
    }

    @Test(arguments: [
        ("祁\u{202D}斌", "U+202D LEFT-TO-RIGHT OVERRIDE", 2), ("\u{200E}祁斌", "U+200E LEFT-TO-RIGHT MARK", 1),
        ("祁斌\u{FEFF}", "U+FEFF ZERO WIDTH NO-BREAK SPACE", 3), ("祁\u{200B}斌", "U+200B ZERO WIDTH SPACE", 2),
        ("祁\u{E863}", "U+E863", 2),
        ("祁😀", "U+1F600 GRINNING FACE", 2), ("祁\n斌", "U+000A", 2), ("马?英", "U+003F QUESTION MARK", 2),
        ("祁\u{34F}斌", "U+034F COMBINING GRAPHEME JOINER", 2), ("祁@斌", "U+0040 COMMERCIAL AT", 2),
    ])
    func `a character that has no place in a name is refused by its name and place`(
        name: String, called: String, place: Int
    ) throws {
        let refusal = try refusal(name)
        #expect(refusal.phrase.en.contains("at place \(place), \(called)"), "\(refusal.phrase.en)")
        #expect(refusal.phrase.zh.contains("第 \(place) 个字符") && refusal.phrase.zh.contains(called))
    }

    @Test(arguments: [
        "祁　斌", "阿依古丽·买买提", "阿依古丽•买买提", "阿依古丽‧买买提", "阿依古丽・买买提", "阿依古丽⋅买买提", "阿依古丽.买买提",
        "𠅤", "李〇", "John O'Neil-Smith", "葛\u{E0100}", "བཀྲ་ཤིས", "王芳（小）", "祁斌3",
    ]) func `a name of a person is kept as it is typed`(name: String) throws {
        #expect(try NameText.checked(" \(name)\u{3000}", .person, field: "name").utf8.elementsEqual(name.utf8))
    }

    @Test func `an institution's name has digits and signs, and nothing that can't be seen`() throws {
        #expect(try NameText.checked("西宁第3中学 & 工会", .institution, field: "name") == "西宁第3中学 & 工会")
        #expect(try refusal("毛纺\u{200B}厂", .institution).message.contains("U+200B"))
        #expect(try refusal("毛纺厂⭐", .institution).message.contains("U+2B50"))
    }

    @Test(arguments: [
        "\u{202D}110105 19491231 002X\u{202C}", "１１０１０５１９４９１２３１００２Ｘ", "110105‑19491231—002x",
        "\u{FEFF}'11010519491231002X",
        "110105\u{200B}19491231\u{A0}002\u{3000}X",
    ]) func `a number is read without what can't be seen, blanks, dashes and full width`(raw: String) throws {
        #expect(try IdentityNumber(raw).text == "11010519491231002X")
    }

    @Test func `phones, accounts, branches and credit codes are cleaned alike`() throws {
        #expect(try PhoneNumber("\u{200E}＋86 138—9710‑1234").text == "13897101234")
        #expect(try AccountNumber("６２２７ 0072\u{202F}0012 0897 790", kind: .card).text == "6227007200120897790")
        #expect(try AccountNumber.branch("\u{202D}102851000013") == "102851000013")
        #expect(try CreditCode("９１１１００００101623741k\u{200F}").text == "91110000101623741K")
    }

    @Test func `what a spreadsheet made of a number is named`() throws {
        for raw in ["6.30102E+17", "6.30102e17", "630102197803010000"] {
            let refusal = try #require(throws: Refusal.self) { try IdentityNumber(raw) }
            #expect(refusal.message.contains("spreadsheet") && !refusal.message.contains("6301"), "\(raw)")
        }
        #expect(try #require(throws: Refusal.self) { try PhoneNumber("1.38971E+10") }.message.contains("spreadsheet"))
        let account = try #require(throws: Refusal.self) { try AccountNumber("6.22588E+18", kind: .card) }
        #expect(account.message.contains("spreadsheet") && account.phrase.zh.contains("电子表格"))
    }

    @Test(arguments: [
        ("6225880000000980000", AccountKind.card, [AccountDoubt.rounded]), ("6227007200120897790", .card, []),
        ("6227007200120897791", .card, [.checkDigit]), ("622700720012089", .card, [.cardLength]),
        ("62258800000", .passbook, [.cut]), ("111111", .passbook, []), ("2806000109200001234", .corporate, []),
        ("280600010920000000", .corporate, [.rounded]),
    ]) func `what is doubtful of an account's number`(raw: String, kind: AccountKind, doubts: [AccountDoubt]) throws {
        #expect(try AccountNumber(raw, kind: kind).doubts.filter { $0 != .checkDigit || doubts.contains($0) } == doubts)
    }

    @Test func `a sentence is kept without what can't be seen, its lines as they are`() {
        #expect(FreeText.cleaned(" \u{202E}一\tb\r\n二\u{200B}\u{7} ") == "一 b\n二")
        #expect(FreeText.cleaned("a\u{0}b") == "a\u{0}b")
    }
}
