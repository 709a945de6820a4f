package import Contract
import FoundationEssentials
import Postgres
import WorkingDays

extension AttachOrganisation: Executable {
    /// Puts a union under a parent of the territory or of its industry. Where another parent funds it, the union and all that
    /// is its own moves there: at once, or on the day by its schedule (`FollowParents`).
    package func execute(in context: CommandContext) async throws -> OrganisationView {
        let union = try await Organisation.find(organisation, in: context)
        let above = try await Organisation.find(parent, field: "parent", in: context)
        context.concerns(union.code)
        context.concerns(above.code)
        let transaction = context.transaction
        try await Organisations.lockTree(in: context)
        try await refuseCircle(union, above, in: transaction)
        if try await transaction.exists(
            "SELECT FROM relief.organisation_parent WHERE organisation = \(union.id) AND lower(valid) > \(from)")
        {
            throw Refusal.conflict(
                Phrase(
                    "\(union.code) has a parent from a later day already (relief organisation show): choose that day, or one after it.",
                    "\(union.code)已定有更晚日期的上级（见relief organisation show）：请选该日或其后。"), field: "from")
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
                Phrase(
                    "Nobody would fund \(union.code) from \(from): exactly one parent does on any day; say that this one does (--fund-parent).",
                    "自\(from)起\(union.code)将没有资金上级：任何一天都须有且仅有一个，请注明由其负责资金（--fund-parent）。"), field: "fundParent"
            )
        }
        let move = try await OrganisationMove.foresee(union, from: from, in: context)
        if from <= context.today { try await Organisations.followParents(in: context) }
        var view = try await Organisations.view(.find(union.code, in: context), in: context)
        view.move = move
        return view
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
                Phrase(
                    "\(above.code) stands under \(union.code), so it can't be its parent: choose another.",
                    "\(above.code)在\(union.code)之下，不能作其上级：请另选。"), field: "parent")
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
