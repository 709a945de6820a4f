import Contract

/// What is wrong with the rows of a file, for its report.
struct RowProblems {
    private(set) var list: [RowProblem] = []

    /// The lines at fault.
    var lines: Set<Int> { Set(list.map(\.line)) }

    /// `value` is shown in the report: masked where it is personal.
    mutating func add(_ row: CSV.Row, _ column: String, value: String? = nil, _ problem: String, _ advice: String) {
        list.append(RowProblem(line: row.line, column: column, value: value, problem: problem, advice: advice))
    }

    /// The value, or nil after the refusal has become a problem of the row: its first sentence part is the problem, the
    /// rest the advice.
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
        let parts = refusal.message.split(separator: ";", maxSplits: 1)
        add(
            row, column, value: value, String(parts.first ?? "").trimmingWhitespace,
            parts.count > 1 ? String(parts[1]).trimmingWhitespace : "Correct the value and send the file again.")
    }

    /// By line, then in the order found.
    var sorted: [RowProblem] {
        list.enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }.map(\.element)
    }
}
