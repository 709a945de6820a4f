import CEL
import Testing

@Suite struct LimitTests {
    @Test func `a source is as deep and long as the limits say`() throws {
        for depth in [32, 98] {
            let nested = String(repeating: "(", count: depth) + "1" + String(repeating: ")", count: depth)
            #expect(result(nested) == "1")
            #expect(result(String(repeating: "-", count: depth) + "(1)") == (depth % 2 == 0 ? "1" : "-1"))
        }
        for source in [
            String(repeating: "(", count: 5_000) + "1", String(repeating: "[", count: 5_000),
            String(repeating: "!", count: 5_000) + "true", String(repeating: "-", count: 5_000) + "(1)",
            String(repeating: "true ? 1 : ", count: 1_000) + "1", "1" + String(repeating: " + 1", count: 1_000),
            "dyn({})" + String(repeating: ".a", count: 1_000), "[1]" + String(repeating: "[0]", count: 1_000),
            String(repeating: "size(", count: 1_000), String(repeating: "{1:", count: 1_000),
        ] {
            let error = #expect(throws: CELError.self) { try Expression(source, in: open) }
            #expect(error?.code == .limit)
        }
        let long = #expect(throws: CELError.self) {
            try Expression(String(repeating: " ", count: 20_000) + "1", in: open)
        }
        #expect(long?.code == .limit)
    }

    @Test(arguments: [" || ", " && "])
    func `many terms in a row are not deep`(symbol: String) {
        let terms = Array(repeating: "1 == 1", count: 1_000).joined(separator: symbol)
        #expect(result(terms) == "true")
    }

    @Test(arguments: [
        // Exponential in time, in space, in the size of shared structure, and hidden behind absorbed errors.
        String(repeating: "[0, 1, 2, 3].all(x, ", count: 24) + "true" + String(repeating: ")", count: 24),
        "['x']" + String(repeating: ".map(x, x + x + x + x)", count: 30) + ".size() > 0",
        "[1]" + String(repeating: ".map(x, [x, x])", count: 60) + " == [1]"
            + String(repeating: ".map(x, [x, x])", count: 60),
        "[1]" + String(repeating: ".map(x, [x, x])", count: 60),
        String(repeating: "[0, 1, 2, 3].exists(x, ", count: 24) + "1 / 0 > 0" + String(repeating: ")", count: 24)
            + " || true",
    ])
    func `an evaluation ends within its budget`(source: String) {
        let environment = Environment(allowsDouble: true, limits: Limits(cost: 50_000))
        #expect(result(source, in: environment) == "limit")
        let trace = try? Expression(source, in: environment).trace([:])
        #expect(trace?.outcome != nil)
    }

    @Test(arguments: [
        ("^[0-9]{17}[0-9X]$", "63010419900101123X", true), ("^[0-9]{17}[0-9X]$", "63010419900101123x", false),
        ("(?i)^x$", "X", true), ("a|b|", "", true), ("^(ab|cd)+$", "abcdab", true), ("^(ab|cd)+$", "abc", false),
        ("^\\p{Han}{2,4}$", "王小明", true), ("^\\p{Han}{2,4}$", "王", false), ("^\\pL+$", "Ab王", true),
        ("\\bcat\\b", "a cat!", true), ("\\bcat\\b", "concat", false), ("^.$", "\n", false), ("(?s)^.$", "\n", true),
        ("^[^a-c]+$", "xyz", true), ("^[^a-c]+$", "xaz", false), ("^[\\d.]+$", "1.5", true), ("[]a]", "]", true),
        ("^[[:alpha:]]+$", "abc", true), ("^\\x41\\x{5DE5}$", "A工", true), ("^a{2}$", "aa", true),
        ("a{,2}", "a{,2}", true),
        ("(?P<year>\\d{4})-\\d\\d", "on 2026-11", true), ("^(?:a*)*$", "aaaa", true), ("(?m)^b$", "a\nb", true),
        ("^[a-]+$", "a-a", true), ("^\\D+$", "1", false), ("colou?r", "the color", true), ("a+?b", "aab", true),
    ])
    func `regular expressions`(pattern: String, text: String, expected: Bool) {
        #expect(
            result("text.matches(pattern)", in: texts, ["text": .string(text), "pattern": .string(pattern)])
                == "\(expected)")
    }

    @Test(arguments: [
        "(", ")", "[", "[b-a]", "*a", "a**", "\\", "(?=a)", "\\p{Nope}", "a{3,2}", "a{9999}", "(?P<n", "\\Q", "{2}",
        "((((a{999}){999}){999}){999})", "((((){999}){999}){999}){999}",
    ])
    func `broken or oversized regular expressions are refused`(pattern: String) {
        let outcome = result("text.matches(pattern)", in: texts, ["text": .string(""), "pattern": .string(pattern)])
        #expect(outcome == "badConversion")
    }

    @Test func `no regular expression hangs`() {
        let text = Value.string(String(repeating: "a", count: 2_000) + "!")
        let pattern = Value.string("^(a|a)*(a+)+$")
        #expect(result("text.matches(pattern)", in: texts, ["text": text, "pattern": pattern]) == "false")
    }

    @Test func `a pattern that is made costs what it grows to, not what was typed`() {
        var environment = Environment(limits: Limits(cost: 20_000))
        environment.declare("patterns", .list(.string))
        let patterns = (0..<40).map { Value.string("a{900}\($0)") }
        #expect(result("patterns.exists(p, 'b'.matches(p))", in: environment, ["patterns": .list(patterns)]) == "limit")
    }

    private let texts: Environment = {
        var environment = Environment()
        environment.declare("text", .string)
        environment.declare("pattern", .string)
        return environment
    }()
}
