/// One value of a row, still in PostgreSQL's text form.
public struct Column: Sendable {
    let result: ResultSet
    let row: Int32
    let index: Int32

    public var name: String { result.columnName(index) }
    public var type: PostgresType { result.columnType(index) }
    public var isNull: Bool { result.isNull(row, index) }

    /// The value as text; throws `.decoding` for NULL.
    public var text: String {
        get throws { try withBytes { String(decoding: $0, as: UTF8.self) } }
    }

    /// The bytes of the text form, valid inside the closure only; throws `.decoding` for NULL.
    public func withBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) throws -> R) throws -> R {
        guard let bytes = result.bytes(row, index) else {
            throw PostgresError(.decoding, "column \(name) is NULL")
        }
        return try withExtendedLifetime(result) { try body(bytes) }
    }

    /// The error of a value that is none of the type asked for; it doesn't quote the value.
    public func mismatch(_ expected: Any.Type) -> PostgresError {
        PostgresError(.decoding, "column \(name) (type \(type.rawValue)) does not hold \(expected)")
    }
}
