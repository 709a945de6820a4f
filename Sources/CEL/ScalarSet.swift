/// A set of characters in a regular expression: ranges and Unicode categories, possibly inverted.
struct ScalarSet: Sendable {
    private var ranges: [ClosedRange<UInt32>] = []
    private var categories: [Unicode.GeneralCategory] = []
    /// Inverted classes inside a class, such as `\D` in `[\D5]`.
    private var others: [ScalarSet] = []
    private var isInverted = false
    private var ignoresCase = false

    init(ranges: [ClosedRange<UInt32>] = [], categories: [Unicode.GeneralCategory] = []) {
        self.ranges = ranges
        self.categories = categories
    }

    static func single(_ scalar: Unicode.Scalar) -> ScalarSet { ScalarSet(ranges: [scalar.value...scalar.value]) }

    static let any = ScalarSet(ranges: [0...0x10FFFF])
    static let newline = single("\n")
    static let digit = ScalarSet(ranges: [48...57])
    static let word = ScalarSet(ranges: [48...57, 65...90, 95...95, 97...122])
    static let space = ScalarSet(ranges: [9...10, 12...13, 32...32])

    var inverted: ScalarSet {
        var set = self
        set.isInverted.toggle()
        return set
    }

    var ignoringCase: ScalarSet {
        var set = self
        set.ignoresCase = true
        return set
    }

    var onlyScalar: Unicode.Scalar? {
        guard ranges.count == 1, ranges[0].count == 1, !isInverted, others.isEmpty, categories.isEmpty else {
            return nil
        }
        return Unicode.Scalar(ranges[0].lowerBound)
    }

    mutating func formUnion(_ other: ScalarSet) {
        if other.isInverted || other.ignoresCase {
            others.append(other)
        } else {
            ranges += other.ranges
            categories += other.categories
            others += other.others
        }
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        let found = holds(scalar) || (ignoresCase && Self.otherCases(of: scalar).contains(where: holds))
        return found != isInverted
    }

    /// What asking for one character takes, as a multiple of looking at an instruction.
    var weight: Int {
        let asked = ranges.count / 4 + categories.count / 2 + others.reduce(0) { $0 + 1 + $1.weight }
        // Other cases are made as texts of their own.
        return ignoresCase ? 32 + 3 * asked : asked
    }

    private func holds(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) }
            || (!categories.isEmpty && categories.contains(scalar.properties.generalCategory))
            || others.contains { $0.contains(scalar) }
    }

    private static func otherCases(of scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping]
            .filter { $0.unicodeScalars.count == 1 }
            .compactMap(\.unicodeScalars.first)
    }

    /// `\p{…}`: general categories by their short names, and the Han script.
    static func property(_ name: String) -> ScalarSet? {
        if name == "Han" {
            return ScalarSet(ranges: [
                0x2E80...0x2FD5, 0x3005...0x3005, 0x3007...0x3007, 0x3021...0x3029, 0x3038...0x303B, 0x3400...0x4DBF,
                0x4E00...0x9FFF, 0xF900...0xFAD9, 0x20000...0x323AF,
            ])
        }
        let categories = Self.categories.filter { $0.key.hasPrefix(name) && !name.isEmpty }.map(\.value)
        return categories.isEmpty ? nil : ScalarSet(categories: categories)
    }

    private static let categories: [String: Unicode.GeneralCategory] = [
        "Lu": .uppercaseLetter, "Ll": .lowercaseLetter, "Lt": .titlecaseLetter, "Lm": .modifierLetter,
        "Lo": .otherLetter, "Mn": .nonspacingMark, "Mc": .spacingMark, "Me": .enclosingMark, "Nd": .decimalNumber,
        "Nl": .letterNumber, "No": .otherNumber, "Pc": .connectorPunctuation, "Pd": .dashPunctuation,
        "Ps": .openPunctuation, "Pe": .closePunctuation, "Pi": .initialPunctuation, "Pf": .finalPunctuation,
        "Po": .otherPunctuation, "Sm": .mathSymbol, "Sc": .currencySymbol, "Sk": .modifierSymbol,
        "So": .otherSymbol, "Zs": .spaceSeparator, "Zl": .lineSeparator, "Zp": .paragraphSeparator,
        "Cc": .control, "Cf": .format, "Co": .privateUse,
    ]

    static func posix(_ name: String) -> ScalarSet? {
        let ranges: [String: [ClosedRange<UInt32>]] = [
            "alnum": [48...57, 65...90, 97...122], "alpha": [65...90, 97...122], "ascii": [0...127],
            "blank": [9...9, 32...32], "cntrl": [0...31, 127...127], "digit": [48...57], "graph": [33...126],
            "lower": [97...122], "print": [32...126], "punct": [33...47, 58...64, 91...96, 123...126],
            "space": [9...13, 32...32], "upper": [65...90], "word": [48...57, 65...90, 95...95, 97...122],
            "xdigit": [48...57, 65...70, 97...102],
        ]
        return ranges[name].map { ScalarSet(ranges: $0) }
    }
}
