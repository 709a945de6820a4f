/// The OpenAPI 3.1 document of the API, made from the operations themselves: the same bytes each time.
package enum OpenAPI {
    /// Throws where an operation or reply can't be written in JSON, which a test rules out.
    package static func document(
        title: String = "relief", version: String, operations: [any Operation.Type] = Catalogue.operations
    ) throws -> JSONValue {
        var book = SchemaBook()
        var paths: [String: [String: JSONValue]] = [:]
        for operation in operations {
            paths[operation.route.path, default: [:]][operation.route.method.rawValue.lowercased()] =
                try describe(operation, &book)
        }
        _ = try book.add(Problem.self)
        return [
            "openapi": "3.1.0",
            "info": [
                "title": .string(title), "version": .string(version),
                "description": "Case management of union assistance: every operation of the daemon.",
            ],
            "servers": [["url": "/"]],
            "tags": .array(tags(operations)),
            // The empty one is the unix socket: the kernel says which user the process runs as.
            "security": [["token": []], [:]],
            "paths": .object(paths.mapValues { .object($0) }),
            "components": [
                "schemas": .object(book.components.mapValues { object($0) }),
                "responses": ["Problem": problem],
                "parameters": ["IdempotencyKey": idempotencyKey, "DryRun": dryRun],
                "securitySchemes": securitySchemes,
            ],
        ]
    }

    private static func tags(_ operations: [any Operation.Type]) -> [JSONValue] {
        Set(operations.map { $0.noun }).sorted().map { ["name": .string($0)] }
    }

    private static func describe<O: Operation>(_ operation: O.Type, _ book: inout SchemaBook) throws -> JSONValue {
        let reply = try book.add(O.Reply.self)
        let fields = try OperationFields.of(operation).properties
        let inPath = Set(O.route.parameters)
        var parameters = fields.filter { inPath.contains($0.name) }.map { parameter($0, of: operation, in: "path") }
        var description: [String: JSONValue] = [
            "operationId": .string(O.name),
            "summary": .string(O.summary.en),
            "tags": [.string(operation.noun)],
            "x-permission": .string(O.permission.rawValue),
            "responses": responses(json(reply)),
        ]
        switch O.route.method {
        case .get:
            parameters += fields.filter { !inPath.contains($0.name) }.map { parameter($0, of: operation, in: "query") }
        case .post:
            // Adding the operation also adds the types that its fields mention.
            guard case .reference(let name) = try book.add(operation) else { break }
            book.components[name] = nil
            let body = fields.filter { !inPath.contains($0.name) }
            description["requestBody"] = [
                "required": .bool(body.contains(where: \.required)),
                "content": ["application/json": ["schema": object(body, of: operation)]],
            ]
        }
        if operation is any Command.Type {
            parameters.append(["$ref": "#/components/parameters/IdempotencyKey"])
        }
        if (operation as? any Command.Type)?.allowsDryRun == true {
            parameters.append(["$ref": "#/components/parameters/DryRun"])
        }
        if !parameters.isEmpty { description["parameters"] = .array(parameters) }
        return .object(description)
    }

    private static func parameter(
        _ property: SchemaProperty, of operation: any Operation.Type, in place: String
    ) -> JSONValue {
        [
            "name": .string(property.name), "in": .string(place),
            "description": .string(operation.note(of: property.name)?.text.en ?? ""),
            "required": .bool(place == "path" || property.required), "schema": json(property),
        ]
    }

    /// Whatever an operation may answer: what it does, and every way in which it may be refused.
    private static func responses(_ reply: JSONValue) -> JSONValue {
        let refused: JSONValue = ["$ref": "#/components/responses/Problem"]
        var responses: [String: JSONValue] = [
            "200": [
                "description": "Done.", "headers": .object([TokenEnd.header: tokenEnd]),
                "content": ["application/json": ["schema": reply]],
            ],
            "default": refused,
        ]
        for code in Refusal.Code.allCases where code != .wrongMethod { responses[String(code.status)] = refused }
        return .object(responses)
    }
}

extension OpenAPI {
    /// `operation`: whose request it is, with what its fields mean and the bounds that they are held to.
    private static func object(_ properties: [SchemaProperty], of operation: (any Operation.Type)? = nil) -> JSONValue {
        func field(_ property: SchemaProperty) -> JSONValue {
            guard let operation, case .object(var schema) = json(property) else { return json(property.schema) }
            // Beside a reference other words have no meaning in all readers of the format.
            if schema["$ref"] == nil, schema["description"] == nil, let note = operation.note(of: property.name) {
                schema["description"] = .string(note.text.en)
            }
            return .object(schema)
        }
        var schema: [String: JSONValue] = [
            "type": "object", "additionalProperties": false,
            "properties": .object(Dictionary(uniqueKeysWithValues: properties.map { ($0.name, field($0)) })),
        ]
        let required = properties.filter(\.required).map { JSONValue.string($0.name) }
        if !required.isEmpty { schema["required"] = .array(required) }
        return .object(schema)
    }

    private static func json(_ property: SchemaProperty) -> JSONValue {
        guard let bounds = IntegerBounds.of(property), case .object(var schema) = json(property.schema) else {
            return json(property.schema)
        }
        schema["minimum"] = .int(bounds.lowerBound)
        if bounds.upperBound != .max { schema["maximum"] = .int(bounds.upperBound) }
        return .object(schema)
    }

    private static func json(_ schema: JSONSchema) -> JSONValue {
        switch schema {
        case .any: [:]
        case .boolean: ["type": "boolean"]
        case .integer(.fen):
            ["type": "integer", "format": "int64", "description": "Amount of money in fen (0.01 yuan)."]
        case .integer(let format): ["type": "integer", "format": .string(format.rawValue)]
        case .string(nil): ["type": "string"]
        case .string(.base64): ["type": "string", "contentEncoding": "base64"]
        case .string(.some(let format)): ["type": "string", "format": .string(format.rawValue)]
        case .choice(let names): ["type": "string", "enum": .array(names.map { .string($0) })]
        case .array(let element): ["type": "array", "items": json(element)]
        case .dictionary(let value): ["type": "object", "additionalProperties": json(value)]
        case .reference(let name): ["$ref": .string("#/components/schemas/\(name)")]
        }
    }

    private static let problem: JSONValue = [
        "description": "Refused: what, where, and what to do (RFC 9457).",
        "content": .object([Problem.mediaType: ["schema": ["$ref": "#/components/schemas/Problem"]]]),
    ]

    private static let tokenEnd: JSONValue = [
        "description": "Within a fortnight of the end of the token that was sent: when it ends.",
        "schema": ["type": "string", "format": "date-time"],
    ]

    private static let idempotencyKey: JSONValue = [
        "name": "Idempotency-Key", "in": "header", "required": false,
        "schema": ["type": "string", "minLength": 1, "maxLength": 200],
        "description": "The command is done once per key, for ever; asked again, it gives the first answer.",
    ]

    private static let dryRun: JSONValue = [
        "name": "Relief-Dry-Run", "in": "header", "required": false, "schema": ["type": "string", "enum": ["0", "1"]],
        "description": "Does everything and takes it all back; the answer is what would have been.",
    ]

    private static let securitySchemes: JSONValue = [
        "token": ["type": "http", "scheme": "bearer", "description": "An opaque token of token.issue."]
    ]
}
