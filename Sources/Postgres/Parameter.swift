public import FoundationEssentials

/// One bind of a statement: its value on the wire and the type that the server is told.
public struct Parameter: Sendable, Hashable {
    /// A value as it travels: NULL, PostgreSQL's text form, or the raw bytes of a `bytea`.
    public enum Value: Sendable, Hashable {
        case null
        case text(String)
        case bytes([UInt8])
    }

    public let type: PostgresType
    public let value: Value

    public init(_ value: Value, type: PostgresType = .inferred) {
        self.type = type
        self.value = value
    }
}

/// The number by which PostgreSQL knows a type (`pg_type.oid`).
public struct PostgresType: RawRepresentable, Sendable, Hashable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The server takes the type from the place where the bind stands.
    public static let inferred = PostgresType(rawValue: 0)
    public static let bool = PostgresType(rawValue: 16)
    public static let bytea = PostgresType(rawValue: 17)
    public static let int8 = PostgresType(rawValue: 20)
    public static let int4 = PostgresType(rawValue: 23)
    public static let text = PostgresType(rawValue: 25)
    public static let float8 = PostgresType(rawValue: 701)
    public static let timestamptz = PostgresType(rawValue: 1184)
    public static let uuid = PostgresType(rawValue: 2950)
    public static let jsonb = PostgresType(rawValue: 3802)
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
public protocol ParameterEncodable: Sendable {
    var parameter: Parameter { get }
    /// The type told for a NULL of this Swift type.
    static var nullType: PostgresType { get }
}

extension ParameterEncodable {
    public static var nullType: PostgresType { .inferred }
}

extension ParameterEncodable where Self: RawRepresentable, RawValue: ParameterEncodable {
    public var parameter: Parameter { rawValue.parameter }
    public static var nullType: PostgresType { RawValue.nullType }
}

extension Optional: ParameterEncodable where Wrapped: ParameterEncodable {
    public var parameter: Parameter { self?.parameter ?? Parameter(.null, type: Wrapped.nullType) }
    public static var nullType: PostgresType { Wrapped.nullType }
}

extension String: ParameterEncodable {
    public var parameter: Parameter { Parameter(.text(self)) }
}

extension Substring: ParameterEncodable {
    public var parameter: Parameter { Parameter(.text(String(self))) }
}

extension Int: ParameterEncodable {
    public var parameter: Parameter { Parameter(.text(String(self)), type: .int8) }
    public static var nullType: PostgresType { .int8 }
}

extension Int64: ParameterEncodable {
    public var parameter: Parameter { Parameter(.text(String(self)), type: .int8) }
    public static var nullType: PostgresType { .int8 }
}

extension Int32: ParameterEncodable {
    public var parameter: Parameter { Parameter(.text(String(self)), type: .int4) }
    public static var nullType: PostgresType { .int4 }
}

extension Bool: ParameterEncodable {
    public var parameter: Parameter { Parameter(.text(self ? "t" : "f"), type: .bool) }
    public static var nullType: PostgresType { .bool }
}

extension Double: ParameterEncodable {
    public var parameter: Parameter { Parameter(.text(postgresText), type: .float8) }
    public static var nullType: PostgresType { .float8 }
}

extension UUID: ParameterEncodable {
    public var parameter: Parameter { Parameter(.text(uuidString), type: .uuid) }
    public static var nullType: PostgresType { .uuid }
}

extension Date: ParameterEncodable {
    /// The instant rounded to the microsecond, which is all that PostgreSQL keeps.
    public var parameter: Parameter { Parameter(.text(Timestamp(self).text), type: .timestamptz) }
    public static var nullType: PostgresType { .timestamptz }
}

extension Data: ParameterEncodable {
    public var parameter: Parameter { Parameter(.bytes([UInt8](self)), type: .bytea) }
    public static var nullType: PostgresType { .bytea }
}

extension Array: ParameterEncodable where Element: ArrayElement {
    public var parameter: Parameter { Element.parameter(of: self) }
    public static var nullType: PostgresType { Element.arrayType }
}

/// A JSON document as text, sent as `jsonb`.
public struct JSON: ParameterEncodable, Hashable {
    public let text: String

    public init(_ text: String) {
        self.text = text
    }

    public var parameter: Parameter { Parameter(.text(text), type: .jsonb) }
    public static var nullType: PostgresType { .jsonb }
}
