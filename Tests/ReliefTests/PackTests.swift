import Contract
import Foundation
import Relief
import Testing

/// Programme packs: what is right loads, what is wrong is named with its line and column.
struct PackTests {
    /// A small pack without a fault.
    private static let good = """
        programme: T01
        version: 1
        title: 试
        kind: grant
        source: 测试
        subject: person
        needs_archive: {waived: 测试}
        once_per: "academic_year"
        facts:
          cost: {title: 费用, type: fen}
          ill: {title: 病, type: bool, optional: true}
        parameters: [cap]
        rules:
          - {id: small, when: "facts.cost < parameter.cap", says: 费用不超上限}
        amount: "min(facts.cost, parameter.cap)"
        item: life
        funding: [ownFunds]
        steps:
          - {kind: approve, title: 审批, bands: [{people: 1}]}

        """

    static var folder: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../deploy/packs")
    }

    @Test func `every pack that is delivered loads`() throws {
        let files = try FileManager.default.contentsOfDirectory(at: Self.folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "yaml" }
        #expect(files.count >= 4)
        for file in files {
            let problems = Pack.problems(in: try String(contentsOf: file, encoding: .utf8))
            #expect(problems.isEmpty, "\(file.lastPathComponent): \(problems)")
        }
    }

    @Test func `a pack without a fault has none`() throws {
        let pack = try Pack.load(Self.good)
        #expect(pack.programme == "T01" && pack.facts.map(\.name) == ["cost", "ill"] && pack.steps.count == 1)
    }

    /// What is replaced by what, and where which words are then expected.
    struct Fault: CustomTestStringConvertible, Sendable {
        let old: String
        let new: String
        let line: Int
        let column: Int
        let reason: String
        var testDescription: String { new.isEmpty ? "without \(old)" : new }
    }

    @Test(arguments: [
        Fault(old: "version: 1\n", new: "version: [1\n", line: 3, column: 6, reason: "not YAML"),
        Fault(old: "title: 试", new: "titel: 试", line: 3, column: 1, reason: "a pack has no “titel”"),
        Fault(old: "kind: grant\n", new: "kind: gift\n", line: 4, column: 7, reason: "one of archive, grant, refund"),
        Fault(old: "version: 1\n", new: "version: 1.5\n", line: 2, column: 10, reason: "a whole number"),
        Fault(old: "programme: T01", new: "programme: t01", line: 1, column: 12, reason: "2 to 16 capitals"),
        Fault(old: "facts.cost < par", new: "facts.cots < par", line: 14, column: 30, reason: "cots"),
        Fault(old: "parameter.cap\", says", new: "parameter.cup\", says", line: 14, column: 47, reason: "cup"),
        Fault(old: "facts.cost < parameter.cap", new: "facts.cost", line: 14, column: 30, reason: "bool"),
        Fault(old: "facts.cost < parameter.cap", new: "facts.ill < parameter.cap", line: 14, column: 34, reason: "<"),
        Fault(old: "min(facts.cost, parameter.cap)", new: "facts.cost * 0.5", line: 15, column: 23, reason: "doubles"),
        Fault(old: "type: fen}", new: "type: yuan}", line: 10, column: 27, reason: "one of string, fen, int"),
        Fault(old: "bands: [{people: 1}]", new: "days: 5", line: 19, column: 5, reason: "bands"),
        Fault(
            old: "bands: [{people: 1}]", new: "bands: [{people: 1, up_to: 5}]", line: 19, column: 5,
            reason: "the last band has no “up_to”"),
        Fault(old: "needs_archive: {waived: 测试}\n", new: "", line: 1, column: 1, reason: "“needs_archive” is missing"),
        Fault(old: "item: life\n", new: "", line: 1, column: 1, reason: "“item” is missing"),
        Fault(old: "funding: [ownFunds]", new: "funding: [heaven]", line: 17, column: 11, reason: "one of central"),
        Fault(
            old: "version: 1\n", new: "version: 1\nversion: 2\n", line: 3, column: 1, reason: "“version” stands twice"),
    ])
    func `a fault is named with its place`(fault: Fault) throws {
        let text = Self.good.replacing(fault.old, with: fault.new)
        #expect(text != Self.good)
        let problems = Pack.problems(in: text)
        let hit = problems.contains {
            $0.line == fault.line && $0.column == fault.column && $0.reason.en.contains(fault.reason)
        }
        #expect(hit, "\(problems)")
    }

    @Test func `a rule that stands twice is a fault at the second`() throws {
        let twice = Self.good.replacing(
            "says: 费用不超上限}\n", with: "says: 费用不超上限}\n  - {id: small, when: \"true\", says: 又}\n")
        let problems = Pack.problems(in: twice)
        #expect(problems.map(\.line) == [15] && problems[0].reason.en.contains("stands twice"), "\(problems)")
    }

    @Test func `all faults are said at once`() {
        let broken = Self.good.replacing("kind: grant", with: "kind: gift").replacing("type: fen", with: "type: yuan")
        #expect(Pack.problems(in: broken).count >= 2)
    }

    @Test func `an expression over several lines counts its own lines`() throws {
        let text = Self.good.replacing(
            "amount: \"min(facts.cost, parameter.cap)\"", with: "amount: |\n  facts.cost +\n  facts.cots")
        let problems = Pack.problems(in: text)
        #expect(problems.count == 1 && problems[0].line == 17 && problems[0].column == 9, "\(problems)")
    }

    @Test func `facts are held against the form, all at once`() throws {
        let pack = try Pack.load(Self.good)
        #expect(try pack.read(["cost": .int(5), "ill": .bool(true)]) == ["cost": .int(5), "ill": .bool(true)])
        let refusal = #expect(throws: Refusal.self) {
            try pack.read(["cost": .string("1e5"), "ill": .int(1), "other": .int(1)])
        }
        #expect(refusal?.particulars?.count == 3 && refusal?.field == "facts.cost", "\(String(describing: refusal))")
        #expect(throws: Refusal.self) { try pack.read(["cost": .int(-1)]) }
    }

    @Test(
        arguments: [
            ("cost", "80000", 8_000_000), ("cost", "80,000.00", 8_000_000), ("cost", "8万", 8_000_000),
            ("cost", "￥80000", 8_000_000), ("cost", "8万元", 8_000_000), ("cost", "80000", 8_000_000),
            ("ill", "是", true), ("ill", "否", false), ("cost", "", nil),
        ] as [(String, String, JSONValue)])
    func `what a person writes is read by the form, an amount in yuan`(
        name: String, text: String, value: JSONValue
    ) throws {
        #expect(try Pack.load(Self.good).read([name: .string(text)]) == [name: value])
    }
}
