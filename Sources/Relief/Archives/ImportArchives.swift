package import Contract
import FoundationEssentials
import Postgres
import WorkingDays

extension ImportArchives: Executable {
    /// Takes over the archives of the national system as they stand there. The database refuses a second archive of a
    /// household, and one of a household with a member in another.
    package func execute(in context: CommandContext) async throws -> ImportReport {
        let union = try await Organisation.find(organisation, in: context)
        let table = try CSV(csv, columns: Self.columns, required: ["户号", "级别", "建档日期", "国家档案号"])
        let months = try await retestMonths(in: context)
        context.concerns(union.code)
        return try await RowImport.run(table, mode: mode, in: context) { row, problems in
            guard let entry = Self.entry(row, today: context.today, &problems) else { return nil }
            return try await problems.attempt(row, "户号", value: entry.household, in: context) {
                try await insert(entry, retestOn: entry.day.adding(months: months), under: union, in: context)
                context.concerns(entry.household)
                return entry.household
            }
        }
    }

    private struct Entry {
        let household: String
        let level: ArchiveLevel
        let day: Day
        let source: String
    }

    private static let columns = [
        ["户号", "household"], ["级别", "level"], ["建档日期", "archivedOn"], ["国家档案号", "nationalNumber"],
    ]
    private static let levels: [String: ArchiveLevel] = [
        "deep": .deep, "深度": .deep, "relative": .relative, "相对": .relative, "accident": .accident, "意外": .accident,
    ]

    private static func entry(_ row: CSV.Row, today: Day, _ problems: inout RowProblems) -> Entry? {
        for column in columns.compactMap(\.first) where row[column] == nil {
            problems.add(row, column, "nothing is given", "Fill in \(column).")
        }
        guard let household = row["户号"], let level = row["级别"], let day = row["建档日期"],
            let source = row["国家档案号"]
        else { return nil }
        let (knownLevel, knownDay) = (levels[level], Day(cell: day))
        if knownLevel == nil {
            problems.add(row, "级别", value: String(level.prefix(20)), "this is no level", "Write 深度, 相对 or 意外.")
        }
        let believed = ActDay.earliest...max(today, ActDay.earliest)
        if knownDay.map({ !believed.contains($0) }) ?? true {
            problems.add(
                row, "建档日期", value: String(day.prefix(20)), "this is no day up to today",
                "Write it as 2025-03-01 or 2025年3月1日.")
        }
        guard let knownLevel, let knownDay, believed.contains(knownDay) else { return nil }
        return Entry(household: household, level: knownLevel, day: knownDay, source: source)
    }

    private func insert(_ entry: Entry, retestOn: Day, under union: Organisation, in context: CommandContext)
        async throws
    {
        let home = try await context.transaction.first(
            """
            SELECT id FROM relief.household WHERE number = \(entry.household) AND org_path <@ \(union.path)::ltree
            """)
        guard let home else {
            throw Refusal.notFound(
                "There is no household \(entry.household) under \(union.code); check the number (relief household list)."
            )
        }
        let household: UUID = try home["id"]
        do {
            try await context.transaction.execute(
                """
                INSERT INTO relief.archive (id, household, source, level, archived_on, retest_on)
                VALUES (\(UUID()), \(household), \(entry.source), \(entry.level), \(entry.day), \(retestOn))
                """)
        } catch let error as PostgresError where error.constraint == "one_active_archive" {
            throw Refusal.conflict("Household \(entry.household) has an active archive already.")
        } catch let error as PostgresError where error.constraint == "archive_source_key" {
            throw Refusal.conflict("The national number of this row was taken over before.")
        }
    }

    /// When archives are tested again: as the programme of kind archive says that is in force.
    private func retestMonths(in context: CommandContext) async throws -> Int {
        let row = try await context.transaction.first(
            """
            SELECT programme FROM relief.programme_version WHERE kind = 'archive' AND state = 'released'
            ORDER BY programme LIMIT 1
            """)
        guard let row else { return 12 }
        return try await Programmes.released(row["programme"], in: context).pack.retestMonths ?? 12
    }
}
