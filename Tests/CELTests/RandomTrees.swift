import CEL

/// Trees, bindings and garbage from a seed (SplitMix64).
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: Int) {
        state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    let environment: Environment = {
        var environment = Environment(allowsDouble: true, limits: Limits(cost: 20_000))
        environment.declare(record: RecordType("T", ["a": .int, "b": .list(.record("T"))]))
        environment.declare("a", .int)
        environment.declare("b", .bool)
        environment.declare("d", .dyn)
        environment.declare("s", .string)
        environment.declare("t", .record("T"))
        environment.declare("l", .list(.int))
        environment.declare("m", .map(.string, .int))
        environment.declare(function: Function("f", [.dyn], returns: .dyn) { $0[0] })
        return environment
    }()

    let bindings: [String: Value] = [
        "a": .int(3), "b": .bool(true), "d": .list([.int(1), .string("x")]), "s": .string("工会 s"),
        "t": .record("T", ["a": .int(1), "b": .list([.record("T", [:])])]), "l": .list([.int(0), .int(1), .int(.max)]),
        "m": .map([.string("a"): .int(1)]),
    ]

    mutating func tree(depth: Int) -> Node {
        let place = Place(start: 0, end: 0, line: 1, column: 1)
        return Node(form(depth: depth), at: place)
    }

    private mutating func trees(_ range: ClosedRange<Int>, _ depth: Int) -> [Node] {
        (0..<Int.random(in: range, using: &self)).map { _ in tree(depth: depth - 1) }
    }

    private mutating func form(depth: Int) -> Form {
        if depth <= 0 { return leaf() }
        let inner = depth - 1
        switch Int.random(in: 0..<18, using: &self) {
        case 0: return .select(tree(depth: inner), field: pick(["a", "b", "x-y"]))
        case 1: return .has(tree(depth: inner), field: pick(["a", "b", "z"]))
        case 2: return .index(tree(depth: inner), tree(depth: inner))
        case 3: return .not(tree(depth: inner))
        case 4: return .negate(tree(depth: inner))
        case 5: return .and(trees(2...4, depth))
        case 6: return .or(trees(2...4, depth))
        case 7: return .conditional(tree(depth: inner), then: tree(depth: inner), otherwise: tree(depth: inner))
        case 8: return .list(trees(0...3, depth))
        case 9: return .map(trees(0...2, depth).map { Form.MapEntry(tree(depth: 0), $0) })
        case 10: return .record("T", [Form.RecordField("a", tree(depth: inner))])
        case 11:
            let macro = Macro.allCases.randomElement(using: &self) ?? .all
            let parts = macro == .map && Bool.random(using: &self) ? 2 : 1
            return .macro(macro, range: tree(depth: inner), variable: pick(["x", "a"]), trees(parts...parts, depth))
        case 12:
            return .call(
                pick(["size", "string", "int", "f", "type", "dyn", "uint"]), receiver: nil, trees(1...1, depth))
        case 13:
            return .call(pick(["size", "contains", "matches", "f"]), receiver: tree(depth: inner), trees(0...1, depth))
        default:
            let symbol = BinaryOperator.allCases.randomElement(using: &self) ?? .add
            return .binary(symbol, tree(depth: inner), tree(depth: inner))
        }
    }

    private mutating func leaf() -> Form {
        switch Int.random(in: 0..<12, using: &self) {
        case 0: .literal(.int(pick([0, 1, -1, .max, .min, 42])))
        case 1: .literal(.uint(pick([0, 7, .max])))
        case 2: .literal(.double(pick([0.5, -1e300, 1e-300, 3])))
        case 3: .literal(.string(pick(["", "工会", "a\"\\\n", "\u{0}\u{7F}é", "^a+$"])))
        case 4: .literal(.bytes(pick([[], [0, 255, 34, 92, 65]])))
        case 5: .literal(pick([.null, .bool(true), .bool(false)]))
        default: .name(pick(["a", "b", "d", "s", "t", "l", "m", "x", ".a", "int"]))
        }
    }

    mutating func garbage(_ count: Int) -> String {
        let words = [
            "a", "b", "s", "l", "t", "m", ".", "(", ")", "[", "]", "{", "}", "?", ":", "&&", "||", "!", "-", "+", "in",
            "'", "\"",
            "\\", "1", "0x", "1u", ".5e", "r'", "b\"", "'''", "has(", ".all(x,", ".map(x,", "//", "\n", "\r\n", "`",
            "工", "，", "\u{0}",
            "==", "<", ",", "true", "null", "size(", "T{", "\u{301}", "🧧",
        ]
        return (0..<Int.random(in: 1...count, using: &self)).map { _ in pick(words) }.joined()
    }

    private mutating func pick<Item>(_ items: [Item]) -> Item {
        items[Int.random(in: items.indices, using: &self)]
    }
}
