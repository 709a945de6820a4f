package import Contract
import FoundationEssentials
import Postgres

/// The register of figures: what each is called and what it counts, so that no two read the same digits differently.
enum Figures {
    /// What the delivered packs refer to; entered when the house is founded.
    static let delivered = [
        ParameterDefinition(name: "dibao_monthly", kind: .money, title: "城市低保月标准"),
        ParameterDefinition(name: "education_undergraduate", kind: .money, title: "金秋助学本科标准"),
        ParameterDefinition(name: "education_college", kind: .money, title: "金秋助学专科标准"),
        ParameterDefinition(name: "education_senior_high", kind: .money, title: "金秋助学高中标准"),
        ParameterDefinition(name: "refund_threshold", kind: .money, title: "经费返还：年均缴费上限"),
        ParameterDefinition(name: "refund_cap", kind: .money, title: "经费返还：每年封顶"),
    ]

    static func find(_ name: String, in context: some OperationContext) async throws -> ParameterDefinition {
        guard let figure = try await known(name, in: context) else {
            throw Refusal.notFound(
                Phrase(
                    "The register has no figure \(name): enter it first (relief parameter define --name \(name) --kind … --title …).",
                    "登记表中没有标准 \(name)：请先登记（relief parameter define --name \(name) --kind … --title …）。"),
                field: "name")
        }
        return figure
    }

    static func known(_ name: String, in context: some OperationContext) async throws -> ParameterDefinition? {
        try await context.transaction.first("SELECT name, kind, title FROM relief.figure WHERE name = \(name)")
            .map(definition)
    }

    /// Enters a figure, or corrects its title; what it counts can be corrected as long as nothing was set by it.
    static func enter(_ figure: ParameterDefinition, in context: CommandContext) async throws {
        try await context.transaction.execute(
            """
            INSERT INTO relief.figure (id, name, kind, title, defined_by, defined_at)
            VALUES (\(UUID()), \(figure.name), \(figure.kind), \(figure.title), \(context.principal.user), \(context.now))
            ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, title = excluded.title,
              defined_by = excluded.defined_by, defined_at = excluded.defined_at
            """)
    }

    /// Those of the names that the register doesn't have, in order.
    static func missing(of names: [String], in context: some OperationContext) async throws -> [String] {
        try await context.transaction.query(
            """
            SELECT n.name FROM unnest(\(names)) AS n (name)
            WHERE NOT EXISTS (SELECT FROM relief.figure f WHERE f.name = n.name) ORDER BY 1
            """
        ).map { try $0["name"] }
    }

    static func definition(_ row: Row) throws -> ParameterDefinition {
        ParameterDefinition(name: try row["name"], kind: try row["kind"], title: try row["title"])
    }
}

extension FigureKind: ParameterEncodable, ColumnDecodable {}

extension DefineParameter: Executable {
    package func execute(in context: CommandContext) async throws -> ParameterDefinition {
        let title = try NameText.checked(title, .institution, Phrase("title", "名称"), field: "title")
        let figure = ParameterDefinition(name: name, kind: kind, title: title)
        guard name.wholeMatch(of: /[a-z][a-z0-9_]{0,63}/) != nil else {
            throw Refusal.invalid(
                Phrase(
                    "The name must be small letters, digits and underscores, beginning with a letter.",
                    "名称代码应由小写字母、数字和下划线组成，以字母开头。"), field: "name")
        }
        if let known = try await Figures.known(name, in: context), known.kind != kind, try await isUsed(in: context) {
            throw Refusal.conflict(
                Phrase(
                    "\(name) counts \(known.kind.rawValue) and has values: what it counts never changes; enter another name.",
                    "\(name) 的类型为 \(known.kind.rawValue)，且已设有数值，类型不能更改；请另立名称代码。"), field: "kind")
        }
        try await Figures.enter(figure, in: context)
        context.note("parameter", .string(name))
        context.note("kind", .string(kind.rawValue))
        return figure
    }

    private func isUsed(in context: CommandContext) async throws -> Bool {
        try await context.transaction.exists("SELECT FROM relief.parameter WHERE name = \(name)")
    }
}

extension ListDefinitions: Answerable {
    package func answer(in context: QueryContext) async throws -> Page<ParameterDefinition> {
        let rows = try await context.transaction.query("SELECT name, kind, title FROM relief.figure ORDER BY name")
        return Page(items: try rows.map(Figures.definition))
    }
}
