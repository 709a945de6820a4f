package import Contract
package import FoundationEssentials
import Postgres

/// An employer (用人单位) as its union knows it.
package struct Employer: Sendable {
    package let id: UUID
    package let uscc: String
    package let name: String
    package let kind: EmployerKind
    /// Its own grassroots union.
    package let organisation: UUID
    package let path: String

    /// The employer of a code, where the asker may see it; where several unions know it, the one nearest above or under
    /// `organisation`, else the first.
    package static func find(
        _ uscc: String, near organisation: Organisation? = nil, field: String? = "employer",
        in context: some OperationContext
    ) async throws -> Employer {
        let code = try CreditCode(uscc, field: field).text
        let row = try await context.transaction.first(
            """
            SELECT id, uscc, name, kind, org_id, org_path FROM relief.employer WHERE uscc = \(code)
            ORDER BY relief.on_one_line(org_path, \(organisation?.path)::ltree) DESC NULLS LAST,
              abs(nlevel(org_path) - nlevel(\(organisation?.path)::ltree)), org_path LIMIT 1
            """)
        guard let row else {
            throw Refusal.notFound(
                Phrase(
                    "There is no employer \(code); register it first (relief employer register).",
                    "没有统一社会信用代码为 \(code) 的用人单位；请先登记（relief employer register）。"), field: field)
        }
        return Employer(
            id: try row["id"], uscc: try row["uscc"], name: try row["name"], kind: try row["kind"],
            organisation: try row["org_id"], path: try row["org_path"])
    }
}

extension RegisterEmployer: Executable {
    package func execute(in context: CommandContext) async throws -> EmployerView {
        let code = try CreditCode(uscc)
        let title = try NameText.checked(name, .institution, NameText.title, field: "name")
        let organisation = try await Organisation.find(union, field: "union", in: context)
        context.concerns(code.text)
        do {
            try await context.transaction.execute(
                """
                INSERT INTO relief.employer (id, uscc, name, kind, org_id, org_path, created_at)
                VALUES (\(UUID()), \(code.text), normalize(\(title)), \(kind), \(organisation.id), \(organisation.path)::ltree,
                        \(context.now))
                """)
        } catch let error as PostgresError where error.sqlState == "23505" {
            throw Refusal.conflict(
                Phrase(
                    "\(organisation.code) knows the employer \(code.text) already.",
                    "\(organisation.code) 已登记用人单位 \(code.text)。"), field: "uscc")
        }
        return EmployerView(
            uscc: code.text, name: title, kind: kind, union: organisation.code, warnings: code.warnings)
    }
}

extension ListEmployers: Answerable {
    package func answer(in context: QueryContext) async throws -> Page<EmployerView> {
        let size = try Paging.size(limit)
        let top: Organisation? = if let under { try await .find(under, field: "under", in: context) } else { nil }
        let rows = try await context.transaction.query(
            """
            SELECT e.uscc, e.name, e.kind, o.code FROM relief.employer e JOIN relief.organisation o ON o.id = e.org_id
            WHERE (\(top?.path)::ltree IS NULL OR e.org_path <@ \(top?.path)::ltree)
              AND (\(cursor)::text IS NULL OR e.uscc || ' ' || o.code > \(cursor))
            ORDER BY e.uscc || ' ' || o.code LIMIT \(size + 1)
            """)
        let views = try rows.map { row in
            let uscc: String = try row["uscc"]
            return EmployerView(
                uscc: uscc, name: try row["name"], kind: try row["kind"], union: try row["code"],
                warnings: try CreditCode(uscc).warnings)
        }
        return Paging.page(views, size: size) { "\($0.uscc) \($0.union)" }
    }
}
