package import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// Dated, regional figures with their source: 低保, caps, subsidy tables.
enum Parameters {
    /// Those of the names that were set for a place and day and wait for another's confirmation.
    static func waiting(_ names: [String], at path: String, on day: Day, in context: some OperationContext) async throws
        -> [String]
    {
        let line = try await Organisations.line(path, on: day, in: context)
        return try await context.transaction.query(
            """
            SELECT DISTINCT p.name FROM relief.parameter p JOIN relief.organisation o ON o.id = p.org_id
            WHERE p.name = ANY (\(names)) AND o.code = ANY (\(line)) AND p.valid @> \(day) AND p.confirmed_by IS NULL
            ORDER BY p.name
            """
        ).map { try $0["name"] }
    }

    /// The value of a figure as people write it. Refuses what its kind doesn't take.
    static func amount(_ value: String, unit: String?, of figure: ParameterDefinition) throws -> Int64 {
        guard let amount = figure.kind.value(of: value, unit: unit) else {
            let written = unit.map { "\(value) \($0)" } ?? value
            throw Refusal.invalid(
                Phrase(
                    "\(figure.name) (\(figure.title)) must be \(figure.kind.form.en), not “\(written.prefix(40))”.",
                    "\(figure.name)（\(figure.title)）应为\(figure.kind.form.zh)，不是“\(written.prefix(40))”。"),
                field: "value")
        }
        return amount
    }

    static func view(_ id: UUID, in context: some OperationContext) async throws -> ParameterView {
        try view(
            try await context.transaction.one(
                "SELECT \(columns) FROM \(tables) WHERE p.id = \(id)"))
    }

    static let columns: SQL = """
        p.name, f.title, f.kind, o.code, lower(p.valid) AS first, upper(p.valid) - 1 AS last, p.value, p.source,
        (SELECT u.login FROM relief.app_user u WHERE u.id = p.set_by) AS setter,
        (SELECT u.login FROM relief.app_user u WHERE u.id = p.confirmed_by) AS confirmer
        """

    static let tables: SQL =
        "relief.parameter p JOIN relief.figure f USING (name) JOIN relief.organisation o ON o.id = p.org_id"

    static func view(_ row: Row) throws -> ParameterView {
        ParameterView(
            name: try row["name"], title: try row["title"], kind: try row["kind"], region: try row["code"],
            from: try row["first"], to: try row["last"], value: try row["value"], source: try row["source"],
            setBy: try row["setter"], confirmedBy: try row["confirmer"])
    }

    static func taken(_ name: String, _ region: String) -> Refusal {
        .conflict(
            Phrase(
                "\(region) has a figure \(name) for some of these days already.", "\(region)在这段时间已有标准 \(name)。"),
            field: "from")
    }

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
              AND p.confirmed_by IS NOT NULL
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
    /// A value waits for another's confirmation. Once confirmed it ends one that has no end of its own; it isn't set where
    /// it overlaps others.
    package func execute(in context: CommandContext) async throws -> ParameterView {
        let figure = try await Figures.find(name, in: context)
        let union = try await Organisation.find(region, field: "region", in: context)
        if let to, to < from {
            throw Refusal.invalid(Phrase("The last day must not be before the first.", "截止日不能早于起始日。"), field: "to")
        }
        let amount = try Parameters.amount(value, unit: unit, of: figure)
        let row = try await context.transaction.one(
            """
            SELECT count(*) FILTER (WHERE confirmed_by IS NOT NULL AND NOT (upper_inf(valid) AND lower(valid) < \(from))) > 0
                     AS is_taken,
                   count(*) FILTER (WHERE confirmed_by IS NULL AND value = \(amount) AND lower(valid) = \(from)) > 0
                     AS is_waiting
            FROM relief.parameter
            WHERE name = \(name) AND org_id = \(union.id) AND valid && daterange(\(from), \(to), '[]')
            """)
        if try row["is_taken"] { throw Parameters.taken(name, region) }
        if try row["is_waiting"] {
            throw Refusal.conflict(
                Phrase(
                    "The same value of \(name) waits already: another person must confirm it (relief parameter confirm).",
                    "标准 \(name) 的同一数值已在等待确认：请由另一人确认（relief parameter confirm）。"), field: "value")
        }
        let id = UUID()
        try await context.transaction.execute(
            """
            INSERT INTO relief.parameter (id, name, org_id, org_path, valid, value, source, set_by, set_at)
            VALUES (\(id), \(name), \(union.id), \(union.path)::ltree, daterange(\(from), \(to), '[]'), \(amount),
                    \(source), \(context.principal.user), \(context.now))
            """)
        context.concerns(region)
        context.note("parameter", .string(name))
        context.note("value", .int(amount))
        return try await Parameters.view(id, in: context)
    }
}

