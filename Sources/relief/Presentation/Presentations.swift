import Contract
import Terminal
import WorkingDays

extension PackReport: Presented {
    func presentation() -> String {
        let name = programme.map { "\($0) v\(version ?? 0)" } ?? "pack"
        let verdict =
            valid ? Phrase("\(name): good.", "\(name)：可用。") : Phrase("\(name): can't be used.", "\(name)：不可用。")
        let rows = [("✗", problems), ("!", warnings)].flatMap { mark, places in
            places.map { "  \(mark) \($0.line):\($0.column)  \($0.reason.shown)" }
        }
        return ([verdict.shown] + rows).joined(separator: "\n")
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
