package import Contract
import FoundationEssentials
import Postgres

extension ScreenCases: Executable {
    /// Looks at every employer of a subtree that paid fees in the year, and opens and submits a case for each one that
    /// qualifies; why another doesn't is said.
    package func execute(in context: CommandContext) async throws -> ScreeningReport {
        let version = try await Programmes.released(programme, in: context)
        guard version.pack.screening else {
            throw Refusal.invalid(
                Phrase(
                    "\(version.pack.title) is applied for, not screened.",
                    "\(version.pack.title)须由对象申请，不作筛查。"), field: "programme")
        }
        let union = try await Organisation.find(organisation, in: context)
        let employers = try await context.transaction.query(
            """
            SELECT e.id, e.uscc, e.name, o.code FROM relief.employer e JOIN relief.organisation o ON o.id = e.org_id
            WHERE e.org_path <@ \(union.path)::ltree
              AND EXISTS (SELECT FROM relief.remittance r WHERE r.employer = e.id AND r.year = \(year))
            ORDER BY e.uscc
            """)
        var report = ScreeningReport(examined: employers.count, qualified: 0, refused: [], cases: [])
        var tables = GrowingTables()
        for employer in employers {
            try await tables.grew(in: context)
            let subject = CaseSubject(employer: try employer["id"])
            let own = try await Organisation.find(employer["code"], in: context)
            do {
                let number = try await context.attempt {
                    let (file, _) = try await Cases.open(
                        version, organisation: own, subject: subject, facts: ["year": .int(Int64(year))], in: context)
                    try await Cases.submit(file, version, in: context)
                    return file.number
                }
                report.qualified += 1
                report.cases.append(number)
            } catch let refusal as Refusal {
                let reason = ([refusal.phrase] + (refusal.particulars ?? [])).joined("; ", "；")
                report.refused.append(
                    ScreeningRefusal(
                        employer: "\(try employer["name"] as String) (\(try employer["uscc"] as String))",
                        reason: reason))
            }
        }
        context.note("examined", .int(Int64(report.examined)))
        context.note("qualified", .int(Int64(report.qualified)))
        return report
    }
}
