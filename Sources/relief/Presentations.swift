import Contract
import WorkingDays

extension ImportReport: Presented {
    func presentation() -> String {
        var lines = ["\(rows) rows: \(accepted) accepted, \(refused) refused."]
        if !problems.isEmpty {
            let table = Table(
                columns: [
                    .init(title: "line", isRight: true), .init(title: "column"), .init(title: "value"),
                    .init(title: "what"), .init(title: "what to do"),
                ],
                rows: problems.map { [String($0.line), $0.column, $0.value ?? "", $0.problem, $0.advice] })
            lines += ["", table.text]
        }
        if let first = created.first, let last = created.last {
            lines += ["", created.count == 1 ? "Made \(first)." : "Made \(created.count), from \(first) to \(last)."]
        }
        return lines.joined(separator: "\n")
    }
}

extension Explanation: Presented {
    func presentation() -> String {
        let basis = asOf.map { "On the sheet of \(Presenter.time($0)): " } ?? ""
        var lines = [basis + (eligible ? "Yes, because" : missing.isEmpty ? "No, because" : "It can't be said yet.")]
        // What decides stands first: for a no, the rules that failed.
        for rule in rules.filter({ $0.passed == eligible }) + rules.filter({ $0.passed != eligible }) {
            lines.append("  \(rule.passed ? "✓" : "✗") \(rule.says)")
            lines += rule.because.map { "      \($0)" }
            if let source = rule.source { lines.append("      — \(source)") }
        }
        if let amount {
            lines += ["", "Amount: \(amount) yuan"] + amountBecause.map { "  \($0)" }
        }
        if !parameters.isEmpty {
            let table = Table(
                columns: [
                    .init(title: "figure"), .init(title: "value", isRight: true), .init(title: "unit"),
                    .init(title: "region"), .init(title: "from"), .init(title: "source"),
                ],
                rows: parameters.map {
                    [
                        $0.name, $0.unit == "fen" ? Fen($0.value).description : String($0.value),
                        $0.unit == "fen" ? "yuan" : $0.unit, $0.region, $0.from.description, $0.source,
                    ]
                })
            lines += ["", table.text]
        }
        if !missing.isEmpty { lines += ["", "Missing:"] + missing.map { "  \($0)" } }
        return lines.joined(separator: "\n")
    }
}

extension VerifyReport: Presented {
    func presentation() -> String {
        let counted = "\(leaves) leaves, \(tables) tables, \(rows) rows, \(papers) papers"
        guard !intact else { return "Intact: \(counted).\n\n\(checkpoint)" }
        let table = Table(
            columns: [.init(title: "what"), .init(title: "where"), .init(title: "detail")],
            rows: findings.map { [$0.what, $0.where, $0.detail] })
        let found = findings.count == 1 ? "1 finding" : "\(findings.count) findings"
        return "NOT INTACT: \(found) in \(counted).\n\n\(table.text)\n\n\(checkpoint)"
    }
}

extension Document: Presented {
    func presentation() -> String { text.hasSuffix("\n") ? String(text.dropLast()) : text }
}

extension Revealed: Presented {
    func presentation() -> String { value }
}

extension KeyView: Presented {
    func presentation() -> String { vkey }
}

extension AuditProof: Presented {
    func presentation() -> String { proof }
}

/// A reply that says yes or no: a no is the exit code 1, for scripts.
protocol Verdict {
    var holds: Bool { get }
}

extension VerifyReport: Verdict {
    var holds: Bool { intact }
}

extension PackReport: Verdict {
    var holds: Bool { valid }
}

extension ImportReport: Verdict {
    var holds: Bool { refused == 0 }
}

extension Reconciliation: Verdict {
    var holds: Bool { balanced }
}

extension DoctorReport: Verdict {
    var holds: Bool { ok }
}
