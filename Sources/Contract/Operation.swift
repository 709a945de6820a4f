/// One thing that can be asked of relief: its fields are the input, `Reply` the answer. API, CLI, jobs and OpenAPI are
/// all made from these values, so that they can't differ.
package protocol Operation: Codable, Sendable {
    associatedtype Reply: Codable, Sendable

    /// Noun and verb: `case.open`.
    static var name: String { get }

    /// One sentence for a person.
    static var summary: String { get }

    /// What the asker must be allowed to do; rules that need the data (whose subtree, which step) come on top.
    static var permission: Permission { get }

    /// Where it stands in the HTTP API.
    static var route: Route { get }
}

/// An operation that changes something: done once per idempotency key, and written in the audit log.
package protocol Command: Operation {}

/// An operation that only reads.
package protocol Query: Operation {}
