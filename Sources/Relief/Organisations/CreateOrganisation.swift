package import Contract
import FoundationEssentials
import Postgres
import WorkingDays

extension CreateOrganisation: Executable {
    package func execute(in context: CommandContext) async throws -> OrganisationView {
        guard let parent else {
            throw Refusal.conflict(
                Phrase(
                    "The tree has its root already: name the parent of \(code).",
                    "组织体系已有最上级工会：请指明 \(code) 的上级。"), field: "parent")
        }
        try await Organisations.lockTree(in: context)
        let above = try await Organisation.find(parent, field: "parent", in: context)
        guard level.rank > above.level.rank || (line == .industry && level.rank >= above.level.rank) else {
            throw Refusal.invalid(
                Phrase(
                    "A union of the level \(level.rawValue) can't stand under \(above.code), which is \(above.level.rawValue).",
                    "\(level.title.zh)工会不能设在\(above.level.title.zh)的 \(above.code) 之下。"),
                field: "level")
        }
        let union = try await Organisations.insert(self, under: above, in: context)
        try await context.transaction.execute(
            """
            INSERT INTO relief.organisation_parent (id, organisation, parent, line, fund_parent, valid)
            VALUES (\(UUID()), \(union.id), \(above.id), \(above.line), true, daterange(\(context.today), NULL))
            """)
        return try await Organisations.view(union, in: context)
    }
}

extension Organisations {
    /// Puts the row of a union under another, or at the root of the tree.
    static func insert(
        _ new: CreateOrganisation, under above: Organisation?, in context: CommandContext
    ) async throws -> Organisation {
        let code = new.code
        guard !code.isEmpty, code.utf8.count <= 32,
            code.utf8.allSatisfy({ (65...90).contains($0) || (48...57).contains($0) || $0 == 95 }), !code.hasPrefix("_")
        else {
            throw Refusal.invalid(
                Phrase(
                    "A union's code has 1 to 32 capital letters, digits and underscores, like XN or XN_JT; “\(code)” has not.",
                    "工会代码应为 1 至 32 个大写字母、数字和下划线，如 XN 或 XN_JT；“\(code)”不符。"),
                field: "code")
        }
        let name = try NameText.checked(new.name, .institution, NameText.title, field: "name")
        if let region = new.region,
            ![6, 12].contains(region.utf8.count) || !region.isDigits
        {
            throw Refusal.invalid(
                Phrase(
                    "A region is a GB/T 2260 code of 6 or 12 digits, like 630100.",
                    "地区应为 GB/T 2260 的 6 位或 12 位代码，如 630100。"), field: "region")
        }
        context.concerns(code)
        let path = above.map { "\($0.path).\(code)" } ?? code
        if let row = try await context.transaction.first(
            "SELECT path, relief.in_scope(path) AS is_seen FROM relief.organisation WHERE code = \(code)")
        {
            if try row["is_seen"] { throw Organisations.taken(code) }
            throw context.waits(.unionCode, code, own: above?.path ?? "", other: try row["path"], field: "code")
        }
        do {
            let row = try await context.transaction.one(
                """
                INSERT INTO relief.organisation (id, code, name, level, line, path, region, created_at)
                VALUES (\(UUID()), \(code), normalize(\(name)), \(new.level), \(new.line), \(path)::ltree,
                        \(new.region), \(context.now))
                RETURNING id, code, name, level, line, path, region
                """)
            return try Organisation(row)
        } catch let error as PostgresError where error.constraint == "organisation_code_key" {
            throw taken(code)
        }
    }

    private static func taken(_ code: String) -> Refusal {
        .conflict(
            Phrase("The code \(code) is taken: each union has its own.", "代码 \(code) 已被使用：各工会代码不得重复。"),
            field: "code")
    }
}

extension UnionLevel {
    /// 0 for the nation, 4 for a grassroots union.
    fileprivate var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
