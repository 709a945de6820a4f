package import Contract
import WorkingDays

/// One fact that doesn't fit its programme's form.
package struct FactProblem: Error, Sendable, Equatable {
    package let fact: String
    package let problem: Phrase
}

extension Pack {
    /// Facts as the case keeps them, read by the form from what was given: an amount in JSON's integers is fen, in a text it is
    /// yuan as people write it; null takes an answer away. What isn't given is left to the assessment, because a draft may be
    /// incomplete.
    ///
    /// Refuses unknown names, and values that are not of their kind or not among the answers, all at once.
    package func read(_ given: [String: JSONValue]) throws -> [String: JSONValue] {
        var facts: [String: JSONValue] = [:]
        var problems: [FactProblem] = []
        for (name, value) in given.sorted(by: { $0.key < $1.key }) {
            switch read(value, of: name) {
            case .success(let fact): facts[name] = fact
            case .failure(let problem): problems.append(problem)
            }
        }
        guard let first = problems.first else { return facts }
        throw Refusal.invalid(
            Phrase(
                "\(problems.count == 1 ? "A fact doesn't" : "\(problems.count) facts don't") fit the form of \(title).",
                "有\(problems.count)项与“\(title)”的表单不符。"),
            field: "facts.\(first.fact)", details: problems.map(\.problem))
    }

    private func read(_ value: JSONValue, of name: String) -> Result<JSONValue, FactProblem> {
        guard let definition = facts.first(where: { $0.name == name }) else {
            let known = facts.map { "\($0.name) (\($0.title))" }.joined(separator: ", ")
            return .failure(
                FactProblem(
                    fact: name,
                    problem: Phrase(
                        "\(programme) asks for no “\(name)”; it asks for \(known)",
                        "\(programme) 的表单没有“\(name)”；有：\(known)")
                ))
        }
        return definition.read(value)
    }
}

extension FactDefinition {
    /// The value that is kept, from JSON or from what a person wrote.
    func read(_ given: JSONValue) -> Result<JSONValue, FactProblem> {
        let value: JSONValue? =
            if case .string(let text) = given { text.isEmpty ? .null : written(text) } else { typed(given) }
        guard let value else {
            return failure(
                Phrase(
                    "must be \(kind.form.en), not \(Self.quoted(given))", "应为\(kind.form.zh)，不是\(Self.quoted(given))"))
        }
        if case .int(let fen) = value, kind == .fen, fen < 0 {
            return failure(Phrase("an amount must not be negative", "金额不能为负"))
        }
        if case .string(let text) = value, kind == .text { return checked(text) }
        return .success(value)
    }

    /// What a cell of an import says.
    func value(ofCell text: String) -> Result<JSONValue, FactProblem> {
        // A column of dates may hold a spreadsheet's own numbers for days.
        guard kind == .date, let day = Day(cell: text) else { return read(.string(text)) }
        return .success(.string(day.description))
    }

    private func typed(_ value: JSONValue) -> JSONValue? {
        switch (kind, value) {
        case (_, .null), (.fen, .int), (.int, .int), (.bool, .bool): value
        // 20260803 is a day as well without quotes.
        case (.date, .int(let number)) where number > 9_999_999: written(String(number))
        default: nil
        }
    }

    private func written(_ text: String) -> JSONValue? {
        switch kind {
        case .text: .string(text)
        case .fen: Fen(yuan: text).map { .int($0.rawValue) }
        case .int: Self.integer(text).map { .int($0) }
        case .bool: Self.flags[text.lowercased()].map { .bool($0) }
        case .date: Day(written: text).map { .string($0.description) }
        }
    }

    private func checked(_ text: String) -> Result<JSONValue, FactProblem> {
        guard oneOf.isEmpty || oneOf.contains(text) else {
            let answers = oneOf.joined(separator: ", ")
            return failure(Phrase("“\(text)” is none of \(answers)", "“\(text)”不在可选项内：\(answers)"))
        }
        guard text.length <= Self.longestText else {
            return failure(
                Phrase(
                    "must be at most \(Self.longestText) characters, not \(text.length)",
                    "最多\(Self.longestText)字，现有\(text.length)字"))
        }
        return .success(.string(text))
    }

    private func failure(_ problem: Phrase) -> Result<JSONValue, FactProblem> {
        .failure(FactProblem(fact: name, problem: Phrase("\(title): \(problem.en)", "\(title)：\(problem.zh)")))
    }

    private static func integer(_ text: String) -> Int64? {
        Int64(decimal: text)
    }

    private static func quoted(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): "“\(text.prefix(40))”"
        case .int(let number): String(number)
        case .bool(let flag): String(flag)
        case .null, .array, .object: "“…”"
        }
    }

    private static let flags: [String: Bool] = [
        "是": true, "有": true, "true": true, "yes": true, "1": true,
        "否": false, "无": false, "没有": false, "false": false, "no": false, "0": false,
    ]
    private static let longestText = 2_000
}

extension FactDefinition.Kind {
    /// As an answer of this kind looks.
    fileprivate var form: Phrase {
        switch self {
        case .text: Phrase("a text", "文字")
        case .fen: FigureKind.money.form
        case .int: Phrase("a whole number, as 12", "整数，如 12")
        case .bool: Phrase("yes or no (是, 否, true, false)", "是或否")
        case .date:
            Phrase("a day, as 2026-11-22, 2026/11/22 or 2026年11月22日", "日期，如 2026-11-22、2026/11/22 或 2026年11月22日")
        }
    }

    var shown: FactKind {
        switch self {
        case .text: .text
        case .fen: .amount
        case .int: .number
        case .bool: .flag
        case .date: .date
        }
    }
}
