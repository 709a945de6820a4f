package import Contract
import FoundationEssentials
import Postgres
import WorkingDays

extension AttachOrganisation: Executable {
    /// Puts a union under a parent of the territory or of its industry. Who may see it stays as it was made: the path
    /// doesn't move.
    package func execute(in context: CommandContext) async throws -> OrganisationView {
        let union = try await Organisation.find(organisation, in: context)
        let above = try await Organisation.find(parent, field: "parent", in: context)
        context.concerns(union.code)
        context.concerns(above.code)
        let transaction = context.transaction
        // Two commands that hang unions under one another must see each other's links.
        try await transaction.execute("LOCK TABLE relief.organisation_parent IN SHARE ROW EXCLUSIVE MODE")
        try await refuseCircle(union, above, in: transaction)
        if try await transaction.exists(
            "SELECT FROM relief.organisation_parent WHERE organisation = \(union.id) AND lower(valid) > \(from)")
        {
            throw Refusal.conflict(
                "\(union.code) has a parent from a later day already: choose a later day.", field: "from")
        }
        try await end(linksOf: union, line: above.line, in: transaction)
        if fundParent { try await endFunding(of: union, in: transaction) }
        try await link(union, above.id, above.line, funds: fundParent, in: transaction)
        let isFunded = try await transaction.exists(
            """
            SELECT FROM relief.organisation_parent WHERE organisation = \(union.id) AND fund_parent AND valid @> \(from)
            """)
        guard isFunded else {
            throw Refusal.conflict(
                "Nobody would fund \(union.code) from \(from): exactly one parent does on any day.", field: "fundParent"
            )
        }
        return try await Organisations.view(union, in: context)
    }

    private func refuseCircle(_ union: Organisation, _ above: Organisation, in transaction: Transaction) async throws {
        let isBelow = try await transaction.exists(
            """
            WITH RECURSIVE above (id) AS (
              SELECT \(above.id)::uuid
              UNION SELECT l.parent FROM relief.organisation_parent l JOIN above ON l.organisation = above.id
                    WHERE upper_inf(l.valid) OR upper(l.valid) > \(from))
            SELECT FROM above WHERE id = \(union.id)
            """)
        if isBelow {
            throw Refusal.conflict(
                "\(above.code) stands under \(union.code), so it can't be its parent.", field: "parent")
        }
    }

    /// The parent of the same line until now gives way.
    private func end(linksOf union: Organisation, line: UnionLine, in transaction: Transaction) async throws {
        try await transaction.execute(
            """
            DELETE FROM relief.organisation_parent
            WHERE organisation = \(union.id) AND line = \(line) AND lower(valid) = \(from)
            """)
        try await transaction.execute(
            """
            UPDATE relief.organisation_parent SET valid = daterange(lower(valid), \(from))
            WHERE organisation = \(union.id) AND line = \(line) AND valid @> \(from)
            """)
    }

    /// The parent of the other line stays, but funds no more.
    private func endFunding(of union: Organisation, in transaction: Transaction) async throws {
        let row = try await transaction.first(
            """
            SELECT id, parent, line, lower(valid) = \(from) AS starts FROM relief.organisation_parent
            WHERE organisation = \(union.id) AND fund_parent AND valid @> \(from)
            """)
        guard let row else { return }
        let id: UUID = try row["id"]
        if try row["starts"] {
            try await transaction.execute("UPDATE relief.organisation_parent SET fund_parent = false WHERE id = \(id)")
            return
        }
        try await transaction.execute(
            "UPDATE relief.organisation_parent SET valid = daterange(lower(valid), \(from)) WHERE id = \(id)")
        try await link(union, try row["parent"], try row["line"], funds: false, in: transaction)
    }

    private func link(
        _ union: Organisation, _ above: UUID, _ line: UnionLine, funds: Bool, in transaction: Transaction
    ) async throws {
        try await transaction.execute(
            """
            INSERT INTO relief.organisation_parent (id, organisation, parent, line, fund_parent, valid)
            VALUES (\(UUID()), \(union.id), \(above), \(line), \(funds), daterange(\(from), NULL))
            """)
    }
}
