import Contract
import Foundation
import Relief
import Support
import Testing

/// 免申即享: who qualifies is found, not asked.
@Suite(.database)
struct ScreeningTests {
    private func employers(_ desk: Desk) async throws -> [String] {
        var made = Synthetic(seed: 8)
        let kinds: [EmployerKind] = [.private, .private, .stateOwned, .private]
        var codes: [String] = []
        for (index, kind) in kinds.enumerated() {
            let code = made.uscc()
            _ = try await desk.door.perform(
                RegisterEmployer(uscc: code, name: "企业\(index + 1)", kind: kind, union: "CD_01"), as: desk.office.worker
            )
            codes.append(code)
        }
        // Paid in the two years before, and in the year: below, at the threshold, public, and nothing this year.
        let paid = [
            ["9999.99", "9999.99", "800.00"], ["10000.00", "10000.00", "800.00"], ["1.00", "1.00", "800.00"],
            ["1.00", "1.00"],
        ]
        let lines = zip(codes, paid).flatMap { code, amounts in
            zip(["2024Q1", "2025Q1", "2026Q1"], amounts).map { "\(code),\($0),\($1)" }
        }
        let report = try await desk.door.perform(
            ImportRemittances(
                organisation: "XN", csv: "USCC,期间,金额\n" + lines.joined(separator: "\n"), mode: .all),
            as: desk.office.finance)
        #expect(report.problems.isEmpty, "\(report.problems)")
        return codes
    }

    @Test func `every employer that qualifies gets a case once, and why another doesn't is said`() async throws {
        let desk = try await Desk.open()
        let codes = try await employers(desk)
        let screen = ScreenCases(programme: "P08-B", organisation: "XN", year: 2026)
        let report = try await desk.door.perform(screen, as: desk.office.worker)
        #expect(report.examined == 3 && report.qualified == 1 && report.cases.count == 1, "\(report)")
        let file = try await desk.show(report.cases[0])
        #expect(file.subject.number == codes[0] && file.organisation == "CD_01" && file.state == .submitted)
        let explanation = try await desk.door.answer(ExplainCase(case: file.number), as: desk.office.worker)
        #expect(explanation.amount == Fen(80_000))
        #expect(report.refused.count == 2)
        #expect(
            report.refused.contains { $0.employer.contains(codes[1]) && $0.reason.en.contains("10,000") }, "\(report)")
        #expect(report.refused.contains { $0.employer.contains(codes[2]) && $0.reason.en.contains("国有") }, "\(report)")
        let again = try await desk.door.perform(screen, as: desk.office.worker)
        #expect(again.qualified == 0 && again.refused.count == 3)
        let entry = try await desk.door.answer(ShowAuditLog(command: "case.screen"), as: desk.office.admin).items
        #expect(entry[0].subjects.isEmpty && entry[1].subjects == [file.number])
    }

    @Test func `a programme that is applied for isn't screened`() async throws {
        let desk = try await Desk.open()
        let refusal = try await desk.refusal {
            try await desk.door.perform(
                ScreenCases(programme: "P04", organisation: "XN", year: 2026), as: desk.office.worker)
        }
        #expect(refusal.field == "programme")
    }
}
