import Contract

/// Names as they come in, whatever door they come through: of people, unions, employers, funds, banks, account holders and
/// users. They are kept as typed, without blanks at the ends; the database keeps beside each the form in which names are
/// compared and searched (`relief.name_key`).
enum NameText {
    enum Kind {
        /// Letters, the dots and blanks between parts, hyphens, apostrophes, brackets; digits, by which rosters tell people of
        /// one name apart.
        case person
        /// Other marks too.
        case institution
    }

    /// The trimmed name. Refuses none, a longer one than `longest` characters, and by its name each character that has no
    /// place in it.
    static func checked(
        _ text: String, _ kind: Kind, _ title: Phrase = name, field: String?, longest: Int = 100
    ) throws -> String {
        let name = text.trimmingWhitespace
        guard (1...longest).contains(name.length) else {
            throw Refusal.invalid(
                Phrase(
                    "The \(title.en) must have 1 to \(longest) characters.", "\(title.zh)应有 1 至 \(longest) 个字符。"),
                field: field)
        }
        let scalars = Array(name.unicodeScalars)
        for (place, scalar) in scalars.enumerated() {
            guard let fault = fault(of: scalar, kind) else { continue }
            throw Refusal.invalid(
                Phrase(
                    "The \(title.en) holds \(fault.en) at place \(place + 1), \(scalar.described); write it without.",
                    "\(title.zh)的第 \(place + 1) 个字符是\(fault.zh)（\(scalar.described)），请去掉。"), field: field)
        }
        return name
    }

    static let name = Phrase("name", "姓名")
    static let title = Phrase("name", "名称")
    static let holder = Phrase("name on the account", "户名")
    static let bank = Phrase("name of the bank", "开户行名称")

    /// What is wrong with a character, nil where it has a place in a name.
    private static func fault(of scalar: Unicode.Scalar, _ kind: Kind) -> Phrase? {
        let category = scalar.properties.generalCategory
        switch category {
        case .control, .lineSeparator, .paragraphSeparator:
            return Phrase("a control character", "控制字符")
        case _ where scalar.isInvisible: return Phrase("a character that can't be seen", "看不见的字符")
        case .privateUse, .surrogate, .unassigned:
            return Phrase("a character of no standard, as old programs made them", "非标准的自造字")
        case _ where scalar.value == 0xFFFD || scalar == "?" || scalar == "？":
            return Phrase("the sign of a character that was lost", "转码时丢失的字")
        case .otherSymbol: return Phrase("a picture or sign", "表情或符号")
        default: break
        }
        guard kind == .person, !scalar.isNameDot else { return nil }
        switch category {
        case .mathSymbol, .currencySymbol, .modifierSymbol: return Phrase("a sign", "符号")
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            return marks.contains(scalar) ? nil : Phrase("a sign", "符号")
        default: return nil
        }
    }

    /// Punctuation that stands in names of people.
    private static let marks: Set<Unicode.Scalar> = [
        "-", "\u{2010}", "\u{2011}", "'", "\u{2018}", "\u{2019}", "\u{2BC}", "(", ")", "（", "）", ",", "，", "\u{F0B}",
    ]
}

extension Unicode.Scalar {
    /// A dot between the parts of a name: of GB/T 15834, and those that are typed for it. The database's name_key makes one
    /// of them all.
    fileprivate var isNameDot: Bool { Self.nameDots.contains(self) }

    private static let nameDots: Set<Unicode.Scalar> = [
        ".", "\u{B7}", "\u{387}", "\u{1427}", "\u{16EB}", "\u{2022}", "\u{2024}", "\u{2027}", "\u{2219}", "\u{22C5}",
        "\u{2E31}", "\u{2E33}", "\u{30FB}", "\u{A78F}", "\u{FF0E}", "\u{FF65}",
    ]

    /// `U+202D LEFT-TO-RIGHT OVERRIDE`.
    fileprivate var described: String {
        let digits = String(value, radix: 16, uppercase: true)
        let code = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        guard let name = properties.name ?? properties.nameAlias else { return code }
        return "\(code) \(name)"
    }
}
