package import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// Dated, regional figures with their source: 低保, caps, subsidy tables.
enum Parameters {
    /// The figures in force at a place on a day: of each name the one of the nearest union upward, along the fund parents of
    /// that day.
    static func inForce(_ names: [String], at path: String, on day: Day, in context: some OperationContext) async throws
        -> [String: ParameterUsed]
    {
        let line = try await Organisations.line(path, on: day, in: context)
        let rows = try await context.transaction.query(
            """
            SELECT DISTINCT ON (p.name) p.name, p.value, f.kind, f.title, o.code, lower(p.valid) AS first, p.source
            FROM relief.parameter p JOIN relief.figure f USING (name) JOIN relief.organisation o ON o.id = p.org_id
            WHERE p.name = ANY (\(names)) AND o.code = ANY (\(line)) AND p.valid @> \(day)
            ORDER BY p.name, array_position(\(line), o.code) DESC
            """)
        return try Dictionary(
            uniqueKeysWithValues: rows.map { row in
                let (name, kind): (String, FigureKind) = (try row["name"], try row["kind"])
                return (
                    name,
                    ParameterUsed(
                        name: name, value: try row["value"], unit: kind.base, region: try row["code"],
                        from: try row["first"], source: try row["source"], title: try row["title"])
                )
            })
    }
}

extension SetParameter: Executable {
    /// A figure without an end gives way to the next one; figures that overlap otherwise are refused.
    package func execute(in context: CommandContext) async throws -> ParameterView {
        let figure = try await Figures.find(name, in: context)
        let union = try await Organisation.find(region, field: "region", in: context)
        if let to, to < from {
            throw Refusal.invalid(Phrase("The last day must not be before the first.", "截止日不能早于起始日。"), field: "to")
        }
        guard let amount = figure.kind.value(of: value, unit: unit) else {
            let written = unit.map { "\(value) \($0)" } ?? value
            throw Refusal.invalid(
                Phrase(
                    "\(name) (\(figure.title)) must be \(figure.kind.form.en), not “\(written.prefix(40))”.",
                    "\(name)（\(figure.title)）应为\(figure.kind.form.zh)，不是“\(written.prefix(40))”。"),
                field: "value")
        }
        try await enter(amount, at: union, in: context)
        context.concerns(region)
        context.note("parameter", .string(name))
        context.note("value", .int(amount))
        return ParameterView(
            name: name, title: figure.title, kind: figure.kind, region: region, from: from, to: to, value: amount,
            source: source)
    }

    private func enter(_ amount: Int64, at union: Organisation, in context: CommandContext) async throws {
        try await context.transaction.execute(
            """
            UPDATE relief.parameter SET valid = daterange(lower(valid), \(from))
            WHERE name = \(name) AND org_id = \(union.id) AND upper_inf(valid) AND lower(valid) < \(from)
            """)
        do {
            try await context.transaction.execute(
                """
                INSERT INTO relief.parameter (id, name, org_id, org_path, valid, value, source, set_by, set_at)
                VALUES (\(UUID()), \(name), \(union.id), \(union.path)::ltree, daterange(\(from), \(to), '[]'), \(amount),
                        \(source), \(context.principal.user), \(context.now))
                """)
        } catch let error as PostgresError where error.constraint == "one_value_at_a_time" {
            throw Refusal.conflict(
                Phrase(
                    "\(region) has a figure \(name) for some of these days already.", "\(region)在这段时间已有标准 \(name)。"),
                field: "from")
        }
    }
}

extension ListParameters: Answerable {
    package func answer(in context: QueryContext) async throws -> Page<ParameterView> {
        let rows = try await context.transaction.query(
            """
            SELECT p.name, f.title, f.kind, o.code, lower(p.valid) AS first, upper(p.valid) - 1 AS last, p.value, p.source
            FROM relief.parameter p JOIN relief.figure f USING (name) JOIN relief.organisation o ON o.id = p.org_id
            WHERE (\(name)::text IS NULL OR p.name = \(name)) AND (\(region)::text IS NULL OR o.code = \(region))
            ORDER BY p.name, o.path, lower(p.valid) LIMIT 500
            """)
        let views = try rows.map { row in
            ParameterView(
                name: try row["name"], title: try row["title"], kind: try row["kind"], region: try row["code"],
                from: try row["first"], to: try row["last"], value: try row["value"], source: try row["source"])
        }
        return Page(items: views)
    }
}
