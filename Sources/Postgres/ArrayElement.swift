public import FoundationEssentials

/// A value that can stand in a PostgreSQL array of one dimension.
public protocol ArrayElement: Sendable {
    static var arrayType: PostgresType { get }
    /// The element in PostgreSQL's text form, nil for NULL.
    var elementText: String? { get }
    /// The element from PostgreSQL's text form; nil if the text is none of this type.
    init?(elementText: String?)
    /// The bind for all elements together.
    static func parameter(of elements: [Self]) -> Parameter
    /// The elements of a column's value.
    static func elements(of column: Column) throws -> [Self]
}

extension ArrayElement {
    public static func parameter(of elements: [Self]) -> Parameter {
        Parameter(.text(ArrayLiteral.text(elements.map(\.elementText))), type: arrayType)
    }

    public static func elements(of column: Column) throws -> [Self] {
        guard let texts = ArrayLiteral.elements(of: try column.text) else { throw column.mismatch(Self.self) }
        return try texts.map {
            guard let element = Self(elementText: $0) else { throw column.mismatch(Self.self) }
            return element
        }
    }
}

extension String: ArrayElement {
    public static var arrayType: PostgresType { .textArray }
    public var elementText: String? { self }
    public init?(elementText: String?) {
        guard let elementText else { return nil }
        self = elementText
    }
}

extension Int: ArrayElement {
    public static var arrayType: PostgresType { .int8Array }
    public var elementText: String? { String(self) }
    public init?(elementText: String?) { self.init(elementText ?? "") }
}

extension Int64: ArrayElement {
    public static var arrayType: PostgresType { .int8Array }
    public var elementText: String? { String(self) }
    public init?(elementText: String?) { self.init(elementText ?? "") }
}

extension Int32: ArrayElement {
    public static var arrayType: PostgresType { .int4Array }
    public var elementText: String? { String(self) }
    public init?(elementText: String?) { self.init(elementText ?? "") }
}

extension Double: ArrayElement {
    public static var arrayType: PostgresType { .float8Array }
    public var elementText: String? { postgresText }
    /// Swift writes `inf` and `nan`, PostgreSQL reads `Infinity` and `NaN`.
    var postgresText: String { isNaN ? "NaN" : isInfinite ? (self < 0 ? "-Infinity" : "Infinity") : description }
    public init?(elementText: String?) { self.init(elementText ?? "") }
}

extension Bool: ArrayElement {
    public static var arrayType: PostgresType { .boolArray }
    public var elementText: String? { self ? "t" : "f" }
    public init?(elementText: String?) {
        switch elementText {
        case "t", "true": self = true
        case "f", "false": self = false
        default: return nil
        }
    }
}

extension UUID: ArrayElement {
    public static var arrayType: PostgresType { .uuidArray }
    public var elementText: String? { uuidString }
    public init?(elementText: String?) { self.init(uuidString: elementText ?? "") }
}

extension Date: ArrayElement {
    public static var arrayType: PostgresType { .timestamptzArray }
    public var elementText: String? { Timestamp(self).text }
    public init?(elementText: String?) {
        guard let stamp = Timestamp(text: (elementText ?? "").utf8) else { return nil }
        self = stamp.date
    }
}

/// A byte is an element only so that `[UInt8]` is a `bytea` and not an array.
extension UInt8: ArrayElement {
    public static var arrayType: PostgresType { .bytea }
    public var elementText: String? { String(self) }
    public init?(elementText: String?) { self.init(elementText ?? "") }

    public static func parameter(of elements: [UInt8]) -> Parameter {
        Parameter(.bytes(elements), type: .bytea)
    }

    public static func elements(of column: Column) throws -> [UInt8] {
        guard let bytes = try column.withBytes({ Hex.decode($0) }) else { throw column.mismatch([UInt8].self) }
        return bytes
    }
}

extension Array: ArrayElement where Element == UInt8 {
    public static var arrayType: PostgresType { .byteaArray }
    public var elementText: String? { Hex.encode(self) }
    public init?(elementText: String?) {
        guard let elementText, let bytes = Hex.decode(Array(elementText.utf8)) else { return nil }
        self = bytes
    }
}

extension Optional: ArrayElement where Wrapped: ArrayElement {
    public static var arrayType: PostgresType { Wrapped.arrayType }
    public var elementText: String? { self?.elementText }
    public init?(elementText: String?) {
        guard let elementText else {
            self = Optional<Wrapped>.none
            return
        }
        guard let element = Wrapped(elementText: elementText) else { return nil }
        self = Optional<Wrapped>.some(element)
    }
}
