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
            if let known = try await known(entry, row, &problems, in: context) { return known }
            return try await problems.attempt(row, "户号", value: entry.household, in: context) {
                try await insert(entry, retestOn: entry.day.adding(months: months), under: union, in: context)
                context.concerns(entry.household)
                return .new(entry.household)
            }
        }
    }

    /// What a row says where its archive was taken over for the household before: there is nothing to do, or it's otherwise.
    private func known(
        _ entry: Entry, _ row: CSV.Row, _ problems: inout RowProblems, in context: CommandContext
    ) async throws -> RowImport.Taken? {
        let found = try await context.transaction.first(
            """
            SELECT a.level, a.archived_on FROM relief.archive a JOIN relief.household h ON h.id = a.household
            WHERE a.source = \(entry.source) AND h.number = \(entry.household)
            """)
        guard let found else { return nil }
        let (level, begin): (ArchiveLevel, Day) = (try found["level"], try found["archived_on"])
        let told: [(column: String, isSame: Bool, registered: String)] = [
            ("级别", level == entry.level, level.rawValue), ("建档日期", begin == entry.day, "\(begin)"),
        ]
        for field in told where !field.isSame {
            problems.add(
                row, field.column, value: row[field.column],
                Phrase(
                    "The register has it otherwise for this archive, \(field.registered); it stays.",
                    "此档案登记的是 \(field.registered)，未更改。"),
                Phrase("Where the file is right: test the household again.", "如文件正确：请对该户重新认定。"))
        }
        return told.allSatisfy(\.isSame) ? .same(entry.household) : .differs(entry.household)
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
            problems.add(
                row, column, Phrase("Nothing is given.", "未填写。"), Phrase("Fill in \(column).", "请填写\(column)。"))
        }
        guard let household = row["户号"], let level = row["级别"], let day = row["建档日期"],
            let source = row["国家档案号"]
        else { return nil }
        let (knownLevel, knownDay) = (levels[level], Day(cell: day))
        if knownLevel == nil {
            problems.add(
                row, "级别", value: String(level.prefix(20)), Phrase("This is not a level.", "没有这个级别。"),
                Phrase("Write 深度, 相对 or 意外.", "请写“深度”“相对”或“意外”。"))
        }
        let believed = ActDay.earliest...max(today, ActDay.earliest)
        if knownDay.map({ !believed.contains($0) }) ?? true {
            problems.add(
                row, "建档日期", value: String(day.prefix(20)),
                Phrase("This is not a day up to today.", "不是今天或以前的日期。"),
                Phrase("Write it as 2025-03-01 or 2025年3月1日.", "请写成 2025-03-01 或 2025年3月1日。"))
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
                Phrase(
                    "There is no household \(entry.household) under \(union.code); check the number (relief household list).",
                    "\(union.code) 下没有户号 \(entry.household)；请核对（relief household list）。"))
        }
        let household: UUID = try home["id"]
        do {
            try await context.transaction.execute(
                """
                INSERT INTO relief.archive (id, household, source, level, archived_on, retest_on)
                VALUES (\(UUID()), \(household), \(entry.source), \(entry.level), \(entry.day), \(retestOn))
                """)
        } catch let error as PostgresError where error.constraint == "one_active_archive" {
            throw Refusal.conflict(
                Phrase("Household \(entry.household) has an active archive already.", "\(entry.household) 已有有效档案。"))
        } catch let error as PostgresError where error.constraint == "archive_source_key" {
            if let waits = context.waits(.archive, error, field: nil) { throw waits }
            throw Refusal.conflict(
                Phrase("The national number of this row was taken over before.", "该国家档案号已导入过。"))
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
