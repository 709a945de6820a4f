import Contract

/// Makes some JSON of a schema, so that every operation can be built without naming its fields.
struct Samples {
    let book: SchemaBook

    func value(_ schema: JSONSchema) -> JSONValue {
        switch schema {
        case .any: ["a": 1, "b": ["text", true, nil]]
        case .boolean: true
        case .integer: 7
        case .string(nil): "王 芳/&?%+é"
        case .string(.date): "2026-11-22"
        case .string(.dateTime): "2026-11-22T09:00:00.123456Z"
        case .string(.uuid): "6F1C0F5E-2A0B-4C7B-9C2B-0B1D7E0C9A11"
        case .string(.base64): "AP8="
        case .string: "text"
        case .choice(let names): .string(names[names.count - 1])
        case .array(let element): [value(element), value(element)]
        case .dictionary(let element): ["收入": value(element)]
        case .reference(let name): object(book.components[name] ?? [])
        }
    }

    func object(_ properties: [SchemaProperty]) -> JSONValue {
        .object(
            Dictionary(uniqueKeysWithValues: properties.map { ($0.name, $0.name == "year" ? 2026 : value($0.schema)) }))
    }
}
