import Contract
import FoundationEssentials
import Testing
import WorkingDays

/// What people are told of fields, and how what they type is read.
struct FieldTests {
    private func hasHan(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0.properties.isIdeographic }
    }

    @Test(arguments: Catalogue.operations.map(Box.init))
    func `every field is told in both languages, and every note is of a field`(box: Box) throws {
        let fields = try names(box.operation)
        for field in fields {
            let found = box.operation.note(of: field)
            let note = try #require(found, "\(box.operation.name).\(field)")
            #expect(note.text.en.hasSuffix("."), "\(box.operation.name).\(field)")
            #expect(note.text.zh.hasSuffix("。") && hasHan(note.text.zh), "\(box.operation.name).\(field)")
        }
        #expect(box.operation.fields.keys.allSatisfy { fields.contains($0) })
        // Nothing is told twice in other words.
        let repeated = box.operation.fields.filter { FieldGlossary.notes[$0.key]?.text == $0.value.text }
        #expect(repeated.isEmpty)
    }

    private func names<O: Contract.Operation>(_ type: O.Type) throws -> [String] {
        try OperationFields.of(type).properties.map(\.name)
    }

    @Test func `the glossary has no field that no operation has`() throws {
        let used = try Set(Catalogue.operations.flatMap { try names($0) })
        #expect(FieldGlossary.notes.keys.filter { !used.contains($0) } == [])
    }

    @Test func `every noun and verb has a word in both languages, and no two the same`() {
        for operation in Catalogue.operations where operation.name.contains(".") {
            #expect(Noun.of(operation) != nil, "\(operation.name)")
            if operation.name != RetryDeadJobs.name {
                #expect(VerbGlossary.chinese[operation.verb].map(hasHan) == true, "\(operation.name)")
            }
        }
        #expect(Set(Noun.all.map(\.chinese)).count == Noun.all.count)
        #expect(Set(VerbGlossary.chinese.values).count == VerbGlossary.chinese.count)
    }

    private func typed(_ values: [String: [String]]) -> TypedFields {
        TypedFields(values.mapValues { $0.map { .text($0) } })
    }

    @Test func `what is typed is read as its field's type asks`() throws {
        let fund = try typed([
            "code": ["F1"], "name": ["送温暖"], "organisation": ["XN"], "source": ["中央财政"], "year": ["２０２６"],
            "items": ["助学:2026年1月1日:青工发", "医疗:2026-01-01:2026-12-31:青工发:二"], "bank": ["某行"],
            "accountNumber": ["622"], "accountHolder": ["工会"], "serves": ["P01", "P04"],
        ]).read(CreateFund.self)
        #expect(fund.source == .central && fund.year == 2026 && fund.serves == ["P01", "P04"])
        #expect(fund.items.map(\.source) == ["青工发", "青工发:二"] && fund.items[1].to == Day("2026-12-31"))
        let money = try typed(["fund": ["F1"], "amount": ["８万元"], "on": ["2026/8/3"], "reference": ["R"]])
            .read(ReceiveMoney.self)
        #expect(money.amount == Fen(8_000_000) && money.on == Day("2026-08-03") && money.note == nil)
        let amended = try typed(["case": ["C1"], "facts": ["收入=800", "住房="]]).read(AmendCase.self)
        #expect(amended.facts == ["收入": "800", "住房": .null])
        let told = try typed([
            "case": ["C1"], "on": ["2026-08-03"], "manner": ["电话"], "finding": ["好"], "satisfied": ["是"],
        ])
        .read(RecordFollowUp.self)
        #expect(told.manner == .phone && told.satisfied == true)
    }

    @Test(arguments: [
        (["case": ["C1"], "on": ["昨日"], "manner": ["phone"], "finding": ["好"]], "on", "--on 应为日期"),
        (["case": ["C1"], "on": ["2026-02-30"], "manner": ["phone"], "finding": ["好"]], "on", "--on 应为日期"),
        (["case": ["C1"], "on": ["2026-08-03"], "manner": ["梦"], "finding": ["好"]], "manner", "电话、走访、信函"),
        (["on": ["2026-08-03"], "manner": ["phone"], "finding": ["好"]], "case", "缺少 --case"),
        (
            ["case": ["C1"], "on": ["2026-08-03"], "manner": ["phone"], "finding": ["好"], "satisfied": ["也许"]],
            "satisfied", "是或否"
        ),
    ])
    func `what isn't of its field's type is refused by name, in both languages`(
        values: [String: [String]], field: String, sentence: String
    ) throws {
        let refusal = try #require(throws: Refusal.self) { try typed(values).read(RecordFollowUp.self) }
        #expect(refusal.field == field && refusal.phrase.zh.contains(sentence), "\(refusal.phrase.zh)")
        #expect(
            !hasHan(
                refusal.phrase.en.filter { !values.values.joined().joined().contains($0) }.replacing("年月日", with: ""))
                || field == "on")
    }

    @Test func `of two values of one fact nobody knows which was meant`() throws {
        let refusal = try #require(throws: Refusal.self) {
            try typed(["case": ["C1"], "facts": ["a=1", "a=2"]]).read(AmendCase.self)
        }
        #expect(refusal.field == "facts.a")
        #expect(throws: Refusal.self) { try typed(["case": ["C1"], "facts": ["a"]]).read(AmendCase.self) }
    }
}
