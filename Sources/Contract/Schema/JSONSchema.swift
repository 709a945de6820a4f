/// The shape of a value in JSON, discovered from its Swift type, so that there is nothing to keep in step.
package indirect enum JSONSchema: Sendable, Hashable {
    case any
    case boolean
    case integer(SchemaFormat)
    case string(SchemaFormat?)
    case choice([String])
    case array(JSONSchema)
    case dictionary(JSONSchema)
    /// A named type of `SchemaBook.components`.
    case reference(String)
}

/// What a string or integer holds.
package enum SchemaFormat: String, Sendable, Hashable {
    case int64
    /// An amount of money in 0.01 yuan.
    case fen
    case date
    case dateTime = "date-time"
    case uuid
    case base64
}

/// A field of a named type.
package struct SchemaProperty: Sendable, Hashable {
    package let name: String
    package let schema: JSONSchema
    package let required: Bool
    /// What the words of a choice are called, by their own names.
    package var titles: [String: Phrase] = [:]
}

/// The schemas of types, with all named types that they mention.
package struct SchemaBook: Sendable {
    /// Fields by name of type, in the order in which they are decoded.
    package internal(set) var components: [String: [SchemaProperty]] = [:]

    package init() {}

    /// Adds a type and all that it mentions; throws for a type that can't be written in relief's JSON, as one with a
    /// floating-point number.
    package mutating func add(_ type: any Decodable.Type) throws -> JSONSchema {
        let recorder = SchemaRecorder(components: components)
        let schema = try recorder.record(type)
        components = recorder.components
        return schema
    }
}

extension JSONSchema {
    /// The schema of one type, with the named types that it mentions.
    package static func of(_ type: any Decodable.Type) throws -> (schema: JSONSchema, book: SchemaBook) {
        var book = SchemaBook()
        let schema = try book.add(type)
        return (schema, book)
    }
}
