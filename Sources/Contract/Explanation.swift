package import FoundationEssentials
package import WorkingDays

/// What the rules say of a case.
package enum Answer: String, Codable, CaseIterable, Sendable {
    case yes
    case no
    /// It can't be said yet: something isn't known, or can't be computed.
    case unknown
}

extension Answer: Choice {
    package var title: Phrase {
        switch self {
        case .yes: Phrase("yes", "是")
        case .no: Phrase("no", "否")
        case .unknown: Phrase("not answered yet", "尚未核定")
        }
    }
}

/// Why a case is eligible or not, rule by rule.
package struct Explanation: Codable, Sendable {
    /// When the sheet was made that this stands on and the deciders were shown; nil: reckoned now.
    package var asOf: Date?
    package var answer: Answer
    package var rules: [RuleTrace]
    package var amount: Fen?
    package var amountBecause: [String]
    /// How the amount would be paid.
    package var plan: [PlannedPart]
    /// Of an archive: deep, relative, accident.
    package var level: String?
    package var parameters: [ParameterUsed]
    /// Why it can't be said yet: what isn't known, and what can't be computed.
    package var open: [Phrase]

    package init(
        asOf: Date? = nil, answer: Answer, rules: [RuleTrace], amount: Fen? = nil, amountBecause: [String],
        plan: [PlannedPart] = [], level: String? = nil, parameters: [ParameterUsed], open: [Phrase]
    ) {
        self.level = level
        self.asOf = asOf
        self.answer = answer
        self.rules = rules
        self.amount = amount
        self.amountBecause = amountBecause
        self.plan = plan
        self.parameters = parameters
        self.open = open
    }
}

/// One rule and what it saw.
package struct RuleTrace: Codable, Sendable {
    package var id: String
    package var answer: Answer
    package var says: String
    package var because: [String]
    package var source: String?

    package init(id: String, answer: Answer, says: String, because: [String], source: String? = nil) {
        self.id = id
        self.answer = answer
        self.says = says
        self.because = because
        self.source = source
    }
}

/// A part of what would be paid: how much, and when.
package struct PlannedPart: Codable, Sendable, Hashable {
    package var amount: Fen
    /// The day from which it is due, if the case is approved before; nil: so many working days after the approval.
    package var on: Day?
    package var workingDays: Int?
    /// Months after the first part.
    package var months: Int

    package init(amount: Fen, on: Day? = nil, workingDays: Int? = nil, months: Int = 0) {
        self.amount = amount
        self.on = on
        self.workingDays = workingDays
        self.months = months
    }

    /// When it is due, in words.
    package var due: Phrase {
        let first =
            switch (on, workingDays ?? 0) {
            case (let day?, _): Phrase("on \(day), or at the approval if that is later", "\(day)（批准晚于该日的，批准时）")
            case (nil, 0): Phrase("at the approval, on a working day", "批准当日，遇非工作日顺延")
            case (nil, let days): Phrase("\(days) working days after the approval", "批准后第\(days)个工作日")
            }
        guard months > 0 else { return first }
        return Phrase("\(months) months after the first", "首期后第\(months)个月")
    }
}

/// A figure that a rule or amount used.
package struct ParameterUsed: Codable, Sendable {
    package var name: String
    /// As rules read it: money in fen.
    package var value: Int64
    /// What `value` counts: fen, count, percent, days.
    package var unit: String
    package var region: String
    package var from: Day
    package var source: String
    /// As the register has it.
    package var title: String?

    package init(
        name: String, value: Int64, unit: String, region: String, from: Day, source: String, title: String? = nil
    ) {
        self.name = name
        self.value = value
        self.unit = unit
        self.region = region
        self.from = from
        self.source = source
        self.title = title
    }

    package var kind: FigureKind { FigureKind(base: unit) }
}
