package import Postgres

/// What a DBA would run by hand, carried in the program: the files of `sql/`.
package enum Schema {
    /// `sql/migrations`, in the order in which they apply.
    package static let migrations = files(in: "migrations").map { Migration(name: $0.name, text: $0.text) }

    /// `sql/checks`: each returns the rows that break a law.
    package static let checks = files(in: "checks").map { StoredQuery(name: $0.name, text: $0.text) }

    /// `sql/reports`: long read-only questions.
    package static let reports = files(in: "reports").map { StoredQuery(name: $0.name, text: $0.text) }

    /// Runs every check and gives the broken rows, at most 100 of each check.
    ///
    /// Row-level security applies to the session's role: a role that sees everything is needed to find everything.
    package static func violations(
        of checks: [StoredQuery] = checks, on session: some Session
    ) async throws -> [Violation] {
        var found: [Violation] = []
        for check in checks {
            let sql: SQL = "SELECT to_jsonb(broken)::text FROM (\n\(unescaped: check.body)\n) AS broken LIMIT 100"
            for row in try await session.query(sql) {
                found.append(Violation(check: check.name, row: try row[0]))
            }
        }
        return found
    }

    private static func files(in folder: String) -> [(name: String, text: String)] {
        let prefix = "sql/\(folder)/"
        return EmbeddedText.files.filter { $0.key.hasPrefix(prefix) }
            .map { (String($0.key.dropFirst(prefix.count).dropLast(".sql".count)), $0.value) }
            .sorted { $0.0 < $1.0 }
    }
}

/// A row that breaks a law, as JSON, and the check that found it.
package struct Violation: Sendable, Equatable, CustomStringConvertible {
    package let check: String
    package let row: String

    package init(check: String, row: String) {
        self.check = check
        self.row = row
    }

    package var description: String { "sql/checks/\(check).sql: \(row)" }
}

/// One read-only statement of `sql/checks` or `sql/reports`; its first comment line says what it asks.
package struct StoredQuery: Sendable {
    package let name: String
    package let text: String

    package init(name: String, text: String) {
        self.name = name
        self.text = text
    }

    package var sql: SQL { SQL(unescaped: text) }

    /// The sentence in the file's first line, without its dashes; empty when there is none.
    package var purpose: String {
        let line = text.prefix { $0 != "\n" }
        return line.hasPrefix("--") ? String(line.drop { $0 == "-" || $0 == " " }) : ""
    }

    /// The statement without its final semicolon, fit to stand in FROM (…).
    package var body: String {
        var body = Substring(text)
        while let last = body.last, last.isWhitespace || last == ";" { body.removeLast() }
        return String(body)
    }
}
