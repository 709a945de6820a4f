import WorkingDays

/// What a figure of the register counts, and so how it is read and shown.
package enum FigureKind: String, Codable, CaseIterable, Sendable {
    /// An amount: written in yuan, fen where rules read it.
    case money
    case count
    /// Whole hundredths.
    case percent
    case days

    /// Reads a value as people write it: `643` and `643.00元` of money, `40` and `40%` of percent, `5` and `5天` of days. nil
    /// for what isn't of this kind, as a negative one.
    package func value(of text: String) -> Int64? {
        if self == .money { return Fen(yuan: text).flatMap { $0 < .zero ? nil : $0.rawValue } }
        guard !text.hasBlankWithinDigits else { return nil }
        var digits = text.plainNumber
        if let unit = units.first(where: digits.hasSuffix) { digits.removeLast(unit.count) }
        return Int64(digits: digits)
    }

    /// The value as people write it, without its unit.
    package func text(_ value: Int64) -> String {
        self == .money ? Fen(value).description : String(value)
    }

    package var unit: Phrase {
        switch self {
        case .money: Phrase("yuan", "元")
        case .count: Phrase("", "")
        case .percent: Phrase("%", "%")
        case .days: Phrase("days", "天")
        }
    }

    /// The value with its unit.
    package func phrase(_ value: Int64) -> Phrase {
        switch self {
        case .money, .days: Phrase("\(text(value)) \(unit.en)", "\(text(value))\(unit.zh)")
        case .count: Phrase(text(value), text(value))
        case .percent: Phrase("\(text(value)) %", "\(text(value))%")
        }
    }

    /// What a value of this kind looks like, for whoever wrote another.
    package var form: Phrase {
        switch self {
        case .money: Phrase("an amount in yuan, as 643.00 or 8万", "以元为单位的金额，如 643.00 或 8万")
        case .count: Phrase("a whole number, as 12", "整数，如 12")
        case .percent: Phrase("whole percent, as 40 or 40%", "整数百分比，如 40 或 40%")
        case .days: Phrase("whole days, as 5", "整天数，如 5")
        }
    }

    /// What may stand behind the digits.
    private var units: [String] {
        switch self {
        case .money: []
        case .count: ["个", "次", "人"]
        case .percent: ["%"]
        case .days: ["days", "天", "日"]
        }
    }

    /// How what a rule reads is counted; assessments keep it with each figure.
    package var base: String {
        switch self {
        case .money: "fen"
        case .count, .percent, .days: rawValue
        }
    }

    /// A value with the unit that a person gave beside it: yuan or fen of money, else the kind's own. nil where they don't fit.
    package func value(of text: String, unit: String?) -> Int64? {
        guard let unit = unit?.lowercased(), !unit.isEmpty else { return value(of: text) }
        if self == .money, ["fen", "分"].contains(unit) {
            return Int64(digits: text.plainNumber)
        }
        let own = [self.unit.en, self.unit.zh, rawValue] + units
        return own.contains(unit) ? value(of: text) : nil
    }

    /// The kind of a kept figure, by the unit that was kept with it.
    package init(base: String) {
        self = Self.allCases.first { $0.base == base } ?? .count
    }
}

extension FigureKind: Choice {
    package var title: Phrase {
        switch self {
        case .money: Phrase("money", "金额")
        case .count: Phrase("count", "个数")
        case .percent: Phrase("percent", "百分数")
        case .days: Phrase("days", "天数")
        }
    }
}
