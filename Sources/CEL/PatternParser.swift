/// What a regular expression is made of.
indirect enum PatternNode: Sendable {
    case empty
    case set(ScalarSet)
    case assertion(Pattern.Assertion)
    case sequence([PatternNode])
    case either(PatternNode, PatternNode)
    case repeated(PatternNode, Int, Int?)
}

/// Reads a regular expression.
struct PatternParser {
    private static let repeatLimit = 1_000
    private static let depthLimit = 50
    private let scalars: [Unicode.Scalar]
    private var offset = 0
    private var depth = 0
    private var flags = Flags()

    private struct Flags {
        var ignoresCase = false
        var dotMatchesNewline = false
        var isMultiline = false
    }

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    mutating func parse() throws(Pattern.Failure) -> PatternNode {
        let node = try alternation()
        guard offset == scalars.count else { throw failure("')' closes nothing") }
        return node
    }

    private var current: Unicode.Scalar? { offset < scalars.count ? scalars[offset] : nil }

    private func failure(_ message: String) -> Pattern.Failure { Pattern.Failure(message: message) }

    private mutating func accept(_ scalar: Unicode.Scalar) -> Bool {
        guard current == scalar else { return false }
        offset += 1
        return true
    }

    private mutating func next(_ missing: String) throws(Pattern.Failure) -> Unicode.Scalar {
        guard let scalar = current else { throw failure(missing) }
        offset += 1
        return scalar
    }

    private mutating func alternation() throws(Pattern.Failure) -> PatternNode {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.depthLimit { throw failure("its groups are nested too deeply") }
        var branches = [try sequence()]
        while accept("|") { branches.append(try sequence()) }
        // Halved rather than chained: a list of a thousand words must not make a tree a thousand deep.
        while branches.count > 1 {
            branches = stride(from: 0, to: branches.count, by: 2).map { index in
                index + 1 < branches.count ? .either(branches[index], branches[index + 1]) : branches[index]
            }
        }
        return branches[0]
    }

    private mutating func sequence() throws(Pattern.Failure) -> PatternNode {
        var nodes: [PatternNode] = []
        while let scalar = current, scalar != "|", scalar != ")" {
            nodes.append(try quantified(try atom()))
        }
        return nodes.count == 1 ? nodes[0] : .sequence(nodes)
    }

    private mutating func quantified(_ node: PatternNode) throws(Pattern.Failure) -> PatternNode {
        var node = node
        var isQuantified = false
        while let (least, most) = try quantifier() {
            if isQuantified { throw failure("two repetitions stand in a row; use a group") }
            node = .repeated(node, least, most)
            isQuantified = true
            // Lazy or greedy makes no difference to whether there is a match.
            _ = accept("?")
        }
        return node
    }

    private mutating func quantifier() throws(Pattern.Failure) -> (Int, Int?)? {
        if accept("*") { return (0, nil) }
        if accept("+") { return (1, nil) }
        if accept("?") { return (0, 1) }
        let start = offset
        guard accept("{") else { return nil }
        guard let least = number() else {
            offset = start
            return nil
        }
        var most: Int? = least
        if accept(",") { most = number() }
        guard accept("}") else {
            offset = start
            return nil
        }
        guard least <= Self.repeatLimit, most ?? 0 <= Self.repeatLimit, most ?? least >= least else {
            throw failure("a repetition is at most {0,\(Self.repeatLimit)}, the smaller number first")
        }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var digits = ""
        while let scalar = current, ("0"..."9").contains(scalar), digits.utf8.count < 6 {
            digits.unicodeScalars.append(scalar)
            offset += 1
        }
        return Int(digits)
    }

    private mutating func atom() throws(Pattern.Failure) -> PatternNode {
        let scalar = try next("it ends too early")
        switch scalar {
        case "(": return try group()
        case "[": return .set(try characterClass())
        case ".": return .set(flags.dotMatchesNewline ? .any : .newline.inverted)
        case "^": return .assertion(flags.isMultiline ? .lineStart : .textStart)
        case "$": return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
        case "*", "+", "?": throw failure("'\(scalar)' has nothing to repeat")
        case "\\": return try escape()
        case "{":
            // RE2 takes a brace that begins no repetition as itself.
            offset -= 1
            if try quantifier() != nil { throw failure("'{' has nothing to repeat") }
            offset += 1
            return .set(.single(scalar))
        default: return .set(literal(.single(scalar)))
        }
    }

    private func literal(_ set: ScalarSet) -> ScalarSet { flags.ignoresCase ? set.ignoringCase : set }

