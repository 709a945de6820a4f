import Contract
import Postgres

/// Carries out a file row by row: each row for itself, and the whole file or its good rows.
enum RowImport {
    /// What a row came to, where it wasn't refused.
    enum Taken {
        case new(String?)
        /// What it says is known already, just so or otherwise: under this number.
        case same(String?), differs(String?)
    }

    /// At most this many rows in one command: it is one transaction.
    static let mostRows = 10_000

    /// `take` makes what a row asks for, or adds problems and gives nil. What it adds to a row that it takes are remarks.
    static func run(
        _ table: CSV, mode: ImportMode, in context: CommandContext,
        take: (CSV.Row, inout RowProblems) async throws -> Taken?
    ) async throws -> ImportReport {
        var problems = RowProblems()
        var outcomes: [RowReport] = []
        var tables = GrowingTables()
        do {
            try await context.attempt {
                for row in table.rows {
                    let taken = problems.addFault(of: row) ? nil : try await take(row, &problems)
                    outcomes.append(RowReport(row, taken))
                    try await tables.grew(in: context)
                }
                if mode == .all, outcomes.contains(where: { $0.outcome == .refused }) { throw Undone() }
            }
        } catch is Undone {
            outcomes = outcomes.map(\.undone)
        }
        return report(table, outcomes, problems.list.byLine, mode, in: context)
    }

    static func refuseTooMany(_ rows: Int) throws {
        guard rows > mostRows else { return }
        throw Refusal.tooLarge(
            Phrase(
                "The file has \(rows) rows; a file must have at most \(mostRows): cut it in parts.",
                "文件有 \(rows) 行，每个文件最多 \(mostRows) 行：请分成几个文件。"), field: "csv")
    }

    private static func report(
        _ table: CSV, _ outcomes: [RowReport], _ problems: [RowProblem], _ mode: ImportMode, in context: CommandContext
    ) -> ImportReport {
        let refused = outcomes.count { $0.outcome == .refused }
        let isUndone = mode == .all && refused > 0
        let made = isUndone ? [] : outcomes.filter { $0.outcome == .new }
        context.note("rows", .int(Int64(outcomes.count)))
        context.note("accepted", .int(Int64(made.count)))
        return ImportReport(
            rows: outcomes.count, accepted: made.count, refused: refused, outcomes: outcomes,
            problems: Array(problems.prefix(mostProblems)), created: made.compactMap(\.number),
            notes: table.notes + (isUndone ? [undone] : []) + unsaid(problems.count))
    }

    /// Nobody reads more, and a report is kept under its key.
    static let mostProblems = 1_000

    /// What is said where more is to be said of the rows than a report holds.
    static func unsaid(_ problems: Int) -> [Phrase] {
        guard problems > mostProblems else { return [] }
        return [
            Phrase(
                "There are \(problems) remarks; the first \(mostProblems) are shown: correct these and send the file again.",
                "共有 \(problems) 条提示，只列出前 \(mostProblems) 条：请先改正这些，再重新导入。")
        ]
    }

    /// What is said of a file that was asked for as a whole.
    static let undone = Phrase(
        "Nothing was taken in: the whole file was asked for (mode all), and rows of it are refused.",
        "未导入任何内容：要求整份导入（mode all），但有的行被退回。")

    private struct Undone: Error {}
}

extension RowReport {
    fileprivate init(_ row: CSV.Row, _ taken: RowImport.Taken?) {
        switch taken {
        case .new(let number): self.init(line: row.line, outcome: .new, number: number)
        case .same(let number): self.init(line: row.line, outcome: .same, number: number)
        case .differs(let number): self.init(line: row.line, outcome: .differs, number: number)
        case nil: self.init(line: row.line, outcome: .refused)
        }
    }

    /// What was made and taken back has no number.
    var undone: RowReport {
        outcome == .new || outcome == .doubted ? RowReport(line: line, outcome: outcome) : self
    }
}

extension RowProblems {
    /// Carries out a row's part; where it is refused, the part is taken back and the refusal becomes a problem of the row.
    mutating func attempt<Value>(
        _ row: CSV.Row, _ column: String, value: String? = nil, in context: CommandContext,
        _ body: () async throws -> Value
    ) async throws -> Value? {
        do {
            return try await context.attempt(body)
        } catch let refusal as Refusal {
            add(refusal, row, column, value: value)
            return nil
        }
    }
}
