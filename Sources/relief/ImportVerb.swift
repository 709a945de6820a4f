import ArgumentParser
import Contract
import FoundationEssentials
import Terminal

/// A verb that takes in a file row by row.
protocol ImportVerb: CommandVerb where Asked.Reply == ImportReport {
    var taking: ImportOptions { get }
}

extension ImportVerb {
    /// To look is to do it all and take it back: the report is the same.
    var sent: (key: String?, dryRun: Bool) { (sending.key, sending.dryRun || taking.look) }
}

/// What every verb that takes in a file takes.
struct ImportOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Table as a spreadsheet saves it: CSV in UTF-8, UTF-16 or GB18030, parted by commas, tabs or semicolons.",
            valueName: "file")) var csvFile: String

    @Option(help: "all: one refused row leaves the whole file undone; valid: the others are taken in.")
    var mode: ImportMode = .all

    @Flag(help: "Only look: say of each row what would become of it, and change nothing.")
    var look = false

    func content() throws -> Data { try Files.data(csvFile) }
}

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
            Phrase("\(count(outcome)) \(outcome.phrase.en)", "\(outcome.phrase.zh) \(count(outcome))")
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
                    String($0.line), outcomes[$0.line]?.phrase.shown ?? "", $0.column,
                    ($0.value ?? "").printableLine, $0.problem.shown.printableLine, $0.advice.shown.printableLine,
                ]
            })
    }
}

extension Phrase {
    fileprivate func followed(by others: Phrase...) -> Phrase { ([self] + others).joined("", "") }
}

extension RowOutcome {
    fileprivate var phrase: Phrase {
        switch self {
        case .new: Phrase("new", "新增")
        case .same: Phrase("same", "相同")
        case .differs: Phrase("differs", "不同")
        case .doubted: Phrase("doubted", "存疑")
        case .refused: Phrase("refused", "退回")
        }
    }
}
