package import Contract
import FoundationEssentials
import Postgres

extension ShowCaseSheet: Answerable {
    package func answer(in context: QueryContext) async throws -> CaseSheetView {
        let file = try await CaseFile.find(`case`, in: context)
        guard let id = sheet ?? file.sheet else {
            throw Refusal.notFound(
                Phrase("Case \(file.number) was never shown to anybody who decides.", "案件\(file.number)还没有表单。"),
                field: "sheet")
        }
        let kept = try await Sheets.find(id, of: file.number, in: context)
        let shown = try kept.decode(CaseSheet.self)
        let pack = try await Programmes.version(file.version, in: context).pack
        let form = pack.facts.map { ($0.name, FactForm(title: $0.title, kind: $0.kind.shown)) }
        return CaseSheetView(
            case: file.number, sheet: kept.id, madeAt: kept.madeAt, current: kept.id == file.sheet,
            programme: shown.programme, programmeTitle: pack.title, organisation: shown.organisation,
            subject: shown.subject, period: shown.period, round: shown.round, facts: shown.facts,
            form: Dictionary(uniqueKeysWithValues: form),
            papers: shown.papers.map { SheetPaper(kind: $0.kind, sha256: $0.sha256) },
            visits: shown.visits.map { SheetFinding(on: $0.on, findings: $0.findings) },
            means: shown.means.map { SheetFinding(on: $0.on, findings: $0.findings) },
            assessment: Explanation(shown.assessment, asOf: kept.madeAt),
            decisions: try await CaseViews.decisions(of: file, in: context).filter { $0.sheet == kept.id },
            content: kept.content)
    }
}

extension ListCaseSheets: Answerable {
    package func answer(in context: QueryContext) async throws -> Page<SheetSummary> {
        let file = try await CaseFile.find(`case`, in: context)
        let decisions = Dictionary(grouping: try await CaseViews.decisions(of: file, in: context), by: \.sheet)
        let rows = try await context.transaction.query(
            """
            SELECT id, created_at FROM relief.sheet WHERE subject = \(file.number) ORDER BY created_at, id LIMIT 500
            """)
        return Page(
            items: try rows.map { row in
                let id: String = try row["id"]
                return SheetSummary(
                    sheet: id, madeAt: try row["created_at"], current: id == file.sheet,
                    decisions: (decisions[id] ?? []).map { "\($0.step) \($0.outcome.rawValue) \($0.by)" })
            })
    }
}