extension ConfirmParameter: Executable {
    package func execute(in context: CommandContext) async throws -> ParameterView {
        let (id, union, amount) = try await Parameters.waiting(
            name, region: region, from: from, value: value, unit: unit, in: context)
        do {
            try await context.transaction.execute(
                """
                UPDATE relief.parameter SET valid = daterange(lower(valid), \(from))
                WHERE name = \(name) AND org_id = \(union.id) AND upper_inf(valid) AND lower(valid) < \(from)
                  AND confirmed_by IS NOT NULL
                """)
            try await context.transaction.execute(
                """
                UPDATE relief.parameter SET confirmed_by = \(context.principal.user), confirmed_at = \(context.now)
                WHERE id = \(id)
                """)
        } catch let error as PostgresError where error.constraint == "one_value_at_a_time" {
            throw Parameters.taken(name, region)
        }
        context.concerns(region)
        context.note("parameter", .string(name))
        context.note("value", .int(amount))
        return try await Parameters.view(id, in: context)
    }
}

extension WithdrawParameter: Executable {
    /// What nobody has confirmed may be taken back by whoever sets figures there; the log keeps that it was proposed.
    package func execute(in context: CommandContext) async throws -> ParameterView {
        let (id, _, amount) = try await Parameters.waiting(
            name, region: region, from: from, value: value, unit: unit, in: context)
        let view = try await Parameters.view(id, in: context)
        context.concerns(region)
        context.note("parameter", .string(name))
        context.note("value", .int(amount))
        context.note("reason", .string(try PublicReason.checked(reason)))
        try await context.transaction.execute("DELETE FROM relief.parameter WHERE id = \(id)")
        return view
    }
}

extension Parameters {
    /// The value that waits for another's confirmation, locked.
    fileprivate static func waiting(
        _ name: String, region: String, from: Day, value: String, unit: String?, in context: CommandContext
    ) async throws -> (id: UUID, union: Organisation, amount: Int64) {
        let figure = try await Figures.find(name, in: context)
        let union = try await Organisation.find(region, field: "region", in: context)
        let amount = try amount(value, unit: unit, of: figure)
        let waiting = try await context.transaction.first(
            """
            SELECT id FROM relief.parameter
            WHERE name = \(name) AND org_id = \(union.id) AND lower(valid) = \(from) AND value = \(amount)
              AND confirmed_by IS NULL ORDER BY set_at, id LIMIT 1 FOR UPDATE
            """)
        guard let waiting else {
            throw Refusal.notFound(
                Phrase(
                    "No such value of \(name) waits for \(region) from \(from) (relief parameter list --name \(name)).",
                    "\(region)没有自\(from)起、待确认的该数值的标准 \(name)（relief parameter list --name \(name)）。"), field: "value")
        }
        return (try waiting["id"], union, amount)
    }
}

extension ListParameters: Answerable {
    /// Those of the asker's unions, and of the unions above, whose figures hold there.
    package func answer(in context: QueryContext) async throws -> Page<ParameterView> {
        let rows = try await context.transaction.query(
            """
            SELECT \(Parameters.columns) FROM \(Parameters.tables)
            WHERE (\(name)::text IS NULL OR p.name = \(name)) AND (\(region)::text IS NULL OR o.code = \(region))
              AND (relief.in_scope(p.org_path) OR p.org_path @> ANY (relief.scope()))
            ORDER BY p.name, o.path, lower(p.valid), p.set_at LIMIT 500
            """)
        return Page(items: try rows.map { try Parameters.view($0) })
    }
}
