package import FoundationEssentials

/// One step of the schema: a file of `sql/migrations`, never edited once it was applied anywhere.
package struct Migration: Sendable, Equatable {
    /// `0001_foundation`; the names' order is the order of application.
    package let name: String
    package let text: String

    package init(name: String, text: String) {
        self.name = name
        self.text = text
    }

    var file: String { "sql/migrations/\(name).sql" }
}

/// How a migration stands in one database.
package struct MigrationStatus: Sendable, Equatable {
    package enum State: Sendable, Equatable {
        case applied(Date)
        case pending
        /// Applied with another text than the file has now.
        case edited
        /// Applied, but this program doesn't have it.
        case unknown
        /// Not applied, though a later one is.
        case late
    }

    package let name: String
    package let state: State

    package init(name: String, state: State) {
        self.name = name
        self.state = state
    }
}

/// Why the schema can't be brought to this program's version.
package struct SchemaError: Error, CustomStringConvertible {
    package enum Code: Sendable {
        case edited
        case unknown
        case outOfOrder
        /// The database refused the migration's SQL; nothing of it remains.
        case failed
    }

    package let code: Code
    package let description: String
    package let cause: (any Error)?

    init(_ code: Code, _ description: String, cause: (any Error)? = nil) {
        self.code = code
        self.description = description
        self.cause = cause
    }

    /// The refusal that a status means, if it is one.
    init?(_ status: MigrationStatus) {
        let file = Migration(name: status.name, text: "").file
        switch status.state {
        case .applied, .pending: return nil
        case .edited:
            self.init(
                .edited,
                "\(file) was edited after it was applied to this database. Restore the file, and put the change into a "
                    + "new migration.")
        case .unknown:
            self.init(
                .unknown,
                "This database has the migration \(status.name), and this program has no \(file): it was migrated by "
                    + "a newer relief. Install that version.")
        case .late:
            self.init(
                .outOfOrder,
                "\(file) comes before migrations that this database has already. Give it a number after the last one.")
        }
    }
}
