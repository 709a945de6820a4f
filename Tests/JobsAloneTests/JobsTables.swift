import Foundation
import Postgres
import Support

extension Database {
    /// The engine's tables as its documentation says to make them, and nothing else of the house.
    func makeJobsTables() async throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let tables = try String(contentsOf: root.appending(path: "sql/migrations/0002_jobs.sql"), encoding: .utf8)
        try await pool.transaction { try await $0.script(tables) }
    }
}
