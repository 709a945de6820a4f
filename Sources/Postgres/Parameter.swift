package import FoundationEssentials

/// One bind of a statement: its value on the wire and the type that the server is told.
package struct Parameter: Sendable, Hashable {
    /// A value as it travels: NULL, PostgreSQL's text form, or the raw bytes of a `bytea`.
    package enum Value: Sendable, Hashable {
        case null
        case text(String)
        case bytes([UInt8])
    }

    package let type: PostgresType
    package let value: Value

    package init(_ value: Value, type: PostgresType = .inferred) {
        self.type = type
        self.value = value
    }
}

/// The number by which PostgreSQL knows a type (`pg_type.oid`).
package struct PostgresType: RawRepresentable, Sendable, Hashable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The server takes the type from the place where the bind stands.
    package static let inferred = PostgresType(rawValue: 0)
    package static let bool = PostgresType(rawValue: 16)
    package static let bytea = PostgresType(rawValue: 17)
    package static let int8 = PostgresType(rawValue: 20)
    package static let int4 = PostgresType(rawValue: 23)
    package static let text = PostgresType(rawValue: 25)
    package static let float8 = PostgresType(rawValue: 701)
    package static let timestamptz = PostgresType(rawValue: 1184)
    package static let uuid = PostgresType(rawValue: 2950)
    package static let jsonb = PostgresType(rawValue: 3802)
    static let boolArray = PostgresType(rawValue: 1000)
    static let byteaArray = PostgresType(rawValue: 1001)
    static let int4Array = PostgresType(rawValue: 1007)
    static let textArray = PostgresType(rawValue: 1009)
    static let int8Array = PostgresType(rawValue: 1016)
    static let float8Array = PostgresType(rawValue: 1022)
    static let timestamptzArray = PostgresType(rawValue: 1185)
    static let uuidArray = PostgresType(rawValue: 2951)
}

/// A value that can be a bind of a statement.
///
/// `Int` and `Int64` are sent as `bigint`, `Date` as `timestamptz`; a `String` takes the type of the place where it
/// stands, so it also fills `numeric`, `date`, enum, `ltree`, `inet` and `jsonb`.
package protocol ParameterEncodable: Sendable {
    var parameter: Parameter { get }
    /// The type told for a NULL of this Swift type.
    static var nullType: PostgresType { get }
}

extension ParameterEncodable {
    package static var nullType: PostgresType { .inferred }
}

extension ParameterEncodable where Self: RawRepresentable, RawValue: ParameterEncodable {
    package var parameter: Parameter { rawValue.parameter }
    package static var nullType: PostgresType { RawValue.nullType }
}

extension Optional: ParameterEncodable where Wrapped: ParameterEncodable {
    package var parameter: Parameter { self?.parameter ?? Parameter(.null, type: Wrapped.nullType) }
    package static var nullType: PostgresType { Wrapped.nullType }
}

extension String: ParameterEncodable {
    package var parameter: Parameter { Parameter(.text(self)) }
}

extension Substring: ParameterEncodable {
    package var parameter: Parameter { Parameter(.text(String(self))) }
}

extension Int: ParameterEncodable {
    package var parameter: Parameter { Parameter(.text(String(self)), type: .int8) }
    package static var nullType: PostgresType { .int8 }
}

extension Int64: ParameterEncodable {
    package var parameter: Parameter { Parameter(.text(String(self)), type: .int8) }
    package static var nullType: PostgresType { .int8 }
}

extension Int32: ParameterEncodable {
    package var parameter: Parameter { Parameter(.text(String(self)), type: .int4) }
    package static var nullType: PostgresType { .int4 }
}

extension Bool: ParameterEncodable {
    package var parameter: Parameter { Parameter(.text(self ? "t" : "f"), type: .bool) }
    package static var nullType: PostgresType { .bool }
}

extension Double: ParameterEncodable {
    package var parameter: Parameter { Parameter(.text(postgresText), type: .float8) }
    package static var nullType: PostgresType { .float8 }
}

extension UUID: ParameterEncodable {
    package var parameter: Parameter { Parameter(.text(uuidString), type: .uuid) }
    package static var nullType: PostgresType { .uuid }
}

extension Date: ParameterEncodable {
    /// The instant rounded to the microsecond, which is all that PostgreSQL keeps.
    package var parameter: Parameter { Parameter(.text(Timestamp(self).text), type: .timestamptz) }
    package static var nullType: PostgresType { .timestamptz }
}

extension Data: ParameterEncodable {
    package var parameter: Parameter { Parameter(.bytes([UInt8](self)), type: .bytea) }
    package static var nullType: PostgresType { .bytea }
}

extension Array: ParameterEncodable where Element: ArrayElement {
    package var parameter: Parameter { Element.parameter(of: self) }
    package static var nullType: PostgresType { Element.arrayType }
}

/// A JSON document as text, sent as `jsonb`.
package struct JSON: ParameterEncodable, Hashable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package var parameter: Parameter { Parameter(.text(text), type: .jsonb) }
    package static var nullType: PostgresType { .jsonb }
}
