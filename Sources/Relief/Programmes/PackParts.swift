import Contract
import WorkingDays
import Yams

extension PackReader {
    /// The form of a programme: name, title, kind, whether it must be answered, and which answers there are.
    mutating func facts(_ node: Node?) -> [FactDefinition] {
        guard let node else { return [] }
        guard case .mapping(let mapping) = node else {
            report(node, "“facts” is a mapping of names to {title, type}")
            return []
        }
        return mapping.compactMap { key, value in
            guard let name = key.scalar?.string, name.wholeMatch(of: /[a-z][a-z0-9_]*/) != nil else {
                report(key, "the name of a fact has small letters, digits and underscores")
                return nil
            }
            let fields = fields(value, known: ["title", "type", "optional", "one_of"], of: "a fact")
            guard let title = text(fields["title"], "title", in: value),
                let kind: FactDefinition.Kind = choice(fields["type"], "type", in: value)
            else { return nil }
            let choices = list(fields["one_of"], "one_of").compactMap { text($0, "one_of", in: $0) }
            if !choices.isEmpty && kind != .text { report(value, "only a string has “one_of”") }
            return FactDefinition(
                name: name, title: title, kind: kind, required: !flag(fields["optional"], "optional"), oneOf: choices)
        }
    }

    mutating func step(_ node: Node) -> PackStep? {
        let fields = fields(
            node, known: ["kind", "title", "days", "working_days", "shows_amount", "bands"], of: "a step")
        let kind: PackStep.Kind? = choice(fields["kind"], "kind", in: node)
        let title = text(fields["title"], "title", in: node)
        let days = fields["days"].flatMap { number($0, "days", 1...250) }
        if kind == .notice && fields["working_days"] == nil {
            report(node, "a notice says for how many “working_days” it stands")
        }
        let noticeDays = fields["working_days"].flatMap { number($0, "working_days", 1...60) } ?? 0
        let bands = list(fields["bands"], "bands").compactMap { band($0) }
        if kind == .approve && bands.isEmpty {
            report(node, "an approval has “bands”: {up_to: 20,000元, people: n}, and a last one without up_to")
        }
        if let last = bands.last, last.upTo != nil {
            report(node, "the last band has no “up_to”, so that every amount has one")
        }
        guard let kind, let title else { return nil }
        return PackStep(
            kind: kind, title: title, days: days, noticeDays: noticeDays,
            showsAmount: flag(fields["shows_amount"], "shows_amount"), bands: bands)
    }

    private mutating func band(_ node: Node) -> PackStep.Band? {
        let fields = fields(node, known: ["up_to", "people"], of: "a band")
        guard let people = fields["people"] else {
            report(node, "“people” is missing")
            return nil
        }
        let upTo = fields["up_to"].flatMap { limit($0) }
        return number(people, "people", 1...9).map { PackStep.Band(upTo: upTo, people: $0) }
    }

    /// An amount as people write it, `20,000元` or `2万`. Bare digits are fen, as expressions have them, and easily mistaken.
    private mutating func limit(_ node: Node) -> Fen? {
        let text = node.scalar?.string ?? ""
        if text.isDigits, let fen = number(node, "up_to", 1...1_000_000_000_000).map({ Fen(Int64($0)) }) {
            warn(
                node,
                Phrase(
                    "“up_to” of bare digits is fen: \(fen) yuan; write the amount with its unit, as 20,000元",
                    "“up_to”只写数字时以分计：\(fen)元；请写明单位，如 20,000元"))
            return fen
        }
        guard let limit = Fen(yuan: text), limit > .zero else {
            report(node, Phrase("“up_to” must be an amount, as 20,000元", "“up_to”应为金额，如 20,000元"))
            return nil
        }
        return limit
    }

    mutating func intake(_ node: Node?) -> Pack.Intake? {
        guard let node else { return nil }
        let fields = fields(node, known: ["opens", "closes"], of: "intake")
        guard let opens = fields["opens"]?.scalar?.string.monthDay,
            let closes = fields["closes"]?.scalar?.string.monthDay
        else {
            report(node, "intake has “opens” and “closes”, days of the year like 07-01")
            return nil
        }
        return Pack.Intake(opens: opens, closes: closes)
    }
}

extension String {
    /// Reads `09-10`.
    var monthDay: MonthDay? {
        let parts = split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ (1...2).contains($0.utf8.count) }),
            let month = Int(digits: parts[0]), let day = Int(digits: parts[1]),
            // A leap year has every day that there is.
            Day(year: 2024, month: month, day: day) != nil
        else { return nil }
        return MonthDay(month: month, day: day)
    }
}
