package import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// Whose account it is.
struct AccountOwner: Sendable {
    /// Person number or organisation code.
    let number: String
    let person: UUID?
    let organisation: UUID?
    let name: String
    let path: String

    /// The person's, or the union's.
    var id: UUID? { person ?? organisation }

    static func find(_ number: String, field: String = "owner", in context: some OperationContext) async throws -> Self
    {
        guard number.contains("-P") else {
            let union = try await Organisation.find(number, field: field, in: context)
            return Self(number: union.code, person: nil, organisation: union.id, name: union.name, path: union.path)
        }
        let person = try await Person.find(number, field: field, in: context)
        try person.requireKept()
        return Self(
            number: person.number, person: person.id, organisation: nil, name: person.name, path: person.path)
    }
}

/// The accounts that people and unions are paid to.
enum Accounts {
    static let notFound = Refusal.notFound(Phrase("There is no such account.", "没有这个账户。"), field: "account")

    static let columns: SQL = """
        a.id, a.person, coalesce((SELECT p.number FROM relief.person p WHERE p.id = a.person),
                                 (SELECT o.code FROM relief.organisation o WHERE o.id = a.organisation)) AS owner,
        a.holder, a.bank, a.cnaps, a.account_masked, a.kind, a.status, a.usable_from, \(DoubtsInSight.columns)
        """

    /// An account with what is doubtful of it, kept or true today: whoever approves it, or pays to it, sees that.
    static func view(_ row: Row) throws -> PayeeAccountView {
        let isRetired = try row["status"] == AccountState.retired
        let warnings = isRetired ? [] : try DoubtsInSight(row).told.map(\.phrase)
        return PayeeAccountView(
            id: try row["id"], owner: try row["owner"], holder: try row["holder"], bank: try row["bank"],
            cnaps: try row["cnaps"], number: try row["account_masked"], kind: try row["kind"],
            state: try row["status"], usableFrom: try row["usable_from"], warnings: warnings)
    }

    /// Has those of newly registered numbers kept that are somebody's whom the asker may not know of: a union above both
    /// approves them.
    static func noteClashes(
        _ numbers: [(index: [UInt8], owner: String, path: String)], in context: CommandContext
    ) async throws {
        let indexes = numbers.map(\.index)
        let rows = try await context.seeingAll {
            try await $0.query(
                """
                SELECT a.account_index, a.org_path FROM relief.payee_account a
                WHERE a.account_index = ANY (\(indexes)) AND a.status <> 'retired' ORDER BY a.org_path
                """)
        }
        var others: [[UInt8]: String] = [:]
        for row in rows where try !context.principal.mayKnow(row["org_path"]) {
            others[try row["account_index"]] = try row["org_path"]
        }
        for number in numbers {
            guard let other = others[number.index] else { continue }
            context.met(Clash(.payeeAccount, asked: number.owner, own: number.path, other: other))
        }
    }

    static func view(_ id: UUID, in context: some OperationContext) async throws -> PayeeAccountView {
        var view = try view(
            await context.transaction.one("SELECT \(columns) FROM relief.payee_account a WHERE a.id = \(id)"))
        if let until = view.usableFrom.map({ Day($0) }), until > context.today {
            view.notes = try await Calendars.warnings(from: context.today, through: until, in: context)
        }
        return view
    }

    /// All accounts of people, the newest first.
    static func views(
        ofPersons ids: [UUID], in context: some OperationContext
    ) async throws -> [UUID: [PayeeAccountView]] {
        let rows = try await context.transaction.query(
            """
            SELECT \(columns) FROM relief.payee_account a WHERE a.person = ANY (\(ids))
            ORDER BY a.registered_at DESC, a.id
            """)
        var found: [UUID: [PayeeAccountView]] = [:]
        for row in rows { found[try row["person"], default: []].append(try view(row)) }
        return found
    }

    /// Working days that a changed or doubtful account waits before money goes to it.
    static let coolingOff = 3

    /// When an account registered today may first be paid to, if it is not its owner's first.
    static func endOfCoolingOff(in context: some OperationContext) async throws -> Date {
        endOfCoolingOff(of: context.today, by: try await Calendars.current(in: context))
    }

    static func endOfCoolingOff(of day: Day, by calendar: WorkingCalendar) -> Date {
        calendar.day(workingDays: coolingOff, after: day).adding(days: 1).start()
    }
}

extension ListAccounts: Answerable {
    package func answer(in context: QueryContext) async throws -> Page<PayeeAccountView> {
        let size = try Paging.size(limit)
        let top: Organisation? = if let organisation { try await .find(organisation, in: context) } else { nil }
        let after = try cursor.map { text in
            guard let id = UUID(uuidString: text) else {
                throw Refusal.invalid(
                    Phrase("A cursor must be one that a list gave.", "游标应是上一页给出的值。"), field: "cursor")
            }
            return id
        }
        let rows = try await context.transaction.query(
            """
            SELECT \(Accounts.columns) FROM relief.payee_account a
            WHERE (\(top?.path)::ltree IS NULL OR a.org_path <@ \(top?.path)::ltree)
              AND (\(state)::text IS NULL OR a.status = \(state))
              AND (\(after)::uuid IS NULL OR (a.registered_at, a.id) >
                   (SELECT q.registered_at, q.id FROM relief.payee_account q WHERE q.id = \(after)))
            ORDER BY a.registered_at, a.id LIMIT \(size + 1)
            """)
        return Paging.page(try rows.map { try Accounts.view($0) }, size: size) { $0.id.uuidString }
    }
}
