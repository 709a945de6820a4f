package import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// The people of a subtree.
enum People {
    /// Columns of `relief.person p` for `views`; `today` decides which household a person is in.
    static func columns(today: Day) -> SQL {
        """
        p.id, p.number, p.name, p.id_masked, p.phone_masked, p.id_number, p.died_on, p.erased_at,
        (SELECT o.code FROM relief.organisation o WHERE o.id = p.org_id) AS organisation,
        (SELECT e.uscc FROM relief.employer e WHERE e.id = p.employer) AS employer,
        (SELECT h.number FROM relief.household_member m JOIN relief.household h ON h.id = m.household
         WHERE m.person = p.id AND m.valid @> \(today)) AS household
        """
    }

    static func view(
        _ id: UUID, warnings: [String] = [], in context: some OperationContext
    ) async throws -> PersonView {
        let row = try await context.transaction.one(
            "SELECT \(columns(today: context.today)) FROM relief.person p WHERE p.id = \(id)")
        var view = try await views([row], in: context)[0]
        view.warnings = warnings
        return view
    }

    /// People as staff see them: names in full, numbers masked; one statement for all of each kind.
    static func views(_ rows: [Row], in context: some OperationContext) async throws -> [PersonView] {
        let ids: [UUID] = try rows.map { try $0["id"] }
        let memberships = try await memberships(of: ids, in: context)
        let accounts = try await Accounts.views(ofPersons: ids, in: context)
        return try rows.map { row in
            let id: UUID = try row["id"]
            let erasedAt: Date? = try row["erased_at"]
            // One number that is damaged hides no other person of a list; whoever reveals it is told.
            let identity = try? IdentityNumber(row, context.vault)
            return PersonView(
                number: try row["number"], name: try row["name"], idNumber: try row["id_masked"] ?? "",
                phone: try row["phone_masked"], sex: identity?.sex, birthYear: identity?.birthDay.year,
                organisation: try row["organisation"], employer: try row["employer"],
                memberships: memberships[id] ?? [], household: try row["household"], diedOn: try row["died_on"],
                erased: erasedAt != nil, accounts: accounts[id] ?? [], warnings: [])
        }
    }

    private static func memberships(
        of ids: [UUID], in context: some OperationContext
    ) async throws -> [UUID: [MembershipView]] {
        let rows = try await context.transaction.query(
            """
            SELECT m.person, o.code, e.uscc, lower(m.valid) AS first, upper(m.valid) - 1 AS last
            FROM relief.membership m JOIN relief.organisation o ON o.id = m.org_id
            LEFT JOIN relief.employer e ON e.id = m.employer
            WHERE m.person = ANY (\(ids)) ORDER BY lower(m.valid), o.code
            """)
        var found: [UUID: [MembershipView]] = [:]
        for row in rows {
            found[try row["person"], default: []].append(
                MembershipView(
                    organisation: try row["code"], employer: try row["uscc"], from: try row["first"],
                    to: try row["last"]))
        }
        return found
    }
}

extension ShowPerson: Answerable {
    package func answer(in context: QueryContext) async throws -> PersonView {
        try await People.view(Person.find(person, in: context).id, in: context)
    }
}

extension ListPersons: Answerable {
    package func answer(in context: QueryContext) async throws -> Page<PersonView> {
        let size = try Paging.size(limit)
        let top: Organisation? = if let organisation { try await .find(organisation, in: context) } else { nil }
        let rows = try await context.transaction.query(
            """
            SELECT \(People.columns(today: context.today)) FROM relief.person p
            WHERE p.org_path <@ ANY (relief.scope()) AND (\(top?.path)::ltree IS NULL OR p.org_path <@ \(top?.path)::ltree)
              AND (\(name)::text IS NULL OR starts_with(p.name_key, relief.name_key(\(name))))
              AND p.number_key > relief.number_key(coalesce(\(cursor)::text, ''))
            ORDER BY p.number_key LIMIT \(size + 1)
            """)
        return Paging.page(try await People.views(rows, in: context), size: size, cursor: \.number)
    }
}

extension FindPerson: Answerable {
    /// Finds by the blind index, in the asker's subtrees only.
    package func answer(in context: QueryContext) async throws -> PersonView {
        let identity = try IdentityNumber(idNumber)
        let rows = try await context.transaction.query(
            """
            SELECT \(People.columns(today: context.today)) FROM relief.person p
            WHERE p.id_index = \(context.vault.blindIndex(identity.text, .idNumber)) ORDER BY p.org_path, p.number_key
            """)
        guard var first = try await People.views(rows, in: context).first else {
            throw Refusal.notFound(
                Phrase(
                    "Nobody with this identity number is registered; register the person first.",
                    "没有登记此身份证号的人；请先登记。"), field: "idNumber")
        }
        first.warnings = try rows.dropFirst().map { row in
            let (number, union): (String, String) = (try row["number"], try row["organisation"])
            return "\(union) knows the same person as \(number)."
        }
        return first
    }
}
