import Contract
import Terminal
import WorkingDays

extension Explanation: Presented {
    func presentation() -> String {
        let basis =
            asOf.map { Phrase("On the sheet of \(Presenter.time($0)): ", "依据\(Presenter.time($0))的表单：").shown } ?? ""
        var lines = [basis + verdict.shown]
        lines += open.map { "  ? \($0.shown)" }
        // What decides stands first: for a no, the rules that failed.
        for rule in rules.filter({ $0.answer == answer }) + rules.filter({ $0.answer != answer }) {
            lines.append("  \(rule.answer.mark) \(rule.says)")
            lines += rule.because.map { "      \($0)" }
            if let source = rule.source { lines.append("      — \(source)") }
        }
        if let level { lines += ["", Phrase("Level: \(level)", "级别：\(level)").shown] }
        if let amount { lines += money(amount) }
        if !parameters.isEmpty { lines += ["", figures.text] }
        return lines.joined(separator: "\n")
    }

    private var verdict: Phrase {
        switch answer {
        case .yes: Phrase("Yes, because", "符合，理由：")
        case .no: Phrase("No, because", "不符合，理由：")
        case .unknown: Phrase("It can't be said yet:", "目前还不能判断：")
        }
    }

    private func money(_ amount: Fen) -> [String] {
        let head = Phrase("Amount: \(amount) yuan", "金额：\(amount)元").shown
        let parts = plan.enumerated().map { ["\($0.offset + 1)", $0.element.amount.description, $0.element.due.shown] }
        let table = Table(
            columns: [
                .init(title: Phrase("part", "期").shown, isRight: true),
                .init(title: Phrase("yuan", "元").shown, isRight: true), .init(title: Phrase("due", "应发").shown),
            ], rows: parts)
        let lines = parts.isEmpty ? [] : table.text.split(separator: "\n").map { "  \($0)" }
        return ["", head] + amountBecause.map { "  \($0)" } + lines
    }

    private var figures: Table {
        Table(
            columns: [
                .init(title: Phrase("figure", "标准").shown), .init(title: Phrase("value", "数值").shown, isRight: true),
                .init(title: Phrase("region", "地区").shown), .init(title: Phrase("from", "起").shown),
                .init(title: Phrase("source", "依据").shown),
            ],
            rows: parameters.map { used in
                let title = used.title.map { "\($0) (\(used.name))" } ?? used.name
                return [title, used.kind.phrase(used.value).shown, used.region, used.from.description, used.source]
            })
    }
}

extension Answer {
    fileprivate var mark: String {
        switch self {
        case .yes: "✓"
        case .no: "✗"
        case .unknown: "?"
        }
    }
}
