import Postgres

/// Lets PostgreSQL plan anew while one transaction makes many rows.
///
/// A plan is kept from a statement's sixth use on, those of foreign keys and triggers too. One that was made while a table had
/// a page reads all of it each time, and within the transaction nothing tells the server that it has grown: work for 3,000
/// rows took ten times that for 1,000. Forgetting the plans each time the count has doubled costs a handful of plannings.
struct GrowingTables {
    private var rows = 0

    /// After each row that was made.
    mutating func grew(in context: CommandContext) async throws {
        rows += 1
        if rows >= 32, rows.nonzeroBitCount == 1 { try await context.transaction.execute("DISCARD PLANS") }
    }
}
