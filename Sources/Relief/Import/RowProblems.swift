import Contract

/// What is to be said of the rows of a file, for its report.
struct RowProblems {
    private(set) var list: [RowProblem] = []
    /// The lines that something is said of.
    private(set) var lines: Set<Int> = []

    /// `value` is shown in the report: masked where it is personal.
    mutating func add(_ row: CSV.Row, _ column: String, value: String? = nil, _ problem: Phrase, _ advice: Phrase) {
        lines.insert(row.line)
        list.append(RowProblem(line: row.line, column: column, value: value, problem: problem, advice: advice))
    }

    /// The value, or nil after the refusal has become a problem of the row.
    mutating func collect<Value>(
        _ row: CSV.Row, _ column: String, value: String? = nil, _ body: () throws -> Value
    ) rethrows -> Value? {
        do {
            return try body()
        } catch let refusal as Refusal {
            add(refusal, row, column, value: value)
            return nil
        }
    }

    mutating func add(_ refusal: Refusal, _ row: CSV.Row, _ column: String, value: String? = nil) {
        add(row, column, value: value, refusal.phrase, refusal.particulars?.joined("; ", "；") ?? Self.correct)
    }

    /// Says what is wrong with a row as a whole; false where nothing is.
    mutating func addFault(of row: CSV.Row) -> Bool {
        guard let fault = row.fault else { return false }
        add(row, "", fault.problem, fault.advice)
        return true
    }

    static let correct = Phrase("Correct the value and send the file again.", "改正后重新导入。")
}

extension Sequence<RowProblem> {
    /// By line, then in the order found.
    var byLine: [RowProblem] {
        enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }.map(\.element)
    }
}
