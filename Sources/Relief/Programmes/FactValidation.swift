package import Contract
import WorkingDays

/// One fact that doesn't fit its programme's form.
package struct FactProblem: Sendable, Equatable {
    package let fact: String
    package let problem: String
}

extension Pack {
    /// Whether facts fit the form: unknown names, wrong kinds, values outside `one_of`. What is missing is left to the
    /// assessment, because a draft may be incomplete.
    package func validate(_ given: [String: JSONValue]) -> [FactProblem] {
        given.sorted { $0.key < $1.key }.compactMap { name, value in
            guard let definition = facts.first(where: { $0.name == name }) else {
                let known = facts.map(\.name).sorted().joined(separator: ", ")
                return FactProblem(fact: name, problem: "\(programme) asks for no “\(name)”; it asks for \(known)")
            }
            return definition.problem(of: value).map { FactProblem(fact: name, problem: "\(definition.title): \($0)") }
        }
    }
}

extension FactDefinition {
    fileprivate func problem(of value: JSONValue) -> String? {
        switch (kind, value) {
        case (_, .null), (.int, .int), (.bool, .bool): return nil
        case (.fen, .int(let fen)): return fen < 0 ? "an amount isn't negative" : nil
        case (.date, .string(let text)): return Day(text) == nil ? "“\(text)” is no day; write it as 2026-11-22" : nil
        case (.text, .string(let text)):
            if oneOf.isEmpty { return text.count > 2_000 ? "at most 2,000 characters" : nil }
            return oneOf.contains(text) ? nil : "“\(text)” is none of \(oneOf.joined(separator: ", "))"
        case (.fen, _): return "a whole number of fen"
        case (.int, _): return "a whole number"
        case (.bool, _): return "true or false"
        case (.date, _): return "a day such as 2026-11-22"
        case (.text, _): return "a text"
        }
    }

    /// Reads a cell of an import: amounts in yuan, 是/否 for yes and no. Throws the problem in words.
    func value(ofCell text: String) -> Result<JSONValue, CellProblem> {
        if text.isEmpty { return .success(.null) }
        let value: JSONValue? =
            switch kind {
            case .text, .date: .string(text)
            case .fen: Fen(yuan: text).map { .int($0.rawValue) }
            case .int: Int64(text).map { .int($0) }
            case .bool:
                ["是": true, "true": true, "1": true, "否": false, "false": false, "0": false][text].map { .bool($0) }
            }
        guard let value else {
            let form =
                ["fen": "an amount in yuan such as 6,000.00", "int": "a whole number", "bool": "是 or 否"][kind.rawValue]
                ?? ""
            return .failure(CellProblem(description: "“\(text)” is not \(form)"))
        }
        return problem(of: value).map { .failure(CellProblem(description: $0)) } ?? .success(value)
    }
}

/// Why a cell can't be read.
struct CellProblem: Error {
    let description: String
}
