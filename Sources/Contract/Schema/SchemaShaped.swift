import FoundationEssentials
import WorkingDays

/// A type that states its schema instead of being asked for its fields.
protocol SchemaShaped {
    static func schema(in recorder: SchemaRecorder) throws -> JSONSchema
    static var sample: Self { get }
}

extension Bool: SchemaShaped {
    static func schema(in recorder: SchemaRecorder) -> JSONSchema { .boolean }
    static var sample: Bool { false }
}

extension String: SchemaShaped {
    static func schema(in recorder: SchemaRecorder) -> JSONSchema { .string(nil) }
    static var sample: String { "" }
}

extension Int: SchemaShaped {
    static func schema(in recorder: SchemaRecorder) -> JSONSchema { .integer(.int64) }
    static var sample: Int { 0 }
}

extension Int64: SchemaShaped {
    static func schema(in recorder: SchemaRecorder) -> JSONSchema { .integer(.int64) }
    static var sample: Int64 { 0 }
}

extension Fen: SchemaShaped {
    static func schema(in recorder: SchemaRecorder) -> JSONSchema { .integer(.fen) }
    static var sample: Fen { .zero }
}

extension Day: SchemaShaped {
    static func schema(in recorder: SchemaRecorder) -> JSONSchema { .string(.date) }
    static var sample: Day { Day(number: 0) }
}

extension Date: SchemaShaped {
    static func schema(in recorder: SchemaRecorder) -> JSONSchema { .string(.dateTime) }
    static var sample: Date { Date(timeIntervalSince1970: 0) }
}

extension UUID: SchemaShaped {
    static func schema(in recorder: SchemaRecorder) -> JSONSchema { .string(.uuid) }
    static var sample: UUID { UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)) }
}

extension Data: SchemaShaped {
    static func schema(in recorder: SchemaRecorder) -> JSONSchema { .string(.base64) }
    static var sample: Data { Data() }
}

extension JSONValue: SchemaShaped {
    static func schema(in recorder: SchemaRecorder) -> JSONSchema { .any }
    static var sample: JSONValue { .null }
}

extension Array: SchemaShaped where Element: Decodable {
    static func schema(in recorder: SchemaRecorder) throws -> JSONSchema { .array(try recorder.element(Element.self)) }
    static var sample: [Element] { [] }
}

extension Dictionary: SchemaShaped where Key == String, Value: Decodable {
    static func schema(in recorder: SchemaRecorder) throws -> JSONSchema {
        .dictionary(try recorder.element(Value.self))
    }
    static var sample: [String: Value] { [:] }
}
