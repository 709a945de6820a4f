package import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// Dated, regional figures with their source: 低保, caps, subsidy tables.
enum Parameters {
    /// The figures in force at a place on a day: of each name the one of the nearest union upward.
    static func inForce(_ names: [String], at path: String, on day: Day, in context: some OperationContext) async throws
        -> [String: ParameterUsed]
    {
        let rows = try await context.transaction.query(
            """
            SELECT DISTINCT ON (p.name) p.name, p.value, p.unit, o.code, lower(p.valid) AS first, p.source
            FROM relief.parameter p JOIN relief.organisation o ON o.id = p.org_id
            WHERE p.name = ANY (\(names)) AND p.org_path @> \(path)::ltree AND p.valid @> \(day)
            ORDER BY p.name, nlevel(p.org_path) DESC
            """)
        return try Dictionary(
            uniqueKeysWithValues: rows.map { row in
                let name: String = try row["name"]
                return (
                    name,
                    ParameterUsed(
                        name: name, value: try row["value"], unit: try row["unit"], region: try row["code"],
                        from: try row["first"], source: try row["source"])
                )
            })
    }

    static func view(_ row: Row) throws -> ParameterView {
        ParameterView(
            name: try row["name"], region: try row["code"], from: try row["first"], to: try row["last"],
            value: try row["value"], unit: try row["unit"], source: try row["source"])
    }
}

extension SetParameter: Executable {
    /// A figure without an end gives way to the next one; figures that overlap otherwise are refused.
    package func execute(in context: CommandContext) async throws -> ParameterView {
        let union = try await Organisation.find(region, field: "region", in: context)
        if let to, to < from { throw Refusal.invalid("The last day lies before the first.", field: "to") }
        try await context.transaction.execute(
            """
            UPDATE relief.parameter SET valid = daterange(lower(valid), \(from))
            WHERE name = \(name) AND org_id = \(union.id) AND upper_inf(valid) AND lower(valid) < \(from)
            """)
        do {
            try await context.transaction.execute(
                """
                INSERT INTO relief.parameter (id, name, org_id, org_path, valid, value, unit, source, set_by, set_at)
                VALUES (\(UUID()), \(name), \(union.id), \(union.path)::ltree, daterange(\(from), \(to), '[]'), \(value),
                        \(unit), \(source), \(context.principal.user), \(context.now))
                """)
        } catch let error as PostgresError where error.constraint == "one_value_at_a_time" {
            throw Refusal.conflict("\(region) has a figure \(name) for some of these days already.", field: "from")
        } catch let error as PostgresError where error.constraint == "parameter_name_check" {
            throw Refusal.invalid("The name of a figure has small letters, digits and underscores.", field: "name")
        }
        context.concerns(region)
        context.note("parameter", .string(name))
        context.note("value", .int(value))
        return ParameterView(name: name, region: region, from: from, to: to, value: value, unit: unit, source: source)
    }
}

extension ListParameters: Answerable {
    package func answer(in context: QueryContext) async throws -> Page<ParameterView> {
        let rows = try await context.transaction.query(
            """
            SELECT p.name, o.code, lower(p.valid) AS first, upper(p.valid) - 1 AS last, p.value, p.unit, p.source
            FROM relief.parameter p JOIN relief.organisation o ON o.id = p.org_id
            WHERE (\(name)::text IS NULL OR p.name = \(name)) AND (\(region)::text IS NULL OR o.code = \(region))
            ORDER BY p.name, o.path, lower(p.valid) LIMIT 500
            """)
        return Page(items: try rows.map(Parameters.view))
    }
}
