/// A regular expression in RE2's syntax, matched in time proportional to pattern × text: no pattern can hang a rule.
///
/// Literals, `.`, classes, `\d \w \s \b`, `\pL` and `\p{Han}`, anchors, groups, alternation, `* + ? {n,m}` and their
/// lazy forms, flags `(?i)`, `(?s)`, `(?m)`. No captures are kept: `matches` only asks whether.
struct Pattern: Sendable {
    struct Failure: Error {
        let message: String
        /// Nodes that were laid out before it was given up.
        var effort = 0
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
    /// How much it takes to ask an instruction for one character.
    private let weights: [Int]
    /// Nodes that were laid out to make it; a repetition of nothing makes no instruction.
    let effort: Int
    var size: Int { program.count }

    init(_ text: String) throws(Failure) {
        var parser = PatternParser(text)
        var compiler = PatternCompiler()
        try compiler.compile(try parser.parse())
        program = compiler.program + [.match]
        weights = program.map { if case .scalar(let set) = $0 { 1 + set.weight } else { 1 } }
        effort = compiler.steps + program.count
    }

    fileprivate func weight(_ counter: Int) -> Int { weights[counter] }
    fileprivate func instruction(_ counter: Int) -> Instruction { program[counter] }

    /// Adds a thread and all that it reaches without reading; true if it reaches the match.
    fileprivate func follow(
        _ start: Int, _ position: Int, _ text: [Unicode.Scalar], _ threads: inout ThreadSet, _ work: inout Int
    ) -> Bool {
        var pending = [start]
        while let counter = pending.popLast() {
            work += 1
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

/// A search for a pattern in a text, position by position; it counts its work, which its caller charges.
struct Matcher {
    private let pattern: Pattern
    private let text: [Unicode.Scalar]
    private var position = 0
    private var current: ThreadSet
    private var next: ThreadSet
    /// Instructions looked at, each by the weight of its class, that weren't taken yet.
    private var work = 0
    private(set) var found = false
    private(set) var isGoingOn = true

    init(_ pattern: Pattern, _ text: String) {
        self.pattern = pattern
        self.text = Array(text.unicodeScalars)
        current = ThreadSet(pattern.size)
        next = ThreadSet(pattern.size)
        work = 2 * pattern.size
    }

    /// The steps to charge since it was asked last.
    mutating func takeWork() -> Int {
        let (steps, rest) = work.quotientAndRemainder(dividingBy: Cost.instructions)
        work = rest
        return steps
    }

    /// Reads one character. A new thread starts at every position, since a match may begin anywhere.
    mutating func step() {
        if pattern.follow(0, position, text, &current, &work) { return end(found: true) }
        guard position < text.count else { return end(found: false) }
        next.removeAll()
        work += 2
        for counter in current.members {
            work += pattern.weight(counter)
            guard case .scalar(let set) = pattern.instruction(counter), set.contains(text[position]) else { continue }
            if pattern.follow(counter + 1, position + 1, text, &next, &work) { return end(found: true) }
        }
        swap(&current, &next)
        position += 1
    }

    private mutating func end(found: Bool) { (self.found, isGoingOn) = (found, false) }
}

/// The places of a program that are live at one position of the text.
fileprivate struct ThreadSet {
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
    private(set) var steps = 0

    mutating func compile(_ node: PatternNode) throws(Pattern.Failure) {
        steps += 1
        guard program.count < Self.limit, steps < 10 * Self.limit else {
            throw Pattern.Failure(message: "it is too large", effort: steps + program.count)
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
