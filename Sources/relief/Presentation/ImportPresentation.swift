import Contract
import Terminal

extension ImportReport: Presented {
    func presentation() -> String {
        var lines = [counts.shown] + notes.map(\.shown)
        if !problems.isEmpty { lines += ["", remarks.text] }
        if let first = created.first, let last = created.last {
            let made =
                created.count == 1
                ? Phrase("Made \(first).", "新建 \(first)。")
                : Phrase(
                    "Made \(created.count), from \(first) to \(last).", "新建 \(created.count) 个，从 \(first) 到 \(last)。")
            lines += ["", made.shown]
        }
        return lines.joined(separator: "\n")
    }

    private var counts: Phrase {
        let parts = RowOutcome.allCases.map { outcome in
            Phrase("\(count(outcome)) \(outcome.title.en)", "\(outcome.title.zh) \(count(outcome))")
        }
        return Phrase("\(rows) rows: ", "共 \(rows) 行：").followed(by: parts.joined(", ", "，"), Phrase(".", "。"))
    }

    private var remarks: Table {
        let outcomes = Dictionary(outcomes.map { ($0.line, $0.outcome) }, uniquingKeysWith: { first, _ in first })
        return Table(
            columns: [
                .init(title: Phrase("line", "行").shown, isRight: true), .init(title: Phrase("outcome", "结果").shown),
                .init(title: Phrase("column", "列").shown), .init(title: Phrase("value", "值").shown),
                .init(title: Phrase("what", "原因").shown), .init(title: Phrase("what to do", "处理").shown),
            ],
            rows: problems.map {
                [
                    String($0.line), outcomes[$0.line]?.title.shown ?? "", $0.column,
                    ($0.value ?? "").printableLine, $0.problem.shown.printableLine, $0.advice.shown.printableLine,
                ]
            })
    }
}

extension Phrase {
    fileprivate func followed(by others: Phrase...) -> Phrase { ([self] + others).joined("", "") }
}
