/// A regular expression in RE2's syntax, matched in time proportional to pattern × text: no pattern can hang a rule.
///
/// Literals, `.`, classes, `\d \w \s \b`, `\pL` and `\p{Han}`, anchors, groups, alternation, `* + ? {n,m}` and their
/// lazy forms, flags `(?i)`, `(?s)`, `(?m)`. No captures are kept: `matches` only asks whether.
struct Pattern: Sendable {
    struct Failure: Error {
        let message: String
    }

    enum Instruction: Sendable {
        case scalar(ScalarSet)
        /// Both ways at once.
        case split(Int, Int)
        case jump(Int)
        case assert(Assertion)
        case match
    }

    enum Assertion: Sendable {
        case textStart, textEnd, lineStart, lineEnd, wordBoundary, notWordBoundary
    }

    private let program: [Instruction]
    var size: Int { program.count }

    init(_ text: String) throws(Failure) {
        var parser = PatternParser(text)
        var compiler = PatternCompiler()
        try compiler.compile(try parser.parse())
        program = compiler.program + [.match]
    }

    /// Whether the pattern matches anywhere in the text.
    func matches(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var current = ThreadSet(program.count)
        var next = ThreadSet(program.count)
        for position in 0...scalars.count {
            // A new thread starts at every position, since a match may begin anywhere.
            if follow(0, position, scalars, &current) { return true }
            guard position < scalars.count else { return false }
            next.removeAll()
            for counter in current.members {
                guard case .scalar(let set) = program[counter], set.contains(scalars[position]) else { continue }
                if follow(counter + 1, position + 1, scalars, &next) { return true }
            }
            swap(&current, &next)
        }
        return false
    }

    /// Adds a thread and all that it reaches without reading; true if it reaches the match.
    private func follow(_ start: Int, _ position: Int, _ text: [Unicode.Scalar], _ threads: inout ThreadSet) -> Bool {
        var pending = [start]
        while let counter = pending.popLast() {
            guard threads.insert(counter) else { continue }
            switch program[counter] {
            case .match: return true
            case .jump(let target): pending.append(target)
            case .split(let first, let second): pending += [second, first]
            case .assert(let assertion): if assertion.holds(at: position, in: text) { pending.append(counter + 1) }
            case .scalar: break
            }
        }
        return false
    }
}

/// The places of a program that are live at one position of the text.
private struct ThreadSet {
    private(set) var members: [Int] = []
    private var isMember: [Bool]

    init(_ count: Int) {
        isMember = Array(repeating: false, count: count)
    }

    mutating func insert(_ counter: Int) -> Bool {
        if isMember[counter] { return false }
        isMember[counter] = true
        members.append(counter)
        return true
    }

    mutating func removeAll() {
        for counter in members { isMember[counter] = false }
        members.removeAll(keepingCapacity: true)
    }
}

extension Pattern.Assertion {
    func holds(at position: Int, in text: [Unicode.Scalar]) -> Bool {
        switch self {
        case .textStart: position == 0
        case .textEnd: position == text.count
        case .lineStart: position == 0 || text[position - 1] == "\n"
        case .lineEnd: position == text.count || text[position] == "\n"
        case .wordBoundary: isBoundary(position, text)
        case .notWordBoundary: !isBoundary(position, text)
        }
    }

    private func isBoundary(_ position: Int, _ text: [Unicode.Scalar]) -> Bool {
        let before = position > 0 && ScalarSet.word.contains(text[position - 1])
        let after = position < text.count && ScalarSet.word.contains(text[position])
        return before != after
    }
}

/// Lays a parsed pattern out as a program.
struct PatternCompiler {
    private static let limit = 2_000
    private(set) var program: [Pattern.Instruction] = []
    /// Counts nodes, because repetitions of nothing add no instruction and could yet go on for ever.
    private var steps = 0

    mutating func compile(_ node: PatternNode) throws(Pattern.Failure) {
        steps += 1
        guard program.count < Self.limit, steps < 10 * Self.limit else {
            throw Pattern.Failure(message: "it is too large")
        }
        switch node {
        case .empty: break
        case .set(let set): program.append(.scalar(set))
        case .assertion(let assertion): program.append(.assert(assertion))
        case .sequence(let nodes): for node in nodes { try compile(node) }
        case .either(let first, let second):
            let split = reserve()
            try compile(first)
            let jump = reserve()
            program[split] = .split(split + 1, program.count)
            try compile(second)
            program[jump] = .jump(program.count)
        case .repeated(let node, let least, let most):
            for _ in 0..<least { try compile(node) }
            guard let most else { return try loop(node) }
            var splits: [Int] = []
            for _ in least..<most {
                splits.append(reserve())
                try compile(node)
            }
            for split in splits { program[split] = .split(split + 1, program.count) }
        }
    }

    private mutating func loop(_ node: PatternNode) throws(Pattern.Failure) {
        let split = reserve()
        try compile(node)
        program.append(.jump(split))
        program[split] = .split(split + 1, program.count)
    }

    private mutating func reserve() -> Int {
        program.append(.jump(0))
        return program.count - 1
    }
}
