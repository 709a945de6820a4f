import Contract
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
    static let handlers: [Handler] = [
        .command(RegisterAccount.self), .command(ApproveAccount.self), .command(RevealAccount.self),
    ]

    static let columns: SQL = """
        a.id, a.person, coalesce((SELECT p.number FROM relief.person p WHERE p.id = a.person),
                                 (SELECT o.code FROM relief.organisation o WHERE o.id = a.organisation)) AS owner,
        a.holder, a.bank, a.cnaps, a.account_masked, a.kind, a.status, a.usable_from,
        a.holder <> coalesce((SELECT p.name FROM relief.person p WHERE p.id = a.person),
                             (SELECT o.name FROM relief.organisation o WHERE o.id = a.organisation)) AS is_in_other_name,
        a.status <> 'retired' AND relief.is_shared_account(a.account_index, coalesce(a.person, a.organisation)) AS is_shared
        """

    /// An account with what is doubtful of it: whoever approves it, or pays to it, sees that.
    static func view(_ row: Row, warnings: [String] = []) throws -> PayeeAccountView {
        var warnings = warnings
        let isRetired = try row["status"] == AccountState.retired
        if try !isRetired && row["is_in_other_name"] { warnings.append(inOtherName) }
        if try !isRetired && row["is_shared"] { warnings.append(shared) }
        return PayeeAccountView(
            id: try row["id"], owner: try row["owner"], holder: try row["holder"], bank: try row["bank"],
            cnaps: try row["cnaps"], number: try row["account_masked"], kind: try row["kind"],
            state: try row["status"], usableFrom: try row["usable_from"], warnings: warnings)
    }

    static func view(
        _ id: UUID, warnings: [String] = [], in context: some OperationContext
    ) async throws -> PayeeAccountView {
        let row = try await context.transaction.one("SELECT \(columns) FROM relief.payee_account a WHERE a.id = \(id)")
        var view = try view(row, warnings: warnings)
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

    static let inOtherName = "The name on the account is not the owner's: ask for a proxy."
    static let shared = "The same account is registered for somebody else: check who is paid."
    static let awarded = "Money is awarded already that would go to this account: another person approves it first."

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
