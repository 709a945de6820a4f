/// Lets a type decode itself from what `answer` gives for each field: its type, its name, whether it must be there.
struct AskingDecoder: Decoder {
    typealias Ask = (any Decodable.Type, String, Bool) throws -> (any Decodable)?

    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]
    /// Name of the type that asks.
    let type: String
    let answer: Ask

    init(of type: String, _ answer: @escaping Ask) {
        (self.type, self.answer) = (type, answer)
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(AskingContainer<Key>(type: self.type, answer: answer))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw SchemaError(description: "\(type) is a list without element type, so that it has no fields.")
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        throw SchemaError(description: "\(type) is a single value; let it conform to SchemaShaped.")
    }
}

private struct AskingContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let codingPath: [any CodingKey] = []
    let allKeys: [Key] = []
    let type: String
    let answer: AskingDecoder.Ask

    func contains(_ key: Key) -> Bool { true }
    func decodeNil(forKey key: Key) -> Bool { false }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        guard let value = try answer(type, key.stringValue, true) as? T else {
            throw SchemaError(description: "\(self.type).\(key.stringValue) is no \(type).")
        }
        return value
    }

    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        try answer(type, key.stringValue, false) as? T
    }

    // The standard library asks for these by name; their `decode` twins go to the generic one above.
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try optional(type, key) }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { try optional(type, key) }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { try optional(type, key) }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? { try optional(type, key) }

    private func optional<T: Decodable>(_ type: T.Type, _ key: Key) throws -> T? {
        try answer(type, key.stringValue, false) as? T
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        throw SchemaError(description: "\(self.type).\(key.stringValue) has no type of its own.")
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw SchemaError(description: "\(self.type).\(key.stringValue) has no type of its own.")
    }

    func superDecoder() throws -> any Decoder { AskingDecoder(of: type, answer) }
    func superDecoder(forKey key: Key) throws -> any Decoder { AskingDecoder(of: type, answer) }
}
