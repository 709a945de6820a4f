/// Where in our own source a statement was asked for.
public struct Place: Sendable, Hashable, CustomStringConvertible {
    public let fileID: String
    public let line: Int

    public init(fileID: String, line: Int) {
        self.fileID = fileID
        self.line = line
    }

    public var description: String { "\(fileID):\(line)" }
}

/// What went wrong with the database, and at whose call; carries the statement's text, never its values.
public struct PostgresError: Error, Sendable {
    /// The kind of failure, by which callers decide.
    public enum Code: String, Sendable {
        /// The connection ended; a statement outside a transaction may or may not have run.
        case connectionLost
        case connectFailed
        /// The server refused the statement; `sqlState` says why.
        case server
        /// A column's value is none of the Swift type asked for.
        case decoding
        case noRow
        /// No connection became free within the pool's limit.
        case poolTimeout
        case poolClosed
        case cancelled
        /// COMMIT was sent and its reply is lost: the work may be done or not. Never repeated by this module.
        case outcomeUnknown
        /// COMMIT was answered by a rollback, because a statement had failed before and its error was swallowed.
        case rolledBack
        /// The session was used in a way that can't work, as a transaction after its end.
        case misuse
    }

    public var code: Code
    public var message: String
    public var sqlState: String?
    public var constraint: String?
    public var schema: String?
    public var table: String?
    public var column: String?
    /// May quote values of the row, so it is not part of the description.
    public var detail: String?
    public var hint: String?
    public var statement: String?
    public var place: Place?
    public var cause: (any Error)?

    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    public var fileID: String? { place?.fileID }
    public var line: Int? { place?.line }

    /// A lock wasn't had in the time that was set for it; the statement did nothing.
    public var isLockTimeout: Bool { sqlState == "55P03" }

    /// Serialization failure or deadlock: the whole transaction may be run again by its owner.
    public var isTransient: Bool { code == .server && (sqlState == "40001" || sqlState == "40P01") }

    /// The server's 57014 as the doing of the task that gave up.
    var cancelled: PostgresError {
        var error = self
        error.code = .cancelled
        return error
    }

    /// The same error at a caller's place, unless a nearer place is known already.
    func at(_ place: Place?, statement: String? = nil) -> PostgresError {
        var error = self
        error.place = error.place ?? place
        error.statement = error.statement ?? statement
        return error
    }
}

extension PostgresError: CustomStringConvertible {
    public var description: String {
        var parts = ["\(code.rawValue): \(message)"]
        if let sqlState { parts.append("SQLSTATE \(sqlState)") }
        if let constraint { parts.append("constraint \(constraint)") }
        if let table { parts.append("table \(table)") }
        if let hint { parts.append("hint: \(hint)") }
        if let place { parts.append("at \(place)") }
        if let statement { parts.append("statement: \(statement)") }
        if let cause { parts.append("cause: \(cause)") }
        return parts.joined(separator: "; ")
    }
}
