import Contract
import FoundationEssentials
import Postgres

/// A person whom a union knows already, as a roster is held against the register.
struct KnownPerson: Sendable {
    /// An account that money may go to, or that waits.
    struct Account: Sendable {
        let index: [UInt8]
        let masked: String
        let holder: String
        let bank: String
        let cnaps: String?
    }

    let id: UUID
    let number: String
    let name: String
    /// Whether the register's name is the roster's, however it is written.
    let isSameName: Bool
    let phoneIndex: [UInt8]?
    let phoneMasked: String?
    let uscc: String?
    /// The household that the person lives in.
    let home: UUID?
    let homeNumber: String?
    let relation: String?
    let hasAccount: Bool
    /// Whether money is awarded already that a first account would draw to itself.
    let drawsMoney: Bool
    /// The union where such money is awarded which the asker may not know of.
    let drawsElsewhere: String?
    /// The union of a household that the person lives in and the asker may not know of, with the person's own.
    var livesElsewhere: (own: String, path: String)?
    var accounts: [Account] = []

    /// Those of a union among the people of a roster.
    static func among(
        _ people: [NewPerson], of union: Organisation, in context: some OperationContext
    ) async throws -> [IdentityNumber: KnownPerson] {
        let indexes = people.map { context.vault.blindIndex($0.identity.text, .idNumber) }
        let rows = try await context.transaction.query(
            """
            SELECT p.id, p.number, p.name, p.id_index, p.phone_index, p.phone_masked, m.household, h.number AS home,
                   m.relation, p.name_key = relief.name_key(told.name) AS is_same_name,
                   (SELECT e.uscc FROM relief.employer e WHERE e.id = p.employer) AS uscc,
                   EXISTS (SELECT FROM relief.payee_account a WHERE a.person = p.id) AS has_account,
                   relief.draws_awarded_money(p.id) AS draws_money,
                   (SELECT min(w.place::text) FROM relief.awarded_places(p.id) AS w
                    WHERE w.is_due AND NOT relief.in_scope(w.place)) AS draws_elsewhere
            FROM unnest(\(indexes), \(people.map(\.name))) AS told (id_index, name)
            JOIN relief.person p ON p.id_index = told.id_index AND p.org_id = \(union.id)
            LEFT JOIN relief.household_member m ON m.person = p.id AND upper_inf(m.valid)
            LEFT JOIN relief.household h ON h.id = m.household
            """)
        let ids: [UUID] = try rows.map { try $0["id"] }
        let accounts = try await accounts(of: ids, in: context)
        let elsewhere = try await NewHousehold.elsewhere(ids, from: context.today, in: context)
        var found: [[UInt8]: KnownPerson] = [:]
        for row in rows {
            var person = try KnownPerson(row)
            person.accounts = accounts[person.id] ?? []
            person.livesElsewhere = elsewhere[person.id].map { ($0.own, $0.path) }
            found[try row["id_index"]] = person
        }
        var known: [IdentityNumber: KnownPerson] = [:]
        for (person, index) in zip(people, indexes) { known[person.identity] = found[index] }
        return known
    }

    private init(_ row: Row) throws {
        id = try row["id"]
        number = try row["number"]
        name = try row["name"]
        isSameName = try row["is_same_name"]
        phoneIndex = try row["phone_index"]
        phoneMasked = try row["phone_masked"]
        uscc = try row["uscc"]
        home = try row["household"]
        homeNumber = try row["home"]
        relation = try row["relation"]
        hasAccount = try row["has_account"]
        drawsMoney = try row["draws_money"]
        drawsElsewhere = try row["draws_elsewhere"]
    }

    private static func accounts(
        of ids: [UUID], in context: some OperationContext
    ) async throws -> [UUID: [Account]] {
        let rows = try await context.transaction.query(
            """
            SELECT person, account_index, account_masked, holder_key, bank, cnaps FROM relief.payee_account
            WHERE person = ANY (\(ids)) AND status <> 'retired' ORDER BY status
            """)
        var found: [UUID: [Account]] = [:]
        for row in rows {
            found[try row["person"], default: []].append(
                Account(
                    index: try row["account_index"], masked: try row["account_masked"], holder: try row["holder_key"],
                    bank: try row["bank"], cnaps: try row["cnaps"]))
        }
        return found
    }
}
