import Contract
package import FoundationEssentials
import Postgres
package import WorkingDays

/// A person as one union knows them.
package struct Person: Sendable {
    package let id: UUID
    package let number: String
    package let name: String
    package let organisation: UUID
    /// `ltree` of the union.
    package let path: String
    package let diedOn: Day?
    package let isErased: Bool

    /// The person of a number, where the asker may see it with the operation's permission; the refusal doesn't tell whether
    /// it exists elsewhere.
    package static func find(
        _ number: String, field: String? = "person", in context: some OperationContext
    ) async throws -> Person {
        let row = try await context.transaction.first(
            "SELECT id, number, name, org_id, org_path, died_on, erased_at FROM relief.person WHERE number = \(number)")
        guard let row else {
            throw Refusal.notFound(
                Phrase(
                    "There is no person \(number); check the number (relief person list).",
                    "没有人员\(number)；请核对编号（relief person list）。"), field: field)
        }
        let erasedAt: Date? = try row["erased_at"]
        return Person(
            id: try row["id"], number: try row["number"], name: try row["name"], organisation: try row["org_id"],
            path: try row["org_path"], diedOn: try row["died_on"], isErased: erasedAt != nil)
    }

    /// Refuses to work on somebody whose personal data is destroyed.
    package func requireKept(field: String? = "person") throws {
        if isErased {
            throw Refusal.conflict(
                Phrase(
                    "The personal data of \(number) is destroyed.",
                    "\(number) 的个人信息已经销毁。"), field: field)
        }
    }
}
