package import Contract
import FoundationEssentials
import Postgres
import WorkingDays

extension ImportRemittances: Executable {
    /// Takes in the tax bureau's list of union dues: an employer's quarter once; the same amount again is no fault and
    /// changes nothing, another amount is one.
    package func execute(in context: CommandContext) async throws -> ImportReport {
        let union = try await Organisation.find(organisation, in: context)
        let table = try CSV(
            csv,
            columns: [
                ["USCC", "uscc", "统一社会信用代码"], ["期间", "period", "所属期"], ["金额", "amount", "缴费金额"],
            ], required: ["USCC", "期间", "金额"])
        var problems = RowProblems()
        var remittances: [Remittance] = []
        for row in table.rows {
            let employer = try await employer(of: row, under: union, &problems, in: context)
            let period = Self.period(row["期间"] ?? "")
            if period == nil {
                problems.add(row, "期间", value: row["期间"], "This is no quarter.", "Write it as 2026Q1.")
            }
            let amount = Fen(yuan: row["金额"] ?? "").flatMap { $0 > .zero ? $0 : nil }
            if amount == nil {
                problems.add(row, "金额", value: row["金额"], "This is no amount paid.", "Write yuan, as 1409.50.")
            }
            guard let employer, let period, let amount else { continue }
            let new = Remittance(employer: employer, year: period.year, quarter: period.quarter, amount: amount)
            var known = remittances.first { $0.isSameQuarter(as: new) }?.amount
            if known == nil { known = try await new.known(in: context) }
            if let known, known != amount {
                problems.add(
                    row, "金额", value: row["金额"], "Another amount stands for this quarter: \(known) yuan.",
                    "Ask the tax bureau which holds.")
            } else {
                remittances.append(new)
            }
        }
        let sound = mode == .all && !problems.list.isEmpty ? [] : remittances
        for remittance in sound { try await remittance.enter(in: context) }
        context.concerns(union.code)
        context.note("rows", .int(Int64(table.rows.count)))
        context.note("accepted", .int(Int64(sound.count)))
        return ImportReport(
            rows: table.rows.count, accepted: sound.count, refused: table.rows.count - sound.count,
            problems: problems.sorted, created: [])
    }

    private func employer(
        of row: CSV.Row, under union: Organisation, _ problems: inout RowProblems, in context: CommandContext
    ) async throws -> Employer? {
        do {
            return try await Employer.find(row["USCC"] ?? "", near: union, field: "USCC", in: context)
        } catch let refusal as Refusal {
            problems.add(refusal, row, "USCC", value: row["USCC"])
            return nil
        }
    }

    /// `2026Q1`.
    private static func period(_ text: String) -> (year: Int, quarter: Int)? {
        let parts = text.uppercased().split(separator: "Q", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 4, let year = Int(digits: parts[0]),
            (2000...2200).contains(year),
            let quarter = Int(digits: parts[1]), (1...4).contains(quarter)
        else { return nil }
        return (year, quarter)
    }
}

/// Union dues that an employer paid for a quarter.
private struct Remittance {
    let employer: Employer
    let year: Int
    let quarter: Int
    let amount: Fen

    func isSameQuarter(as other: Remittance) -> Bool {
        (employer.id, year, quarter) == (other.employer.id, other.year, other.quarter)
    }

    /// What is on record for the quarter.
    func known(in context: CommandContext) async throws -> Fen? {
        try await context.transaction.first(
            """
            SELECT amount FROM relief.remittance
            WHERE employer = \(employer.id) AND year = \(year) AND quarter = \(quarter)
            """)?["amount"]
    }

    func enter(in context: CommandContext) async throws {
        try await context.transaction.execute(
            """
            INSERT INTO relief.remittance (id, employer, org_path, year, quarter, amount, source, imported_by, imported_at)
            VALUES (\(UUID()), \(employer.id), \(employer.path)::ltree, \(year), \(quarter), \(amount), 'tax',
              \(context.principal.user), \(context.now)) ON CONFLICT (employer, year, quarter) DO NOTHING
            """)
    }
}
