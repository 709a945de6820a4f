import CEL
import Testing

/// Whatever a hostile text makes a rule do is charged: at least a step for each 16 bytes read, element visited, error made,
/// and four instructions of a regular expression looked at. How long a step takes is measured, not tested.
@Suite struct CostTests {
    /// A rule with what it reads, and how much work it can't do without.
    struct Load: CustomTestStringConvertible {
        let what: String
        let source: String
        var bindings: [String: Value] = [:]
        let work: Int
        var testDescription: String { what }
    }

    static let environment: Environment = {
        var environment = Environment(allowsDouble: true, limits: Limits(cost: 1 << 40))
        for name in ["a", "b", "pattern"] { environment.declare(name, .string) }
        environment.declare("bytes", .bytes)
        environment.declare("l", .list(.int))
        environment.declare("texts", .list(.string))
        environment.declare("m", .map(.string, .int))
        environment.declare(record: RecordType("R", ["l": .list(.int)]))
        return environment
    }()

    static func loads(seed: Int) -> [Load] {
        var seeded = Seeded(seed)
        let n = Int.random(in: 200...2_000, using: &seeded)
        let k = Int.random(in: 2...40, using: &seeded)
        let letter = ["a", "é", "工", "𠀀", "e\u{301}"].randomElement(using: &seeded)!
        let text = String(repeating: letter, count: n)
        let bytes = text.utf8.count
        let value = Value.string(text)
        let numbers = Value.list((0..<n).map { .int(Int64($0)) })
        let texts = Value.list((0..<k).map { .string(text + "\($0)") })
        let map = Value.map(Dictionary(uniqueKeysWithValues: (0..<k).map { (.string(text + "\($0)"), .int(1)) }))
        let scalars = letter.unicodeScalars.count * n
        let ranges = (0..<k).map { String(UnicodeScalar(UInt32(0x4E00 + 2 * $0))!) }.joined()
        return [
            Load(what: "joined", source: "(a + a).size() > 0", bindings: ["a": value], work: 2 * bytes / 16 * 2),
            Load(what: "equal", source: "a == b", bindings: ["a": value, "b": value], work: bytes / 16),
            Load(what: "ordered", source: "a < b", bindings: ["a": value, "b": value], work: bytes / 16),
            Load(
                what: "bytes", source: "bytes == bytes", bindings: ["bytes": .bytes(Array(text.utf8))], work: bytes / 16
            ),
            Load(
                what: "sought", source: "a.contains(b)",
                bindings: ["a": value, "b": .string(String(repeating: letter, count: n / 2) + "x")],
                work: n / 2 * (n / 32)),
            Load(what: "found in a list", source: "-1 in l", bindings: ["l": numbers], work: 2 * n),
            Load(
                what: "texts in a list", source: "a in texts", bindings: ["a": value, "texts": texts],
                work: k * bytes / 16),
            Load(what: "lists equal", source: "l == l", bindings: ["l": numbers], work: 2 * n),
            Load(what: "maps equal", source: "m == m", bindings: ["m": map], work: k * (3 + bytes / 16)),
            Load(what: "found in a map", source: "a in m", bindings: ["a": value, "m": map], work: bytes / 16),
            Load(
                what: "keys in order", source: "m.all(x, true)", bindings: ["m": map],
                work: k * (bytes / 16) * (k.bitWidth - k.leadingZeroBitCount)),
            Load(what: "a record", source: "R{l: l}.l[0] == 0", bindings: ["l": numbers], work: n),
            Load(what: "shared", source: "[1]" + String(repeating: ".map(x, [x, x])", count: 12), work: 1 << 12),
            Load(what: "absorbed", source: "l.exists(x, x / 0 > 1) || true", bindings: ["l": numbers], work: 64 * n),
            Load(what: "read", source: "l.all(x, int('1') == 1)", bindings: ["l": numbers], work: 4 * n),
            Load(
                what: "alternatives", source: "a.matches(pattern)",
                bindings: [
                    "a": value,
                    "pattern": .string("(" + Array(repeating: letter, count: k).joined(separator: "|") + ")*x"),
                ], work: k * n / 4),
            Load(
                what: "a class", source: "a.matches(pattern)",
                bindings: ["a": value, "pattern": .string("(?i)[\(ranges)]x")], work: scalars * (32 + 3 * k / 4) / 4),
            Load(
                what: "a pattern that is nothing, often", source: "b.matches(pattern)",
                bindings: ["b": .string("b"), "pattern": .string("(((){\(k)}){\(k)})b")], work: k * k / 4),
            Load(
                what: "a pattern that grows too large", source: "b.matches(pattern) || true",
                bindings: ["b": .string("b"), "pattern": .string("((a{\(n % 800 + 200)}){999}){9}")], work: 2_000 / 4),
            Load(
                what: "a broken pattern", source: "b.matches(pattern) || true",
                bindings: ["b": .string("b"), "pattern": .string("(" + text)], work: bytes),
        ]
    }

    @Test(arguments: (0..<10).flatMap { loads(seed: $0) })
    func `what is charged covers the work`(load: Load) throws {
        let charged = try Expression(load.source, in: Self.environment).cost(load.bindings)
        #expect(charged >= load.work, "\(load.source)")
    }

    @Test func `the search for a pattern ends in the middle of a text`() throws {
        var environment = Environment(limits: Limits(cost: 1_000))
        environment.declare("a", .string)
        let long = ["a": Value.string(String(repeating: "a", count: 15_000))]
        #expect(try Expression("a.matches('(a|a)*b')", in: environment).cost(long) < 1_100)
    }

    @Test func `an error that comes out has its excerpt, one that is absorbed needs none`() throws {
        let error = #expect(throws: CELError.self) {
            try Expression("1 > 0 &&\n  1 / 0 > 1", in: Self.environment).evaluate([:])
        }
        #expect(error?.excerpt == "  1 / 0 > 1\n    ^")
    }
}