    private mutating func group() throws(Pattern.Failure) -> PatternNode {
        let outer = flags
        if accept("?") {
            if accept("P") || current == "<" {
                guard accept("<") else { throw failure("a named group is written (?P<name>…)") }
                while try next("the name of a group has no '>'") != ">" {}
            } else if try readFlags() {
                return .empty
            }
        }
        let node = try alternation()
        guard accept(")") else { throw failure("'(' is not closed") }
        flags = outer
        return node
    }

    /// `(?i:` or `(?i)`; true if the flags stand alone and hold for the rest of the group.
    private mutating func readFlags() throws(Pattern.Failure) -> Bool {
        var value = true
        while true {
            switch try next("the flags of '(?' have no end") {
            case "i": flags.ignoresCase = value
            case "s": flags.dotMatchesNewline = value
            case "m": flags.isMultiline = value
            case "U": break
            case "-": value = false
            case ":": return false
            case ")": return true
            default: throw failure("'(?' is followed by flags i, s, m, U; look-around is not supported")
            }
        }
    }

    private mutating func escape() throws(Pattern.Failure) -> PatternNode {
        switch current {
        case "A": offset += 1; return .assertion(.textStart)
        case "z": offset += 1; return .assertion(.textEnd)
        case "b": offset += 1; return .assertion(.wordBoundary)
        case "B": offset += 1; return .assertion(.notWordBoundary)
        default: return .set(literal(try escapedSet()))
        }
    }

    private mutating func escapedSet() throws(Pattern.Failure) -> ScalarSet {
        let scalar = try next("a backslash at the end escapes nothing")
        switch scalar {
        case "d": return .digit
        case "D": return ScalarSet.digit.inverted
        case "w": return .word
        case "W": return ScalarSet.word.inverted
        case "s": return .space
        case "S": return ScalarSet.space.inverted
        case "n": return .single("\n")
        case "r": return .single("\r")
        case "t": return .single("\t")
        case "f": return .single("\u{0C}")
        case "v": return .single("\u{0B}")
        case "a": return .single("\u{07}")
        case "x": return .single(try hex())
        case "p", "P":
            let name = try propertyName()
            guard let set = ScalarSet.property(name) else { throw failure("there is no class \\p{\(name)}") }
            return scalar == "P" ? set.inverted : set
        case _ where Lexer.isLetter(scalar) && scalar != "_" || Lexer.isDigit(scalar):
            throw failure("'\\\(scalar)' is no escape of RE2")
        default: return .single(scalar)
        }
    }

    private mutating func propertyName() throws(Pattern.Failure) -> String {
        let first = try next("\\p needs a class")
        guard first == "{" else { return String(first) }
        var name = ""
        while !accept("}") { name.unicodeScalars.append(try next("\\p{ has no '}'")) }
        return name
    }

    private mutating func hex() throws(Pattern.Failure) -> Unicode.Scalar {
        var digits = ""
        if accept("{") {
            while !accept("}") { digits.unicodeScalars.append(try next("\\x{ has no '}'")) }
        } else {
            for _ in 0..<2 { digits.unicodeScalars.append(try next("\\x needs two digits")) }
        }
        guard let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value) else {
            throw failure("\\x\(digits) is no character")
        }
        return scalar
    }

    private mutating func characterClass() throws(Pattern.Failure) -> ScalarSet {
        let isInverted = accept("^")
        var set = ScalarSet()
        var isFirst = true
        while isFirst || current != "]" {
            isFirst = false
            let item = try classItem()
            if current == "-", offset + 1 < scalars.count, scalars[offset + 1] != "]", let low = item.onlyScalar {
                offset += 1
                guard let high = try classItem().onlyScalar, low <= high else {
                    throw failure("a range in a class runs from the lower to the higher character")
                }
                set.formUnion(ScalarSet(ranges: [low.value...high.value]))
            } else {
                set.formUnion(item)
            }
        }
        offset += 1
        set = literal(set)
        return isInverted ? set.inverted : set
    }

    private mutating func classItem() throws(Pattern.Failure) -> ScalarSet {
        let scalar = try next("'[' is not closed")
        if scalar == "\\" { return try escapedSet() }
        guard scalar == "[", accept(":") else { return .single(scalar) }
        let isInverted = accept("^")
        var name = ""
        while !accept(":") { name.unicodeScalars.append(try next("'[:' is not closed")) }
        guard accept("]"), let set = ScalarSet.posix(name) else { throw failure("there is no class [:\(name):]") }
        return isInverted ? set.inverted : set
    }
}
