/// One row of a result.
public struct Row: Sendable {
    let result: ResultSet
    let index: Int32

    public var columnNames: [String] {
        (0..<result.columnCount).map { result.columnName($0) }
    }

    /// The value of a named column. Throws `.decoding` for a missing column, a NULL or another type's value.
    public subscript<T: ColumnDecodable>(_ name: String, fileID fileID: String = #fileID, line line: Int = #line) -> T
    {
        get throws {
            let place = Place(fileID: fileID, line: line)
            guard let column = result.columnIndex(name) else {
                throw PostgresError(.decoding, "the result has no column \(name)").at(place)
            }
            return try decode(column, place)
        }
    }

    /// The value of the column at a position, counted from 0.
    public subscript<T: ColumnDecodable>(_ position: Int, fileID fileID: String = #fileID, line line: Int = #line) -> T
    {
        get throws {
            let place = Place(fileID: fileID, line: line)
            guard position >= 0, position < result.columnCount else {
                throw PostgresError(.decoding, "the result has no column number \(position)").at(place)
            }
            return try decode(Int32(position), place)
        }
    }

    private func decode<T: ColumnDecodable>(_ column: Int32, _ place: Place) throws -> T {
        do {
            return try T(column: Column(result: result, row: index, index: column))
        } catch let error as PostgresError {
            throw error.at(place)
        }
    }
}
