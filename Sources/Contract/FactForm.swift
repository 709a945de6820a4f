import WorkingDays

/// What kind of answer a form asks for.
package enum FactKind: String, Codable, CaseIterable, Sendable {
    /// Written in yuan; fen where rules read it and in JSON's integers.
    case amount
    case number
    case flag
    case date
    case text
}

extension FactKind: Choice {
    package var title: Phrase {
        switch self {
        case .amount: Phrase("amount", "金额")
        case .number: Phrase("number", "数")
        case .flag: Phrase("yes or no", "是否")
        case .date: Phrase("date", "日期")
        case .text: Phrase("text", "文字")
        }
    }
}

/// A fact as its programme's form has it.
package struct FactForm: Codable, Sendable {
    package var title: String
    package var kind: FactKind

    package init(title: String, kind: FactKind) {
        (self.title, self.kind) = (title, kind)
    }

    /// A value as people read it: `80,000.00 yuan`, `是`.
    package func phrase(_ value: JSONValue) -> Phrase {
        switch (kind, value) {
        case (.amount, .int(let fen)): FigureKind.money.phrase(fen)
        case (_, .bool(let flag)): flag ? Phrase("yes", "是") : Phrase("no", "否")
        case (_, .int(let number)): Phrase(String(number), String(number))
        case (_, .string(let text)): Phrase(text, text)
        case (_, .null): Phrase("not answered yet", "尚未填写")
        case (_, .array), (_, .object): Phrase("?", "?")
        }
    }
}
