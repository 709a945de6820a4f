package import WorkingDays

/// A civil day is a `date`.
extension Day: ParameterEncodable {
    package var parameter: Parameter { Parameter(.text(description), type: Self.nullType) }
    package static var nullType: PostgresType { PostgresType(rawValue: 1082) }
}

extension Day: ColumnDecodable {
    package init(column: Column) throws {
        guard let day = Day(try column.text) else { throw column.mismatch(Self.self) }
        self = day
    }
}
