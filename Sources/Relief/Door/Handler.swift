package import Contract
package import FoundationEssentials

/// A request of an operation as it came, not yet read: fields of the path (decoded), query string (encoded), body.
package struct OperationRequest: Sendable {
    package let operation: any Operation.Type
    package let parameters: [String: String]
    package let query: String?
    package let body: Data
    /// Idempotency key; it and `dryRun` mean something to commands only.
    package let key: String?
    package let dryRun: Bool

    package init(
        _ operation: any Operation.Type, parameters: [String: String], query: String?, body: Data, key: String?,
        dryRun: Bool
    ) {
        (self.operation, self.parameters, self.query) = (operation, parameters, query)
        (self.body, self.key, self.dryRun) = (body, key, dryRun)
    }

    /// Refuses, by name, what isn't a field or of its type.
    package func read<O: Operation>(_ type: O.Type) throws -> O {
        try Route.decode(type, parameters: parameters, query: query, body: body)
    }
}

/// How an operation is done: reads the request, asks the door, and gives the reply as JSON.
package struct Handler: Sendable {
    package typealias Respond = @Sendable (OperationRequest, Principal, Door) async throws -> Data

    package let operation: any Operation.Type
    package let respond: Respond

    /// Every operation that relief knows how to do. What the catalogue has and nobody can carry out isn't among them; a
    /// test holds that there is none.
    package static let all = Catalogue.operations.compactMap { Handler($0) }

    /// nil: no code carries it out.
    package init?(_ operation: any Operation.Type) {
        switch operation {
        case let command as any Executable.Type: self.init(command: command)
        case let query as any Answerable.Type: self.init(query: query)
        default: return nil
        }
    }

    private init<C: Executable>(command: C.Type) {
        operation = command
        respond = { request, principal, door in
            try await door.respond(
                to: try request.read(C.self), as: principal, key: request.key, dryRun: request.dryRun)
        }
    }

    private init<Q: Answerable>(query: Q.Type) {
        operation = query
        respond = { request, principal, door in
            try JSON.encode(try await door.answer(try request.read(Q.self), as: principal))
        }
    }
}
