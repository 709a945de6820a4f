import Contract
import FoundationEssentials
import Testing

/// K12, K4: of a name given twice nobody knows which value was meant, and what can't be seen is no part of a text.
struct RequestTextTests {
    private func decode<O: Operation>(
        _ type: O.Type, _ parameters: [String: String] = [:], query: String? = nil, _ body: String = ""
    ) throws -> O {
        try Route.decode(type, parameters: parameters, query: query, body: Data(body.utf8))
    }

    @Test(arguments: [
        (#"{"amount":100,"amount":10000000,"on":"2026-08-03","reference":"R"}"#, "amount"),
        (#"{"amount":100,"\u0061mount":10000000,"on":"2026-08-03","reference":"R"}"#, "amount"),
        (#"{"reference":"a\"b,{\"amount\":1","amount":1,"on":"2026-08-03","on":"2026-08-04"}"#, "on"),
    ])
    func `a name given twice is refused by its name, however it is written`(body: String, field: String) throws {
        let refusal = try #require(throws: Refusal.self) { try decode(ReceiveMoney.self, ["fund": "F1"], body) }
        #expect(refusal.field == field && refusal.code == .invalid)
        #expect(refusal.phrase.en.contains("twice") && refusal.phrase.zh.contains("两次"))
    }

    @Test func `the same inside of objects and lists, with its place`() throws {
        let facts = try #require(throws: Refusal.self) {
            try decode(AmendCase.self, ["case": "C1"], #"{"facts":{"cost":1,"homes":2,"cost":3}}"#)
        }
        #expect(facts.field == "facts.cost")
        let members =
            #"{"organisation":"a","head":"P1","members":[{"person":"P2","relation":"son"},{"person":"P3","relation":"x","person":"P4"}]}"#
        let inside = try #require(throws: Refusal.self) { try decode(OpenHousehold.self, [:], members) }
        #expect(inside.field == "members.1.person")
        let query = try #require(throws: Refusal.self) { try decode(ListCases.self, query: "limit=1&limit=2") }
        #expect(query.field == "limit")
    }

    @Test(arguments: ["1e5", "100.0", "1E2", "-0.5", "99999999999999999999"])
    func `a number that isn't whole, or not written so, is refused by its name`(number: String) throws {
        let body = "{\"amount\":\(number),\"on\":\"2026-08-03\",\"reference\":\"R 1e5\"}"
        let refusal = try #require(throws: Refusal.self) { try decode(ReceiveMoney.self, ["fund": "F1"], body) }
        #expect(refusal.field == "amount" && refusal.code == .invalid)
        #expect(refusal.phrase.en.contains(number) && refusal.phrase.zh.contains("整数"))
        let inside = try #require(throws: Refusal.self) {
            try decode(AmendCase.self, ["case": "C1"], "{\"facts\":{\"cost\":\(number)}}")
        }
        #expect(inside.field == "facts.cost")
    }

    @Test func `the same name in different objects is no double`() throws {
        let body =
            #"{"organisation":"a","head":"P1","members":[{"person":"P2","relation":"son"},{"person":"P3","relation":"son"}]}"#
        #expect(try decode(OpenHousehold.self, [:], body).members.map(\.person) == ["P2", "P3"])
    }

    @Test func `what can't be seen is taken out of every text but names, whose rule names it`() throws {
        let objection = try decode(
            ObjectToNotice.self, ["notice": "N1"],
            "{\"case\":\"C1\u{200B}\",\"text\":\"\u{202D}收入\\u200f不实\\n第二行\u{FEFF}\",\"raisedBy\":\"群众\"}")
        #expect(objection.text == "收入不实\n第二行" && objection.case == "C1")
        let facts = try decode(AmendCase.self, ["case": "C1"], "{\"facts\":{\"school\":\"青海\u{2060}大学\"}}").facts
        #expect(facts["school"] == .string("青海大学"))
        let person = try decode(
            RegisterPerson.self, [:], "{\"name\":\"祁\u{202D}斌\",\"idNumber\":\"\u{200E}1\",\"organisation\":\"XN\"}")
        #expect(person.name == "祁\u{202D}斌" && person.idNumber == "1")
        #expect(try decode(ListCases.self, query: "search=%E2%80%8E%E7%A5%81").search == "祁")
    }

    @Test func `a file in base64 is passed by, and any bytes are read or refused`() throws {
        let file = Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0) })
        let body = "{\"organisation\":\"西宁\u{200B}\",\"mode\":\"all\",\"csv\":\"\(file.base64EncodedString())\"}"
        let read = try decode(ImportHouseholds.self, [:], body)
        #expect(read.csv == file && read.organisation == "西宁")
        var state: UInt64 = 20_261_201
        for _ in 0..<3_000 {
            let pieces = ["{", "}", "[", "]", "\"", "\\", ":", ",", "a", "amount", "1", "\\u0061", " "]
            let text = (0..<24).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return pieces[Int(state >> 33) % pieces.count]
            }.joined()
            #expect(throws: Refusal.self, "\(text)") { try decode(AmendCase.self, ["case": "C1"], text) }
        }
    }
}
