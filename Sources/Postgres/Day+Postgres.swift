public import WorkingDays

/// A civil day is a `date`.
extension Day: ParameterEncodable {
    public var parameter: Parameter { Parameter(.text(description), type: Self.nullType) }
    public static var nullType: PostgresType { PostgresType(rawValue: 1082) }
}

extension Day: ColumnDecodable {
    public init(column: Column) throws {
        guard let day = Day(try column.text) else { throw column.mismatch(Self.self) }
        self = day
    }
}
