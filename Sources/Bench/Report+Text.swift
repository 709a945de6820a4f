import Foundation

extension Report {
    /// A table for people.
    package var text: String {
        let head = ["work : beside what", "ours", "beside", "ratio", "bar", ""]
        let rows = lines.map { line in
            [
                line.row.title, number(line.ours), line.ceiling.map(number) ?? "", line.ratio.map(short) ?? "",
                line.row.bar.map(words) ?? "", line.isMet.map { $0 ? "met" : "missed" } ?? "",
            ]
        }
        let table = [head] + rows
        let widths = head.indices.map { column in table.map { $0[column].count }.max() ?? 0 }
        let text = table.map { cells in
            cells.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - cells[column].count)
                return column == 0 || column > 3 ? cells[column] + space : space + cells[column]
            }.joined(separator: "  ")
        }
        return (["PostgreSQL \(postgres), \(conditions)"] + text).joined(separator: "\n")
    }

    private var conditions: String {
        func word(_ isOn: Bool) -> String { isOn ? "on" : "off" }
        return "fsync \(word(options.fsync)), synchronous_commit \(word(options.synchronousCommit)), "
            + "\(options.jobs) jobs, a crowd of \(options.crowd), medians of \(options.rounds)"
    }

    private func words(_ bar: Row.Bar) -> String {
        switch bar {
        case .ratioAtLeast(let value): "ratio ≥ \(short(value))"
        case .ratioAtMost(let value): "ratio ≤ \(short(value))"
        case .oursAtMost(let value): "ours ≤ \(number(value))"
        }
    }

    private func short(_ value: Double) -> String { String(format: "%.2f", value) }

    private func number(_ value: Double) -> String { String(format: value < 100 ? "%.2f" : "%.0f", value) }
}
