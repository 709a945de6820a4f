import FoundationEssentials
import Synchronization

/// The fields of each operation, discovered once.
package struct OperationFields {
    package let properties: [SchemaProperty]
    let book: SchemaBook
    private static let known = Mutex<[String: OperationFields]>([:])

    package static func of<O: Operation>(_ type: O.Type) throws -> OperationFields {
        if let found = known.withLock({ $0[O.name] }) { return found }
        let (schema, book) = try JSONSchema.of(type)
        guard case .reference(let name) = schema, let properties = book.components[name] else {
            throw SchemaError(description: "\(O.name) has no fields by name.")
        }
        let fields = OperationFields(properties: properties, book: book)
        known.withLock { $0[O.name] = fields }
        return fields
    }

    /// Refuses names inside of objects that their types don't have; most operations have no such objects, and then nothing
    /// is read.
    func refuseUnknownInside(_ object: Data) throws {
        let nested = properties.filter { holdsType($0.schema) }
        guard !nested.isEmpty, let value = try? JSON.decode(JSONValue.self, from: object) else { return }
        for property in nested {
            if let inner = value[property.name] { try walk(inner, property.schema, property.name) }
        }
    }

    private func holdsType(_ schema: JSONSchema) -> Bool {
        switch schema {
        case .reference: true
        case .array(let element), .dictionary(let element): holdsType(element)
        case .any, .boolean, .integer, .string, .choice: false
        }
    }

    private func walk(_ value: JSONValue, _ schema: JSONSchema, _ path: String) throws {
        switch (schema, value) {
        case (.array(let element), .array(let values)):
            for (index, value) in values.enumerated() { try walk(value, element, "\(path).\(index)") }
        case (.dictionary(let element), .object(let values)):
            for (name, value) in values { try walk(value, element, "\(path).\(name)") }
        case (.reference(let type), .object(let values)):
            let properties = book.components[type] ?? []
            for (name, value) in values.sorted(by: { $0.key < $1.key }) {
                guard let property = properties.first(where: { $0.name == name }) else {
                    throw Refusal.invalid(
                        Phrase(
                            "There is no field “\(path).\(name)”.",
                            "没有字段“\(path).\(name)”。"), field: "\(path).\(name)")
                }
                try walk(value, property.schema, "\(path).\(name)")
            }
        default: break
        }
    }
}
