/// What can run statements: a connection, or a transaction on it.
///
/// All functions throw `PostgresError`. A cancelled task gets `.cancelled`, also before anything was sent.
public protocol Session: Sendable {
    /// Runs one statement, prepared once per connection and text.
    func run(_ sql: SQL, at place: Place) async throws -> ResultSet
    /// Runs the statements in one round trip, up to the first that fails; outside a transaction all or none take
    /// effect.
    func run(pipeline statements: [SQL], at place: Place) async throws -> [ResultSet]
    /// Runs a text of several statements without binds, as a migration; outside a transaction all or none take effect.
    func run(script: String, at place: Place) async throws
}

extension Session {
    /// The rows of one statement.
    public func query(_ sql: SQL, fileID: String = #fileID, line: Int = #line) async throws -> [Row] {
        try await run(sql, at: Place(fileID: fileID, line: line)).rows
    }

    /// Runs one statement for its effect; returns the number of rows affected.
    @discardableResult
    public func execute(_ sql: SQL, fileID: String = #fileID, line: Int = #line) async throws -> Int {
        try await run(sql, at: Place(fileID: fileID, line: line)).rowsAffected
    }

    /// The first row, nil if there is none.
    public func first(_ sql: SQL, fileID: String = #fileID, line: Int = #line) async throws -> Row? {
        let result = try await run(sql, at: Place(fileID: fileID, line: line))
        return result.rowCount > 0 ? Row(result: result, index: 0) : nil
    }

    /// The first row; throws `.noRow` if there is none.
    public func one(_ sql: SQL, fileID: String = #fileID, line: Int = #line) async throws -> Row {
        let place = Place(fileID: fileID, line: line)
        guard let row = try await first(sql, fileID: fileID, line: line) else {
            throw PostgresError(.noRow, "the statement returned no row").at(place, statement: sql.text)
        }
        return row
    }

    /// The first column of the first row; throws `.noRow` if there is none.
    public func value<T: ColumnDecodable>(
        _ sql: SQL, as type: T.Type = T.self, fileID: String = #fileID, line: Int = #line
    ) async throws -> T {
        try await one(sql, fileID: fileID, line: line)[0, fileID: fileID, line: line]
    }

    /// True if the statement returns a row.
    public func exists(_ sql: SQL, fileID: String = #fileID, line: Int = #line) async throws -> Bool {
        try await run(sql, at: Place(fileID: fileID, line: line)).rowCount > 0
    }

    /// The rows of several statements sent in one round trip.
    public func pipeline(
        _ statements: [SQL], fileID: String = #fileID, line: Int = #line
    ) async throws -> [[Row]] {
        try await run(pipeline: statements, at: Place(fileID: fileID, line: line)).map(\.rows)
    }

    /// Runs a text of several statements without binds.
    public func script(_ text: String, fileID: String = #fileID, line: Int = #line) async throws {
        try await run(script: text, at: Place(fileID: fileID, line: line))
    }
}
