import CEL
import Foundation
import Testing

@Suite struct TraceTests {
    @Test(arguments: [
        ("dibao < 64301", ["dibao (64300) < 64301: true"]),
        ("dibao > 1 && dibao > 70000", ["dibao (64300) > 70000: false"]),
        ("dibao > 70000 && dibao > 1", ["dibao (64300) > 70000: false", "skipped: dibao > 1"]),
        ("dibao > 70000 || dibao > 1", ["dibao (64300) > 1: true"]),
        ("dibao > 1 || dibao > 70000", ["dibao (64300) > 1: true", "skipped: dibao > 70000"]),
        ("dibao > 70000 || dibao < 1", ["dibao (64300) > 70000: false", "dibao (64300) < 1: false"]),
        ("dibao > 1 && (dibao < 1 || case.urgent)", ["dibao (64300) > 1: true", "case.urgent: true"]),
        ("!case.urgent", ["!case.urgent (true): false"]),
        (
            "!(dibao > 1 && case.urgent)",
            [
                "!(dibao > 1 && case.urgent): false", "  dibao (64300) > 1: true", "  case.urgent: true",
            ]
        ),
        ("case.urgent ? dibao : 0", ["case.urgent: true", "dibao: 64300", "skipped: 0"]),
        ("dibao < 1 ? 1 : 2", ["dibao (64300) < 1: false", "skipped: 1", "2"]),
        ("'serious_illness' in tags", ["'serious_illness' in tags ([\"serious_illness\"]): true"]),
        (
            "household.income / size(household.members)  <\n parameter('dibao', household.region)",
            [
                "household.income / size(household.members) (61200) < parameter('dibao', household.region) (64300), "
                    + "with household.income = 183600, household.members = MEMBERS, household.region = \"630100\": true"
            ]
        ),
        (
            "household.members.exists(m, m.age < 18)",
            [
                "household.members.exists(m, m.age < 18): true", "  m #2: m.age (12) < 18: true",
            ]
        ),
        (
            "household.members.all(m, m.age < 18)",
            [
                "household.members.all(m, m.age < 18): false", "  m #1: m.age (45) < 18: false",
            ]
        ),
        (
            "household.members.exists(m, m.age > 60 && m.age < 90)",
            [
                "household.members.exists(m, m.age > 60 && m.age < 90): false", "  m #1: m.age (45) > 60: false",
                "  m #1: skipped: m.age < 90", "  m #2: m.age (12) > 60: false", "  m #2: skipped: m.age < 90",
                "  m #3: m.age (9) > 60: false", "  m #3: skipped: m.age < 90",
            ]
        ),
        (
            "household.members.all(m, m.income > 0)",
            [
                "household.members.all(m, m.income > 0): error: "
                    + "'income' is not set; ask has(….income) first (1:28)",
                "  m #2: m.income > 0: error: 'income' is not set; ask has(….income) first (1:28)",
                "  m #3: m.income > 0: error: 'income' is not set; ask has(….income) first (1:28)",
            ]
        ),
        ("dibao / 0 > 1 || case.urgent", ["case.urgent: true"]),
        ("dibao / 0 > 1 && case.urgent", ["dibao / 0 > 1: error: 64300 / 0: division by zero (1:7)"]),
        (
            "[1, 2, 3, 4, 5, 6, 7].exists(x, x > 9)",
            [
                "[1, 2, 3, 4, 5, 6, 7].exists(x, x > 9): false", "  x #1: x (1) > 9: false", "  x #2: x (2) > 9: false",
                "  x #3: x (3) > 9: false", "  x #4: x (4) > 9: false", "  x #5: x (5) > 9: false", "  … and 2 more",
            ]
        ),
    ])
    func `the explanation names what decided`(source: String, expected: [String]) throws {
        let lines = try Expression(source, in: relief).trace(poorFamily).explanation()
        let members = poorFamily["household"].map { value in
            guard case .record(_, let fields) = value else { return "" }
            return String(fields["members"]!.description)
        }
        #expect(lines.map { $0.replacing(members!, with: "MEMBERS") } == expected)
    }

    @Test func `money can be shown in yuan`() throws {
        let trace = try Expression("household.income / 3 < dibao", in: relief).trace(poorFamily)
        let lines = trace.explanation { source, value in
            guard source.contains("income") || source == "dibao", let fen = Int64(value) else { return nil }
            return "\(fen / 100).\(fen % 100 < 10 ? "0" : "")\(fen % 100)"
        }
        #expect(lines == ["household.income / 3 (612.00) < dibao (643.00), with household.income = 1836.00: true"])
    }

    @Test func `a trace keeps every step and survives storage`() throws {
        let trace = try Expression("dibao > 1 && case.urgent || dibao == 0", in: relief).trace(poorFamily)
        #expect(trace.kind == .or && trace.outcome == .value("true"))
        #expect(trace.children.map(\.outcome) == [.value("true"), .skipped])
        #expect(trace.children[0].children.map(\.source) == ["dibao > 1", "case.urgent"])
        #expect(trace.children[0].children[0].children.map(\.outcome) == [.value("64300"), .value("1")])
        #expect(trace.line == 1 && trace.column == 26)
        #expect(try JSONDecoder().decode(Trace.self, from: JSONEncoder().encode(trace)) == trace)
    }

    @Test func `a trace agrees with the evaluation and stays small`() throws {
        let list = Value.list((0..<10_000).map { .string(String($0)) })
        let expression = try Expression("tags.exists(t, tags[0] == t && t == '9999')", in: relief)
        let trace = expression.trace(["tags": list])
        #expect(trace.outcome == .value("false"))
        #expect(try expression.evaluate(["tags": list]) == .bool(false))
        #expect(trace.children.count < 50 && trace.omitted > 9_900)
        #expect(try JSONEncoder().encode(trace).count < 100_000)
        let late = try Expression("tags.exists(t, t == '9990')", in: relief).trace(["tags": list]).explanation()
        #expect(late.last == "  t #9991: t (\"9990\") == '9990': true")
    }
}
