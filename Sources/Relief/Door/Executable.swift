package import Contract

/// A command with the code that carries it out.
package protocol Executable: Command {
    func execute(in context: CommandContext) async throws -> Reply
}

/// A query with the code that answers it.
package protocol Answerable: Query {
    func answer(in context: QueryContext) async throws -> Reply
}

/// An operation as the doors outside (API, CLI, console) see it: what it is, and how it is done.
package struct Handler: Sendable {
    package let operation: any Operation.Type
    private let run: @Sendable (any Operation, Principal, String?, Bool, Door) async throws -> any Encodable & Sendable

    package static func command<C: Executable>(_ type: C.Type) -> Handler {
        Handler(operation: type) { operation, principal, key, dryRun, door in
            guard let command = operation as? C else { throw mismatch(type) }
            return try await door.perform(command, as: principal, key: key, dryRun: dryRun)
        }
    }

    package static func query<Q: Answerable>(_ type: Q.Type) -> Handler {
        Handler(operation: type) { operation, principal, _, _, door in
            guard let query = operation as? Q else { throw mismatch(type) }
            return try await door.answer(query, as: principal)
        }
    }

    private init(
        operation: any Operation.Type,
        run:
            @escaping @Sendable (any Operation, Principal, String?, Bool, Door) async throws -> any Encodable & Sendable
    ) {
        self.operation = operation
        self.run = run
    }

    /// Carries out an operation of this handler's type; `key` and `dryRun` mean something to commands only.
    package func perform(
        _ operation: any Operation, principal: Principal, key: String?, dryRun: Bool, door: Door
    ) async throws -> any Encodable & Sendable {
        try await run(operation, principal, key, dryRun, door)
    }

    private static func mismatch(_ type: any Operation.Type) -> Refusal {
        Refusal(.internal, "“\(type.name)” was called with the fields of another operation.")
    }
}
