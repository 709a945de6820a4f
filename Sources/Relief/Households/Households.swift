package import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// The households of a subtree: one household, one record, one archive.
enum Households {
    static let columns: SQL = """
        h.id, h.number, h.address, (SELECT o.code FROM relief.organisation o WHERE o.id = h.org_id) AS organisation,
        (SELECT p.number FROM relief.person p WHERE p.id = h.head) AS head
        """

    static func view(
        _ id: UUID, warnings: [String] = [], in context: some OperationContext
    ) async throws -> HouseholdView {
        let row = try await context.transaction.one("SELECT \(columns) FROM relief.household h WHERE h.id = \(id)")
        var view = try await views([row], in: context)[0]
        view.warnings = warnings
        return view
    }

    /// Households with all their members over time and their archive; one statement for all of each kind.
    static func views(_ rows: [Row], in context: some OperationContext) async throws -> [HouseholdView] {
        let ids: [UUID] = try rows.map { try $0["id"] }
        let members = try await members(of: ids, in: context)
        let archives = try await archives(of: ids, in: context)
        return try rows.map { row in
            let id: UUID = try row["id"]
            return HouseholdView(
                number: try row["number"], organisation: try row["organisation"], head: try row["head"],
                address: try row["address"], members: members[id] ?? [], archive: archives[id], warnings: [])
        }
    }

    private static func members(
        of ids: [UUID], in context: some OperationContext
    ) async throws -> [UUID: [MemberView]] {
        let rows = try await context.transaction.query(
            """
            SELECT m.household, p.number, p.name, p.id_masked, m.relation, lower(m.valid) AS first,
                   upper(m.valid) - 1 AS last
            FROM relief.household_member m LEFT JOIN relief.person p ON p.id = m.person
            WHERE m.household = ANY (\(ids)) ORDER BY m.relation <> 'head', lower(m.valid), p.number_key, m.id
            """)
        var found: [UUID: [MemberView]] = [:]
        for row in rows {
            let number: String? = try row["number"]
            found[try row["household"], default: []].append(
                MemberView(
                    person: number, name: try row["name"], relation: try row["relation"],
                    idNumber: try row["id_masked"] ?? "", from: try row["first"], to: try row["last"],
                    elsewhere: number == nil ? .elsewhere : nil))
        }
        return found
    }

    /// The archive of each household: the active one, else the last.
    private static func archives(
        of ids: [UUID], in context: some OperationContext
    ) async throws -> [UUID: ArchiveView] {
        let rows = try await context.transaction.query(
            """
            SELECT DISTINCT ON (a.household) a.household, a.level, a.archived_on, a.ended_at, a.source, c.number
            FROM relief.archive a LEFT JOIN relief.case_file c ON c.id = a.case_id
            WHERE a.household = ANY (\(ids)) ORDER BY a.household, a.ended_at DESC NULLS FIRST
            """)
        var found: [UUID: ArchiveView] = [:]
        for row in rows {
            let (from, until): (Day, Date?) = (try row["archived_on"], try row["ended_at"])
            found[try row["household"]] = ArchiveView(
                level: try row["level"], from: from, until: until.map { Day($0) }, caseNumber: try row["number"],
                nationalNumber: try row["source"], active: until == nil)
        }
        return found
    }
}

extension ShowHousehold: Answerable {
    package func answer(in context: QueryContext) async throws -> HouseholdView {
        try await Households.view(Household.find(household, in: context).id, in: context)
    }
}

extension ListHouseholds: Answerable {
    package func answer(in context: QueryContext) async throws -> Page<HouseholdView> {
        let size = try Paging.size(limit)
        let top: Organisation? = if let organisation { try await .find(organisation, in: context) } else { nil }
        let rows = try await context.transaction.query(
            """
            SELECT \(Households.columns) FROM relief.household h
            WHERE h.org_path <@ ANY (relief.scope()) AND (\(top?.path)::ltree IS NULL OR h.org_path <@ \(top?.path)::ltree)
              AND h.number_key > relief.number_key(coalesce(\(cursor)::text, ''))
            ORDER BY h.number_key LIMIT \(size + 1)
            """)
        return Paging.page(try await Households.views(rows, in: context), size: size, cursor: \.number)
    }
}
