import CLibPQ

/// What the server answered to one statement: rows, or how many rows it touched.
public final class ResultSet: Sendable {
    // No pointer is Sendable, and rows go from the connection's actor to whoever asked; a lock would be paid for each value.
    private nonisolated(unsafe) let handle: OpaquePointer  // Safe: a result is only read, until `deinit` frees it.
    let columnCount: Int32
    public let rowCount: Int

    init(_ handle: OpaquePointer) {
        self.handle = handle
        columnCount = PQnfields(handle)
        rowCount = Int(PQntuples(handle))
    }

    deinit {
        PQclear(handle)
    }

    public var rows: [Row] {
        (0..<Int32(rowCount)).map { Row(result: self, index: $0) }
    }

    /// Rows inserted, updated, deleted or selected; 0 for statements that don't count.
    public var rowsAffected: Int { Int(String(cString: PQcmdTuples(handle))) ?? 0 }

    /// The server's own word for what it did: `INSERT 0 1`, `COMMIT`.
    public var commandTag: String { String(cString: PQcmdStatus(handle)) }

    var status: ExecStatusType { PQresultStatus(handle) }

    func columnName(_ column: Int32) -> String {
        PQfname(handle, column).map { String(cString: $0) } ?? "?"
    }

    func columnType(_ column: Int32) -> PostgresType {
        PostgresType(rawValue: PQftype(handle, column))
    }

    func columnIndex(_ name: String) -> Int32? {
        var name = name
        return name.withUTF8 { wanted in
            (0..<columnCount).first { column in
                guard let found = PQfname(handle, column) else { return false }
                return wanted.indices.allSatisfy { found[$0] != 0 && UInt8(bitPattern: found[$0]) == wanted[$0] }
                    && found[wanted.count] == 0
            }
        }
    }

    func isNull(_ row: Int32, _ column: Int32) -> Bool {
        PQgetisnull(handle, row, column) != 0
    }

    func bytes(_ row: Int32, _ column: Int32) -> UnsafeBufferPointer<UInt8>? {
        guard !isNull(row, column), let start = PQgetvalue(handle, row, column) else { return nil }
        let count = Int(PQgetlength(handle, row, column))
        return UnsafeBufferPointer(start: UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self), count: count)
    }

    /// The server's refusal, nil if the statement succeeded.
    var error: PostgresError? {
        guard status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE else { return nil }
        return Self.error(in: handle)
    }

    /// The routine of the server that raised the error; unlike the message it is never translated.
    var errorRoutine: String? { Self.field(.routine, handle) }

    static func error(in handle: OpaquePointer) -> PostgresError {
        let message = field(.message, handle) ?? String(cString: PQresultErrorMessage(handle))
        var error = PostgresError(.server, message.trimmed)
        error.sqlState = field(.sqlState, handle)
        error.constraint = field(.constraint, handle)
        error.schema = field(.schema, handle)
        error.table = field(.table, handle)
        error.column = field(.column, handle)
        error.detail = field(.detail, handle)
        error.hint = field(.hint, handle)
        return error
    }

    static func severity(in handle: OpaquePointer) -> String {
        field(.severity, handle) ?? ""
    }

    /// libpq's letters for the parts of an error (`PG_DIAG_…`, which Swift can't import).
    private enum Field: Unicode.Scalar {
        case column = "c"
        case constraint = "n"
        case detail = "D"
        case hint = "H"
        case message = "M"
        case routine = "R"
        case schema = "s"
        case severity = "V"
        case sqlState = "C"
        case table = "t"
    }

    private static func field(_ field: Field, _ handle: OpaquePointer) -> String? {
        PQresultErrorField(handle, Int32(field.rawValue.value)).map { String(cString: $0) }
    }
}

extension String {
    /// Without the line ends that libpq puts after its messages.
    var trimmed: String {
        var text = self
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
