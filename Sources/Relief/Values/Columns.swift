package import Contract
package import Postgres

/// An amount is a `bigint` of fen.
extension Fen: ParameterEncodable, ColumnDecodable {
    package var parameter: Parameter { rawValue.parameter }
    package static var nullType: PostgresType { .int8 }

    package init(column: Column) throws {
        self.init(try Int64(column: column))
    }
}

extension UnionLevel: ParameterEncodable, ColumnDecodable {}
extension UnionLine: ParameterEncodable, ColumnDecodable {}
extension EmployerKind: ParameterEncodable, ColumnDecodable {}
extension AccountKind: ParameterEncodable, ColumnDecodable {}
extension AccountState: ParameterEncodable, ColumnDecodable {}
extension ArchiveLevel: ParameterEncodable, ColumnDecodable {}
extension Role: ParameterEncodable, ColumnDecodable {}
