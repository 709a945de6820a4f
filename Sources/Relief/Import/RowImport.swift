import Contract
import Postgres

/// Carries out a file row by row: each row for itself, and the whole file or its good rows.
enum RowImport {
    /// At most this many rows in one command: it is one transaction.
    static let mostRows = 10_000

    /// `take` makes what a row asks for and gives its number, or adds problems and gives nil.
    static func run(
        _ table: CSV, mode: ImportMode, in context: CommandContext,
        take: (CSV.Row, inout RowProblems) async throws -> String?
    ) async throws -> ImportReport {
        guard table.rows.count <= mostRows else {
            throw Refusal.tooLarge(
                "The file has \(table.rows.count) rows; a file has at most \(mostRows): cut it in parts.", field: "csv")
        }
        var problems = RowProblems()
        var created: [String] = []
        do {
            try await context.attempt {
                for row in table.rows {
                    if let number = try await take(row, &problems) { created.append(number) }
                }
                if mode == .all, !problems.list.isEmpty { throw Undone() }
            }
        } catch is Undone {
            created = []
        }
        context.note("rows", .int(Int64(table.rows.count)))
        context.note("accepted", .int(Int64(created.count)))
        return ImportReport(
            rows: table.rows.count, accepted: created.count, refused: table.rows.count - created.count,
            problems: problems.sorted, created: created)
    }

    private struct Undone: Error {}
}

extension RowProblems {
    /// Carries out a row's part; where it is refused, the part is taken back and the refusal becomes a problem of the row.
    mutating func attempt<Value>(
        _ row: CSV.Row, _ column: String, value: String? = nil, in context: CommandContext,
        _ body: () async throws -> Value
    ) async throws -> Value? {
        do {
            return try await context.attempt(body)
        } catch let refusal as Refusal {
            add(
                row, column, value: value, refusal.message,
                refusal.details?.joined(separator: "; ") ?? "Correct the row.")
            return nil
        }
    }
}
