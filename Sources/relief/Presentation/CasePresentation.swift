import Contract
import FoundationEssentials
import Terminal
import WorkingDays

extension CaseView: Brief {
    var brief: String {
        let open = steps.first { $0.state == .open }
        let place = open.map { ", now at \($0.title)" + ($0.dueOn.map { " (due \($0))" } ?? "") } ?? ""
        let granted = award.map { "; granted \($0.amount) yuan in \($0.instalments.count) part(s)" } ?? ""
        let head = "\(number) \(programmeTitle), \(subject.title): \(state.rawValue)\(place)\(granted)"
        return ([head] + warnings.map { "! \($0.shown)" }).joined(separator: "\n")
    }
}

extension SubjectView {
    /// The name, or what stands for it.
    var title: String { name ?? elsewhere?.text(in: .ofTerminal) ?? "" }
}

extension CaseView: Presented {
    func presentation() throws -> String {
        var lines = [
            "\(number)  \(programmeTitle) (\(programme) v\(version))  \(state.rawValue)\(step.map { ", at " + $0 } ?? "")",
            "\(subject.title) (\([subject.kind.rawValue, subject.number].compactMap(\.self).joined(separator: " "))), \(organisation); opened by \(openedBy) "
                + Presenter.time(openedAt),
        ]
        if let outcome { lines.append("Closed: \(outcome.rawValue)") }
        lines += warnings.map { "! \($0.shown)" }
        lines += section("Facts", factRows)
        if let assessment {
            let text = assessment.presentation().split(separator: "\n", omittingEmptySubsequences: false)
            lines += ["", "Assessment:"] + text.map { $0.isEmpty ? "" : "  \($0)" }
        }
        lines += section(
            "Steps",
            steps.map { step in
                [
                    "\(step.ordinal)", step.kind, step.title, step.state.rawValue,
                    step.doneAt.map(Presenter.time) ?? step.dueOn.map { "due \($0)" } ?? "",
                ]
            })
        lines += section(
            "Evidence", evidence.map { [$0.kind, $0.fileName, "\($0.size) bytes", $0.addedBy, $0.id.uuidString] })
        lines += section("Missing evidence", missingEvidence.map { [$0] })
        lines += section("Visits", visits.map { ["\($0.on)", $0.visitors.joined(separator: ", "), $0.findings] })
        lines += section("Means checks", means.map { ["\($0.on)", $0.source, $0.note ?? ""] })
        lines += section(
            "Decisions",
            decisions.map {
                // The sheet that it was taken on: relief case sheet --sheet.
                [
                    $0.step, $0.outcome.rawValue, $0.by, Presenter.time($0.at), String($0.sheet.prefix(12)),
                    $0.reason ?? "",
                ]
            })
        lines += awardLines
        lines += section(
            "Follow-up",
            followUps.map {
                [
                    "\($0.on)", $0.manner.rawValue, $0.finding,
                    $0.satisfied.map { $0 ? "satisfied" : "not satisfied" } ?? "",
                ]
            })
        lines += section(
            "Jobs",
            (jobs ?? []).map {
                ["\($0.id)", $0.kind, $0.state.rawValue, Presenter.time($0.finishedAt ?? $0.dueAt), $0.subject ?? ""]
            })
        lines += ["", "Sheet \(sheet)"]
        return lines.joined(separator: "\n")
    }

    private var awardLines: [String] {
        guard let award else { return [] }
        let fund = award.fund.map { " from \($0)" } ?? ""
        let head = "Award: \(award.amount) yuan, \(award.item)\(fund)\(award.stopped ? ", stopped" : "")"
        return ["", head]
            + aligned(
                award.instalments.map {
                    ["\($0.ordinal)", "\($0.dueOn)", $0.amount.description, $0.state.rawValue, $0.payment ?? ""]
                }, right: [2])
    }

    private func section(_ title: String, _ rows: [[String]]) -> [String] {
        rows.isEmpty ? [] : ["", title + ":"] + aligned(rows)
    }

    private func aligned(_ rows: [[String]], right: Set<Int> = []) -> [String] {
        guard let first = rows.first else { return [] }
        let columns = first.indices.map { Table.Column(title: "", isRight: right.contains($0)) }
        let lines = Table(columns: columns, rows: rows).text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.dropFirst().map { "  " + $0 }
    }

    /// Name, value as its form shows it, title; in the order of the names.
    var factRows: [[String]] {
        facts.sorted { $0.key < $1.key }.map { name, value in
            let form = form?[name] ?? FactForm(title: "", kind: .text)
            return [name, form.phrase(value).shown, form.title]
        }
    }
}
