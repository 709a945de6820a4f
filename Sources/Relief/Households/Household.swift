package import FoundationEssentials
import Contract
import Postgres
import WorkingDays

/// A household: the people who live together, of whom one is the head.
package struct Household: Sendable {
    package let id: UUID
    package let number: String
    package let head: UUID

    /// What a member is to the head, as a word that is asked for.
    static let relation = Phrase("relation", "关系")

    /// The household of a number, where the asker may see it with the operation's permission.
    package static func find(
        _ number: String, field: String? = "household", in context: some OperationContext
    ) async throws -> Household {
        let row = try await context.transaction.first(
            "SELECT id, number, head FROM relief.household WHERE number = \(number)")
        guard let row else {
            throw Refusal.notFound(
                Phrase(
                    "There is no household \(number); check the number (relief household list).",
                    "没有家庭户\(number)；请核对户号（relief household list）。"), field: field)
        }
        return Household(id: try row["id"], number: try row["number"], head: try row["head"])
    }
}

/// A household before it is a row.
struct NewHousehold: Sendable {
    struct Member: Sendable {
        let person: UUID
        let relation: String
    }

    let id = UUID()
    let number: String
    let head: UUID
    let address: String?
    /// All but the head.
    let members: [Member]

    /// The statements that make the rows; all members are in it from today.
    func insertions(union: Organisation, in context: CommandContext) -> [SQL] {
        let household: SQL = """
            INSERT INTO relief.household (id, number, head, address, org_id, org_path, created_at)
            VALUES (\(id), \(number), \(head), \(address), \(union.id), \(union.path)::ltree, \(context.now))
            """
        let people = [Member(person: head, relation: "head")] + members
        let rows: SQL = """
            INSERT INTO relief.household_member (id, household, person, relation, valid)
            SELECT m.id, \(id), m.person, m.relation, daterange(\(context.today), NULL)
            FROM unnest(\(people.map { _ in UUID() }), \(people.map(\.person)), \(people.map(\.relation))::text[])
                 AS m (id, person, relation)
            """
        return [household, rows]
    }

    /// Refuses people who live in a household that the asker may not know of, from the day on.
    static func refuseElsewhere(
        _ people: [UUID], from day: Day, field: String, in context: CommandContext
    ) async throws {
        let homes = try await elsewhere(people, from: day, in: context)
        guard let (_, home) = homes.min(by: { $0.value.number < $1.value.number }) else { return }
        throw context.waits(.household, home.number, own: home.own, other: home.path, field: field)
    }

    /// Who of the people lives in a household that the asker may not know of: number and union of each, and that household's.
    static func elsewhere(
        _ people: [UUID], from day: Day, in context: some OperationContext
    ) async throws -> [UUID: (number: String, own: String, path: String)] {
        let rows = try await context.seeingAll {
            try await $0.query(
                """
                SELECT p.id, p.number, p.org_path AS own, h.org_path AS path
                FROM relief.household_member m JOIN relief.household h ON h.id = m.household
                JOIN relief.person p ON p.id = m.person
                WHERE m.person = ANY (\(people)) AND m.valid && daterange(\(day), NULL)
                """)
        }
        var found: [UUID: (number: String, own: String, path: String)] = [:]
        for row in rows where try !context.principal.mayKnow(row["path"]) {
            found[try row["id"]] = (try row["number"], try row["own"], try row["path"])
        }
        return found
    }

    static let peopleOfAnother = Refusal.conflict(
        Phrase(
            "The people of a household are registered at its union or at one under it: register them there first (relief person register).",
            "家庭成员须登记在该户所属工会或其下级工会：请先在该工会登记（relief person register）。"))

    /// What the law of one household at a time says to a person; it doesn't tell which the other is.
    static func refusal(_ error: PostgresError, field: String) -> (any Error) {
        if error.sqlState == "RR013" {
            var refusal = peopleOfAnother
            refusal.field = field
            return refusal
        }
        guard error.constraint == "one_household_at_a_time" else { return error }
        return Refusal.conflict(
            Phrase(
                "One of them belongs to a household already: end that first (relief household leave).",
                "其中一人已属于另一家庭户：请先终止（relief household leave）。"), field: field)
    }
}
