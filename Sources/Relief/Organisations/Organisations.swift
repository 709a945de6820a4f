package import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// The tree of unions.
enum Organisations {
    /// Unions as shown, with their parents over time; one statement for all.
    static func views(_ unions: [Organisation], in context: some OperationContext) async throws -> [OrganisationView] {
        let rows = try await context.transaction.query(
            """
            SELECT l.organisation, p.code, p.name, p.line, l.fund_parent,
                   lower(l.valid) AS first, upper(l.valid) - 1 AS last
            FROM relief.organisation_parent l JOIN relief.organisation p ON p.id = l.parent
            WHERE l.organisation = ANY (\(unions.map(\.id))) ORDER BY lower(l.valid), p.code
            """)
        var parents: [UUID: [ParentView]] = [:]
        for row in rows {
            let union: UUID = try row["organisation"]
            parents[union, default: []].append(
                ParentView(
                    code: try row["code"], name: try row["name"], line: try row["line"],
                    fundParent: try row["fund_parent"], from: try row["first"], to: try row["last"]))
        }
        return unions.map {
            OrganisationView(
                code: $0.code, name: $0.name, level: $0.level, line: $0.line, path: $0.path, region: $0.region,
                parents: parents[$0.id] ?? [])
        }
    }

    /// Makes whatever changes the tree wait for one another: each must see the other's links and paths.
    static func lockTree(in context: CommandContext) async throws {
        try await context.transaction.execute("LOCK TABLE relief.organisation_parent IN SHARE ROW EXCLUSIVE MODE")
    }

    /// Codes from the root to the union that stands last in a path, along its fund parents of a day. Today's stand in the
    /// path.
    static func line(_ path: String, on day: Day, in context: some OperationContext) async throws -> [String] {
        let codes = path.split(separator: ".").map(String.init)
        guard day != context.today, let code = codes.last else { return codes }
        return try await context.transaction.value("SELECT relief.line_on(\(code), \(day))")
    }

    static func view(_ union: Organisation, in context: some OperationContext) async throws -> OrganisationView {
        try await views([union], in: context)[0]
    }
}

extension ListOrganisations: Answerable {
    package func answer(in context: QueryContext) async throws -> Page<OrganisationView> {
        let size = try Paging.size(limit)
        try Paging.requirePath(cursor)
        let top: Organisation? = if let under { try await .find(under, field: "under", in: context) } else { nil }
        let rows = try await context.transaction.query(
            """
            SELECT id, code, name, level, line, path, region FROM relief.organisation
            WHERE relief.in_scope(path) AND (\(top?.path)::ltree IS NULL OR path <@ \(top?.path)::ltree)
              AND (\(line)::text IS NULL OR line = \(line)) AND path > coalesce(\(cursor)::ltree, '')
            ORDER BY path LIMIT \(size + 1)
            """)
        let views = try await Organisations.views(rows.map(Organisation.init), in: context)
        return Paging.page(views, size: size, cursor: \.path)
    }
}

extension ShowOrganisation: Answerable {
    package func answer(in context: QueryContext) async throws -> OrganisationView {
        try await Organisations.view(.find(organisation, in: context), in: context)
    }
}
