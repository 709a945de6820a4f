import Contract
import Foundation
import WorkingDays

extension CaseSummary {
    static let wang = CaseSummary(
        number: "R-1", programme: "P04", organisation: "ah", subject: "王芳", state: .submitted, step: "review",
        amount: Fen(600_000), dueOn: Day("2026-11-30"))
    static let li = CaseSummary(
        number: "R-20", programme: "P04", organisation: "ah", subject: "Li, \"=Lei\"", state: .submitted,
        step: "review",
        amount: Fen(50))
}

extension CaseView {
    /// A case that waits for review; its sheet is told by its number.
    static func waiting(_ number: String) -> CaseView {
        CaseView(
            number: number, programme: "P04", programmeTitle: "临时救助", version: 2, organisation: "ah",
            subject: SubjectView(kind: .household, number: "H-7", name: "王芳"), state: .submitted, step: "review",
            facts: ["月收入": 120_000, "病种": "尿毒症"],
            steps: [StepView(ordinal: 1, kind: "review", title: "初审", state: .open, dueOn: Day("2026-11-30"))],
            evidence: [], missingEvidence: [], decisions: [], visits: [], means: [], followUps: [],
            sheet: "sheet-\(number)",
            openedBy: "li.lei", openedAt: Date(timeIntervalSince1970: 0), warnings: [])
    }
}
