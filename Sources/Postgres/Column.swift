/// One value of a row, still in PostgreSQL's text form.
package struct Column: Sendable {
    let result: ResultSet
    let row: Int32
    let index: Int32

    package var name: String { result.columnName(index) }
    package var type: PostgresType { result.columnType(index) }
    package var isNull: Bool { result.isNull(row, index) }

    /// The value as text; throws `.decoding` for NULL.
    package var text: String {
        get throws { try withBytes { String(decoding: $0, as: UTF8.self) } }
    }

    /// The bytes of the text form, valid inside the closure only; throws `.decoding` for NULL.
    package func withBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) throws -> R) throws -> R {
        guard let bytes = result.bytes(row, index) else {
            throw PostgresError(.decoding, "column \(name) is NULL")
        }
        return try withExtendedLifetime(result) { try body(bytes) }
    }

    /// The error of a value that is none of the type asked for; it doesn't quote the value.
    package func mismatch(_ expected: Any.Type) -> PostgresError {
        PostgresError(.decoding, "column \(name) (type \(type.rawValue)) does not hold \(expected)")
    }
}
