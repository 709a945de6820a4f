import Contract
import FoundationEssentials
import Testing

struct CatalogueTests {
    @Test func `names and routes are unique`() {
        let names = Catalogue.operations.map { $0.name }
        #expect(Set(names).count == names.count)
        let routes = Catalogue.operations.map { operation in
            // Two routes that differ only in what a parameter is called are one route.
            operation.route.method.rawValue
                + operation.route.path.split(separator: "/").map { $0.hasPrefix("{") ? "{}" : $0 }.joined(
                    separator: "/")
        }
        #expect(Set(routes).count == routes.count)
        #expect(names.count >= 100)
    }

    @Test func `an operation is found by its name`() {
        #expect(Catalogue.operation(named: "case.open") == OpenCase.self)
        #expect(Catalogue.operation(named: "case.fly") == nil)
    }

    @Test(arguments: Catalogue.operations.map(Box.init))
    func `an operation is what its kind asks for`(box: Box) throws {
        let operation = box.operation
        #expect(operation.summary.en.hasSuffix(".") && operation.summary.zh.hasSuffix("。"))
        #expect(operation.route.path.hasPrefix("/v1/"))
        #expect((operation is any Command.Type) != (operation is any Query.Type))
        if operation is any Command.Type { #expect(operation.route.method == .post) }
        let (schema, book) = try JSONSchema.of(operation)
        let fields = try fields(schema, book)
        for parameter in operation.route.parameters {
            let field = try #require(fields.first { $0.name == parameter })
            #expect(field.required)
            #expect(Self.isScalar(field.schema))
        }
        if operation.route.method == .get {
            for field in fields { #expect(Self.isScalar(field.schema), "\(operation.name).\(field.name)") }
        }
    }

    @Test(arguments: Catalogue.operations.map(Box.init))
    func `an operation is read from the request that it writes`(box: Box) throws {
        try roundTrip(box.operation)
    }

    private func roundTrip<O: Operation>(_ type: O.Type) throws {
        let (schema, book) = try JSONSchema.of(type)
        let full = Samples(book: book).value(schema)
        let least = Samples(book: book).object(try fields(schema, book).filter(\.required))
        for json in [full, least] {
            let operation = try JSON.decode(type, from: JSON.encode(json))
            let request = try Route.request(for: operation)
            #expect(request.method == O.route.method)
            let parts = request.target.split(separator: "?", maxSplits: 1)
            let read = try Route.decode(
                type, parameters: try O.route.values(in: parts[0]),
                query: parts.count == 2 ? String(parts[1]) : nil, body: request.body ?? Data())
            #expect(try JSON.encode(read) == JSON.encode(operation))
            #expect(try JSON.encode(operation) == JSON.encode(json))
        }
    }

    private func fields(_ schema: JSONSchema, _ book: SchemaBook) throws -> [SchemaProperty] {
        guard case .reference(let name) = schema else { return [] }
        return try #require(book.components[name])
    }

    private static func isScalar(_ schema: JSONSchema) -> Bool {
        switch schema {
        case .boolean, .integer, .string, .choice: true
        case .any, .array, .dictionary, .reference: false
        }
    }
}

/// An operation as an argument of a test, named by its name.
struct Box: CustomTestStringConvertible, Sendable {
    let operation: any Operation.Type
    var testDescription: String { operation.name }
}
