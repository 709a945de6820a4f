package import Contract
package import FoundationEssentials
package import Relief

/// What the outside may do with the domain: say who asks, and ask.
package struct Doorway: Sendable {
    let operations: [any Operation.Type]
    let authenticate: @Sendable (Credentials) async throws -> Principal
    /// Refuses who may not do it at all.
    let authorise: @Sendable (any Operation.Type, Principal) async throws -> Void
    /// Carries a request out, and gives the reply as JSON.
    let respond: @Sendable (OperationRequest, Principal) async throws -> Data

    package init(
        operations: [any Operation.Type],
        authenticate: @escaping @Sendable (Credentials) async throws -> Principal,
        authorise: @escaping @Sendable (any Operation.Type, Principal) async throws -> Void = { _, _ in },
        respond: @escaping @Sendable (OperationRequest, Principal) async throws -> Data
    ) {
        (self.operations, self.authenticate) = (operations, authenticate)
        (self.authorise, self.respond) = (authorise, respond)
    }

    /// All operations that the door has handlers for.
    package init(_ door: Door) {
        self.init(
            operations: door.handlers.values.map(\.operation), authenticate: { try await door.authenticate($0) },
            authorise: { try await door.requirePermission(for: $0, $1) }, respond: door.respond)
    }
}
