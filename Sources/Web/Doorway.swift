package import Contract
package import Relief

/// What the outside may do with the domain: say who asks, and ask.
package struct Doorway: Sendable {
    let operations: [any Operation.Type]
    let authenticate: @Sendable (Credentials) async throws -> Principal
    /// Refuses who may not do it at all.
    let authorise: @Sendable (any Operation.Type, Principal) async throws -> Void
    let perform: @Sendable (Call) async throws -> any Encodable & Sendable

    /// One operation on its way in.
    package struct Call: Sendable {
        package let operation: any Operation
        package let name: String
        package let principal: Principal
        package let key: String?
        package let dryRun: Bool
    }

    package init(
        operations: [any Operation.Type],
        authenticate: @escaping @Sendable (Credentials) async throws -> Principal,
        authorise: @escaping @Sendable (any Operation.Type, Principal) async throws -> Void = { _, _ in },
        perform: @escaping @Sendable (Call) async throws -> any Encodable & Sendable
    ) {
        (self.operations, self.authenticate) = (operations, authenticate)
        (self.authorise, self.perform) = (authorise, perform)
    }

    /// All operations that the door has handlers for.
    package init(_ door: Door) {
        self.init(
            operations: Catalogue.operations.filter { door.handlers[$0.name] != nil },
            authenticate: { try await door.authenticate($0) },
            authorise: { try await door.requirePermission(for: $0, $1) }
        ) { call in
            guard let handler = door.handlers[call.name] else {
                throw Refusal.notFound("reliefd can't do “\(call.name)” yet.")
            }
            return try await handler.perform(
                call.operation, principal: call.principal, key: call.key, dryRun: call.dryRun, door: door)
        }
    }
}
