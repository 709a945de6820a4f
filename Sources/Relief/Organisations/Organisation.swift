package import Contract
package import FoundationEssentials
import Postgres

/// A union in the tree; what it does and who may see it hangs on its path.
package struct Organisation: Sendable, Hashable {
    package let id: UUID
    package let code: String
    package let name: String
    package let level: UnionLevel
    package let line: UnionLine
    /// `ltree` of the codes from the root to here.
    package let path: String
    /// GB/T 2260 code, 6 or 12 digits.
    package let region: String?

    init(_ row: Row) throws {
        id = try row["id"]
        code = try row["code"]
        name = try row["name"]
        level = try row["level"]
        line = try row["line"]
        path = try row["path"]
        region = try row["region"]
    }

    /// The union of a code, where the asker may see it with the operation's permission; the refusal doesn't tell whether
    /// it exists elsewhere.
    package static func find(
        _ code: String, field: String? = "organisation", in context: some OperationContext
    ) async throws -> Organisation {
        let row = try await context.transaction.first(
            """
            SELECT id, code, name, level, line, path, region FROM relief.organisation
            WHERE code = \(code) AND relief.in_scope(path)
            """)
        guard let row else {
            throw Refusal.notFound(
                Phrase(
                    "There is no union \(code); check the code (relief organisation list).",
                    "没有工会\(code)；请核对代码（relief organisation list）。"), field: field)
        }
        return try Organisation(row)
    }
}
