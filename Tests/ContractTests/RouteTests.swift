import Contract
import FoundationEssentials
import Testing

struct RouteTests {
    private func decode<O: Operation>(
        _ type: O.Type, _ parameters: [String: String] = [:], query: String? = nil, _ body: String = ""
    ) throws -> O {
        try Route.decode(type, parameters: parameters, query: query, body: Data(body.utf8))
    }

    private func refusal(_ body: () throws -> Void) throws -> Refusal {
        try #require(#expect(throws: Refusal.self, performing: body))
    }

    @Test func `values of the address take the type of their field`() throws {
        #expect(try decode(ShowJob.self, ["job": "7"]).job == 7)
        let list = try decode(ListCases.self, query: "limit=20&state=paying&search=%E7%8E%8B+%E8%8A%B3")
        #expect(list.limit == 20)
        #expect(list.state == .paying)
        #expect(list.search == "王 芳")
    }

    @Test func `an unknown field is refused by its name`() throws {
        let body = try refusal { _ = try decode(SubmitCase.self, ["case": "C1"], #"{"cse":"C2"}"#) }
        #expect(body.code == .invalid)
        #expect(body.field == "cse")
        let inside = try refusal {
            _ = try decode(
                OpenHousehold.self, [:],
                #"{"organisation":"a","head":"P1","members":[{"person":"P2","relation":"son","since":"2026-01-01"}]}"#)
        }
        #expect(inside.field == "members.0.since")
        let query = try refusal { _ = try decode(ListCases.self, query: "stat=paying") }
        #expect(query.field == "stat")
    }

    @Test(arguments: ["year=2147483648", "year=-9223372036854775808"])
    func `a number that its field doesn't take is refused by the field's name`(query: String) throws {
        let no = try refusal { _ = try decode(ListFunds.self, query: query) }
        #expect(no.code == .invalid)
        #expect(no.field == "year")
        #expect(no.message.contains("2000 to 2200"))
        #expect(try decode(ListFunds.self, query: "year=2026").year == 2026)
    }

    @Test func `so is one in a body`() throws {
        let no = try refusal {
            _ = try decode(LimitQueue.self, ["queue": "standing"], #"{"running":0}"#)
        }
        #expect(no.field == "running")
        #expect(try decode(LimitQueue.self, ["queue": "standing"], #"{"running":4}"#).running == 4)
    }

    @Test func `a field can't stand in the address and in the body`() throws {
        let refusal = try refusal { _ = try decode(SubmitCase.self, ["case": "C1"], #"{"\u0063ase":"C2"}"#) }
        #expect(refusal.field == "case")
        #expect(refusal.message.contains("twice"))
    }

    @Test func `a missing field, a wrong type and a wrong choice are refused by the field's name`() throws {
        let missing = try refusal { _ = try decode(DecideCase.self, ["case": "C1"], #"{"outcome":"pass"}"#) }
        #expect(missing.field == "sheet")
        let wrong = try refusal { _ = try decode(ShowJob.self, ["job": "seven"]) }
        #expect(wrong.field == "job")
        let choice = try refusal { _ = try decode(ListCases.self, query: "state=flying") }
        #expect(choice.field == "state")
        #expect(choice.message.contains("paying"))
        let nested = try refusal {
            _ = try decode(
                OpenHousehold.self, [:],
                #"{"organisation":"a","head":"P1","members":[{"person":"P2","relation":3}]}"#)
        }
        #expect(nested.field == "members.0.relation")
        let day = try refusal { _ = try decode(RecordDeath.self, ["person": "P1"], #"{"on":"2026-02-30"}"#) }
        #expect(day.field == "on")
    }

    @Test(arguments: ["[]", "{", "nonsense", "7", #"{"reason":"x"} {"#])
    func `a body that is no object is refused`(body: String) throws {
        let refusal = try refusal { _ = try decode(WithdrawCase.self, ["case": "C1"], body) }
        #expect(refusal.code == .invalid)
    }

    @Test func `a body may have space before and after`() throws {
        let command = try decode(WithdrawCase.self, ["case": "C\"1\\"], " \n{ \"reason\" : \"moved\" }\n")
        #expect(command.case == "C\"1\\")
        #expect(command.reason == "moved")
        #expect(try decode(SubmitCase.self, ["case": "C1"], " { } ").case == "C1")
    }

    @Test func `facts keep their types, and a fraction is refused`() throws {
        let body =
            #"{"programme":"P01","organisation":"a","facts":{"age":52,"low":true,"since":"2026-01-01","x":null}}"#
        let facts = try decode(OpenCase.self, [:], body).facts
        #expect(facts == ["age": 52, "low": true, "since": "2026-01-01", "x": nil])
        let fraction = try refusal {
            _ = try decode(OpenCase.self, [:], #"{"programme":"P","organisation":"a","facts":{"share":0.5}}"#)
        }
        #expect(fraction.field == "facts.share")
    }
}
