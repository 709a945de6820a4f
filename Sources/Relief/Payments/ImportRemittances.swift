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
        context.concerns(union.code)
        return try await RowImport.run(table, mode: mode, in: context) { row, problems in
            let employer = try await employer(of: row, under: union, &problems, in: context)
            let period = Self.period(row, &problems)
            let amount = Self.amount(row, &problems)
            guard let employer, let period, let amount else { return nil }
            let new = Remittance(employer: employer, year: period.year, quarter: period.quarter, amount: amount)
            guard let known = try await new.known(in: context) else {
                try await new.enter(in: context)
                return .new(nil)
            }
            if known == amount { return .same(nil) }
            problems.add(
                row, "金额", value: row["金额"],
                Phrase("Another amount stands for this quarter: \(known) yuan.", "该季度已登记另一金额：\(known) 元。"),
                Phrase("Ask the tax bureau which holds.", "请向税务部门核实。"))
            return nil
        }
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

    private static func amount(_ row: CSV.Row, _ problems: inout RowProblems) -> Fen? {
        if let amount = Fen(yuan: row["金额"] ?? ""), amount > .zero { return amount }
        problems.add(
            row, "金额", value: row["金额"], Phrase("This is not an amount paid.", "不是缴费金额。"),
            Phrase("Write yuan, as 1409.50.", "请以元为单位填写，如 1409.50。"))
        return nil
    }

    /// `2026Q1`.
    private static func period(_ row: CSV.Row, _ problems: inout RowProblems) -> (year: Int, quarter: Int)? {
        if let match = (row["期间"] ?? "").uppercased().wholeMatch(of: /(2[01][0-9]{2})Q([1-4])/),
            let year = Int(match.1), let quarter = Int(match.2)
        {
            return (year, quarter)
        }
        problems.add(
            row, "期间", value: row["期间"], Phrase("This is not a quarter.", "不是季度。"),
            Phrase("Write it as 2026Q1.", "请写成 2026Q1。"))
        return nil
    }
}

/// Union dues that an employer paid for a quarter.
private struct Remittance {
    let employer: Employer
    let year: Int
    let quarter: Int
    let amount: Fen

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
