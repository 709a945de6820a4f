public import FoundationEssentials

/// A Swift type that a column's value can become.
public protocol ColumnDecodable {
    init(column: Column) throws
}

extension ColumnDecodable where Self: RawRepresentable, RawValue: ColumnDecodable {
    public init(column: Column) throws {
        guard let value = Self(rawValue: try RawValue(column: column)) else { throw column.mismatch(Self.self) }
        self = value
    }
}

extension Optional: ColumnDecodable where Wrapped: ColumnDecodable {
    public init(column: Column) throws {
        self = column.isNull ? nil : try Wrapped(column: column)
    }
}

/// Any type of the server can be read as its text: `numeric`, `jsonb`, enums, `ltree`, `date`, `inet`…
extension String: ColumnDecodable {
    public init(column: Column) throws {
        self = try column.text
    }
}

extension FixedWidthInteger {
    /// Reads decimal digits without making a `String` of them; nil for anything else and for what doesn't fit.
    init?(decimal text: UnsafeBufferPointer<UInt8>) {
        var digits = text[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits.removeFirst() }
        guard !digits.isEmpty else { return nil }
        var value: Self = 0
        for byte in digits {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let digit = Self(byte - UInt8(ascii: "0"))
            let sum = isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            guard !overflow, !sum.overflow else { return nil }
            value = sum.partialValue
        }
        self = value
    }

    init(integerIn column: Column) throws {
        guard let value = try column.withBytes({ Self(decimal: $0) }) else { throw column.mismatch(Self.self) }
        self = value
    }
}

extension Int: ColumnDecodable {
    public init(column: Column) throws { try self.init(integerIn: column) }
}

extension Int64: ColumnDecodable {
    public init(column: Column) throws { try self.init(integerIn: column) }
}

extension Int32: ColumnDecodable {
    public init(column: Column) throws { try self.init(integerIn: column) }
}

extension Bool: ColumnDecodable {
    public init(column: Column) throws {
        guard let value = Bool(elementText: try column.text) else { throw column.mismatch(Self.self) }
        self = value
    }
}

extension Double: ColumnDecodable {
    public init(column: Column) throws {
        guard let value = Double(try column.text) else { throw column.mismatch(Self.self) }
        self = value
    }
}

extension UUID: ColumnDecodable {
    public init(column: Column) throws {
        guard let value = UUID(uuidString: try column.text) else { throw column.mismatch(Self.self) }
        self = value
    }
}

extension Date: ColumnDecodable {
    public init(column: Column) throws {
        guard let stamp = try column.withBytes({ Timestamp(text: $0) }) else { throw column.mismatch(Self.self) }
        self = stamp.date
    }
}

extension Data: ColumnDecodable {
    public init(column: Column) throws {
        self.init(try [UInt8](column: column))
    }
}

extension Array: ColumnDecodable where Element: ArrayElement {
    public init(column: Column) throws {
        self = try Element.elements(of: column)
    }
}

extension JSON: ColumnDecodable {
    public init(column: Column) throws {
        self.init(try column.text)
    }
}
