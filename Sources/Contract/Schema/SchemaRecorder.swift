/// Discovers schemas by letting a type decode itself from a decoder that writes down what it is asked for.
final class SchemaRecorder {
    private(set) var components: [String: [SchemaProperty]]
    private var open: Set<String> = []

    init(components: [String: [SchemaProperty]]) {
        self.components = components
    }

    func record<T: Decodable>(_ type: T.Type) throws -> JSONSchema {
        try sample(type).schema
    }

    /// The schema of a type and some value of it, so that the type that asked can go on decoding.
    func sample<T: Decodable>(_ type: T.Type) throws -> (schema: JSONSchema, value: T) {
        if let shaped = type as? any SchemaShaped.Type, let value = shaped.sample as? T {
            return (try shaped.schema(in: self), value)
        }
        if let choice = type as? any (CaseIterable & RawRepresentable).Type, let found = choices(choice) {
            guard let value = found.first as? T else { throw unfit(type, "is an enumeration without cases") }
            return (.choice(found.names), value)
        }
        let name = Self.name(of: type)
        guard open.insert(name).inserted else { throw unfit(type, "contains itself other than in a list") }
        defer { open.remove(name) }
        let fields = FieldRecorder(recorder: self)
        let value = try T(
            from: AskingDecoder(of: name) { type, field, isRequired in
                try fields.note(type, field, required: isRequired)
            })
        components[name] = fields.properties
        return (.reference(name), value)
    }

    /// The schema of a list's element: here a type may contain itself.
    func element<T: Decodable>(_ type: T.Type) throws -> JSONSchema {
        let name = Self.name(of: type)
        return open.contains(name) ? .reference(name) : try record(type)
    }

    private func choices<T: CaseIterable & RawRepresentable>(_ type: T.Type) -> (names: [String], first: T?)? {
        let names = T.allCases.compactMap { $0.rawValue as? String }
        return names.isEmpty ? nil : (names, T.allCases.first)
    }

    private func unfit(_ type: Any.Type, _ why: String) -> SchemaError {
        SchemaError(description: "\(type) \(why), so that it has no schema.")
    }

    /// `Page<CaseView>` is called `PageOfCaseView`.
    private static func name(of type: Any.Type) -> String {
        String(describing: type).replacing("<", with: "Of").replacing(">", with: "")
    }
}

/// A type that can't be written in relief's JSON: a mistake in the program.
struct SchemaError: Error, CustomStringConvertible {
    let description: String
}

/// Writes down the fields that one type asks for.
private final class FieldRecorder {
    let recorder: SchemaRecorder
    var properties: [SchemaProperty] = []

    init(recorder: SchemaRecorder) {
        self.recorder = recorder
    }

    func note<T: Decodable>(_ type: T.Type, _ name: String, required: Bool) throws -> T {
        let (schema, value) = try recorder.sample(type)
        if !properties.contains(where: { $0.name == name }) {
            let titles = (type as? any Choice.Type)?.titles ?? [:]
            properties.append(SchemaProperty(name: name, schema: schema, required: required, titles: titles))
        }
        return value
    }
}
