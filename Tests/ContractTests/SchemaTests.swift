import Contract
import FoundationEssentials
import Testing

struct SchemaTests {
    private struct Node: Codable {
        let name: String
        let children: [Node]
        let byName: [String: Node]?
    }

    private struct Ratio: Codable {
        let value: Double
    }

    @Test func `a type that contains itself in a list is described once`() throws {
        let (schema, book) = try JSONSchema.of(Node.self)
        #expect(schema == .reference("Node"))
        let fields = try #require(book.components["Node"])
        #expect(fields.map(\.name) == ["name", "children", "byName"])
        #expect(fields.map(\.required) == [true, true, false])
        #expect(fields.map(\.schema) == [.string(nil), .array(.reference("Node")), .dictionary(.reference("Node"))])
    }

    @Test func `a floating-point number has no schema`() {
        #expect(throws: (any Error).self) { try JSONSchema.of(Ratio.self) }
    }

    @Test func `fields are described as the trade has them`() throws {
        let (_, book) = try JSONSchema.of(Page<PaymentView>.self)
        #expect(book.components["PageOfPaymentView"]?.first?.schema == .array(.reference("PaymentView")))
        let payment = try #require(book.components["PaymentView"])
        func field(_ name: String) -> SchemaProperty? { payment.first { $0.name == name } }
        #expect(field("amount")?.schema == .integer(.fen))
        #expect(field("bookedOn")?.schema == .string(.date))
        #expect(field("bookedOn")?.required == false)
        #expect(field("state")?.schema == .choice(PaymentState.allCases.map(\.rawValue)))
    }
}

struct OpenAPITests {
    @Test func `the document is the same each time, and knows every operation`() throws {
        let document = try OpenAPI.document(version: "1.0")
        #expect(try JSON.encode(document) == JSON.encode(OpenAPI.document(version: "1.0")))
        guard case .object(let paths) = document["paths"] else { throw Refusal.invalid(Phrase(asGiven: "no paths")) }
        var names: Set<JSONValue> = []
        for case .object(let methods) in paths.values {
            for method in methods.values { names.insert(method["operationId"] ?? .null) }
        }
        #expect(names == Set(Catalogue.operations.map { JSONValue.string($0.name) }))
    }

    @Test func `every whole number that an operation asks for has bounds, which the document says`() throws {
        let document = try OpenAPI.document(version: "1.0")
        guard case .object(let paths) = document["paths"] else { throw Refusal.invalid(Phrase(asGiven: "no paths")) }
        var found = 0
        func look(_ schema: JSONValue?, _ place: String) {
            guard let schema, schema["type"] == "integer",
                schema["description"] != "Amount of money in fen (0.01 yuan)."
            else { return }
            found += 1
            #expect(schema["minimum"] != nil, "\(place) has no least value")
        }
        for (path, methods) in paths {
            guard case .object(let operations) = methods else { continue }
            for (method, operation) in operations {
                if case .array(let parameters) = operation["parameters"] {
                    for parameter in parameters { look(parameter["schema"], "\(method) \(path)") }
                }
                let body = operation["requestBody"]?["content"]?["application/json"]?["schema"]?["properties"]
                if case .object(let fields) = body {
                    for (name, schema) in fields { look(schema, "\(method) \(path) \(name)") }
                }
            }
        }
        #expect(found > 20)
    }

    @Test func `a way to be refused is documented for every operation`() throws {
        let document = try OpenAPI.document(version: "1.0")
        let statuses = ["401", "403", "404", "409", "413", "422", "500", "503"]
        let responses = document["paths"]?["/v1/funds"]?["get"]?["responses"]
        for status in statuses { #expect(responses?[status]?["$ref"] != nil, "\(status)") }
    }

    @Test func `every reference in the document leads somewhere`() throws {
        let document = try OpenAPI.document(version: "1.0")
        var references: Set<String> = []
        func walk(_ value: JSONValue) {
            switch value {
            case .object(let fields):
                if case .string(let reference) = fields["$ref"] { references.insert(reference) }
                fields.values.forEach(walk)
            case .array(let elements): elements.forEach(walk)
            default: break
            }
        }
        walk(document)
        #expect(references.count > 60)
        for reference in references {
            var place: JSONValue? = document
            for step in reference.split(separator: "/").dropFirst() { place = place?[String(step)] }
            #expect(place != nil, "\(reference)")
        }
    }

    @Test func `commands take an idempotency key, queries don't`() throws {
        let document = try OpenAPI.document(version: "1.0")
        let open = document["paths"]?["/v1/cases"]?["post"]?["parameters"]
        let list = document["paths"]?["/v1/cases"]?["get"]?["parameters"]
        let key: JSONValue = ["$ref": "#/components/parameters/IdempotencyKey"]
        guard case .array(let openParameters) = open, case .array(let listParameters) = list else {
            throw Refusal.invalid(Phrase(asGiven: "no parameters"))
        }
        #expect(openParameters.contains(key))
        #expect(!listParameters.contains(key))
    }
}
