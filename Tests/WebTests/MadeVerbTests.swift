import ArgumentParser
import Client
import Contract
import Foundation
import Relief
import Testing
import WorkingDays

@testable import relief

/// Greets a household; declared here and nowhere else.
private struct GreetHousehold: Command {
    typealias Reply = HouseholdView
    static let name = "household.greet"
    static let summary = Phrase("Greets a household.", "问候家庭户。")
    static let permission = Permission.workCases
    static let route = Route.post("/v1/households/{household}/greet")
    static let fields = ["words": FieldNote("What is said.", "问候的话。", name: "word")]

    let household: String
    let on: Day
    let amount: Fen?
    let manner: ContactManner
    let words: [String]
}

/// An operation is written once: verb, help, route and OpenAPI come from it.
struct MadeVerbTests {
    private func parse(_ words: String...) throws -> GreetHousehold {
        try #require(try Doing<GreetHousehold>.parseAsRoot(words) as? Doing<GreetHousehold>).operation()
    }

    @Test func `a verb comes from the operation, and reads as people write`() throws {
        let made = try parse(
            "--household", "H1", "--on", "2026年8月3日", "--manner", "走访", "--amount", "8万", "--word", "新年好", "--word",
            "再见",
            "--dry-run")
        #expect(made.household == "H1" && made.on == Day("2026-08-03") && made.manner == .visit)
        #expect(made.amount == Fen(8_000_000) && made.words == ["新年好", "再见"])
        #expect(throws: (any Error).self) { try parse("--household", "H1", "--manner", "visit") }
        #expect(throws: (any Error).self) { try parse("--household", "H1", "--on", "gestern", "--manner", "visit") }
    }

    @Test func `its help has what is said of its fields`() {
        let help = Doing<GreetHousehold>.helpMessage(columns: 200)
        for part in ["Greets a household.", "--word <word>", "What is said.", "phone, visit, letter", "--key"] {
            #expect(help.contains(part), "\(part)")
        }
        #expect(!Asking<ShowHousehold>.helpMessage().contains("--key"))
    }

    @Test func `its route takes the request that the client writes`() async throws {
        try await LiveAPI.with(also: [GreetHousehold.self]) { api in
            let greeting = GreetHousehold(
                household: "H1", on: Day("2026-08-03")!, amount: nil, manner: .visit, words: ["好"])
            _ = try? await api.client().send(greeting)
            let asked = try #require(api.asked.value.calls.last?.operation as? GreetHousehold)
            #expect(asked.household == "H1" && asked.words == ["好"])
        }
    }

    @Test func `OpenAPI describes it, with what is said of its fields`() throws {
        let document = try OpenAPI.document(version: "1", operations: [GreetHousehold.self])
        let path = document["paths"]?["/v1/households/{household}/greet"]?["post"]
        #expect(path?["summary"] == "Greets a household.")
        let text = String(decoding: try Contract.JSON.encode(document), as: UTF8.self)
        #expect(text.contains("What is said.") && text.contains("Number of the household."))
    }

    @Test(
        arguments: [
            (["案件", "查看", "R1"], ["case", "show", "--case", "R1"]),
            (["case", "show", "R1"], ["case", "show", "--case", "R1"]),
            (["任务", "暂停运行", "bank"], ["job", "pause", "--queue", "bank"]), (["案件", "飞"], ["case", "飞"]), (["飞"], ["飞"]),
            (["体检"], ["doctor"]), ([], []),
        ] as [([String], [String])])
    func `nouns and verbs are understood in Chinese`(typed: [String], words: [String]) {
        #expect(Words.understood(typed) == words)
    }
}
