import Contract
import FoundationEssentials
import Terminal
import WorkingDays

extension RunSheetView: Presented {
    func presentation() -> String {
        let table = Table(
            columns: [
                .init(title: Phrase("payee", "收款人").shown), .init(title: Phrase("account", "账号").shown),
                .init(title: Phrase("bank", "开户行").shown), .init(title: Phrase("yuan", "元").shown, isRight: true),
                .init(title: Phrase("for", "案件/期").shown),
            ],
            rows: items.map {
                ["\($0.holder ?? "***") (\($0.payee))", $0.account, $0.bank, $0.amount.description, $0.instalment]
                    .map(\.printableLine)
            })
        let sum = items.reduce(Fen.zero) { $0 + $1.amount }
        let rest =
            next.map {
                [
                    Phrase(
                        "\(items.count) of \(payments) payments, \(sum) of \(total) yuan; more: relief run sheet --run \(run) --cursor \($0)",
                        "以上\(items.count)笔（共\(payments)笔），\(sum)元（共\(total)元）；其余：relief run sheet --run \(run) --cursor \($0)"
                    ).shown
                ]
            } ?? []
        let head = Phrase(
            "Run \(run), from \(fund) (\(fundAccount)): \(payments) payments, \(total) yuan, on \(executeOn)",
            "批次\(run)，资金\(fund)（\(fundAccount)）：\(payments)笔，\(total)元，\(executeOn)付款")
        return ([head.shown, "", table.text] + rest + ["", SheetLine.text(sheet, current ? nil : madeAt)])
            .joined(separator: "\n")
    }
}

extension CaseSheetView: Presented {
    func presentation() -> String {
        let head = Phrase(
            "\(`case`)  \(programmeTitle) (\(programme)), \(organisation), \(subject), round \(round)",
            "\(`case`)  \(programmeTitle)（\(programme)），\(organisation)，\(subject)，第\(round)轮")
        var lines = [head.shown]
        lines += section(
            Phrase("Facts", "事项"),
            facts.sorted { $0.key < $1.key }.map { name, value in
                let known = form[name] ?? FactForm(title: "", kind: .text)
                return "\(name) = \(known.phrase(value).shown)  \(known.title)"
            })
        let judged = assessment.presentation().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        lines += section(Phrase("Assessment", "判断"), judged)
        lines += section(Phrase("Papers", "材料"), papers.map { "\($0.kind)  \($0.sha256.prefix(12))" })
        lines += section(Phrase("Visits", "走访"), visits.map { "\($0.on)  \($0.findings)" })
        lines += section(Phrase("Means checks", "经济核对"), means.map { "\($0.on)  \($0.findings)" })
        lines += section(
            Phrase("Decided on it", "据此决定"),
            decisions.map {
                [$0.step, $0.outcome.rawValue, $0.by, Presenter.time($0.at), $0.reason ?? ""].joined(separator: "  ")
            })
        return (lines + ["", SheetLine.text(sheet, current ? nil : madeAt)]).joined(separator: "\n")
    }

    private func section(_ title: Phrase, _ lines: [String]) -> [String] {
        lines.isEmpty
            ? [] : ["", title.shown + Phrase(":", "：").shown] + lines.map { $0.isEmpty ? "" : "  " + $0.printableLine }
    }
}

extension AccountSheetView: Presented {
    func presentation() -> String {
        let owner = ownerName.map { "\($0) (\(self.owner))" } ?? self.owner
        let rows = [
            (Phrase("owner", "所有人"), owner), (Phrase("name on it", "户名"), holder ?? "***"),
            (Phrase("bank", "开户行"), [bank, cnaps].compactMap(\.self).joined(separator: " ")),
            (Phrase("number", "账号"), "\(number) (\(kind.rawValue))"),
            (Phrase("registered", "登记"), "\(registeredBy) \(Presenter.time(registeredAt))"),
            (Phrase("usable from", "启用"), Presenter.time(usableFrom)), (Phrase("state", "状态"), state.rawValue),
        ]
        let lines = rows.map { "\($0.shown)\(Phrase(": ", "：").shown)\($1.printableLine)" }
        return (lines + doubts.map { "! \($0.shown)" } + ["", SheetLine.text(sheet, nil)]).joined(separator: "\n")
    }
}

private enum SheetLine {
    /// Which sheet it is; of an earlier one, since when.
    static func text(_ sheet: String, _ earlier: Date?) -> String {
        guard let earlier else { return Phrase("Sheet \(sheet)", "表单 \(sheet)").shown }
        let time = Presenter.time(earlier)
        return Phrase("Sheet \(sheet), an earlier one, of \(time)", "表单 \(sheet)（\(time)的旧表单）").shown
    }
}
