/// One thing that can be asked of relief: its fields are the input, `Reply` the answer. API, CLI, jobs and OpenAPI are
/// all made from these values, so that they can't differ.
package protocol Operation: Codable, Sendable {
    associatedtype Reply: Codable, Sendable

    /// Noun and verb: `case.open`.
    static var name: String { get }

    /// One sentence for a person.
    static var summary: Phrase { get }

    /// What is said of fields that mean something else here than in the glossary (`FieldGlossary`), or more.
    static var fields: [String: FieldNote] { get }

    /// What the asker must be allowed to do; rules that need the data (whose subtree, which step) come on top.
    static var permission: Permission { get }

    /// Where it stands in the HTTP API.
    static var route: Route { get }

    /// Whether it governs everybody (programmes, the calendar, the job engine): then the permission must hold at the root.
    static var governsAll: Bool { get }

    /// Bytes that its body may have: more is refused before it is read.
    static var longestBody: Int { get }
}

extension Operation {
    package static var longestBody: Int { 256 << 10 }
    package static var governsAll: Bool { false }
    package static var fields: [String: FieldNote] { [:] }
}

/// An operation that changes something: done once per idempotency key, and written in the audit log.
package protocol Command: Operation {
    /// Whether it may be tried out and taken back. Not where the answer itself is the effect: what was revealed can't be
    /// taken back, and its leaf must stay.
    static var allowsDryRun: Bool { get }
}

extension Command {
    package static var allowsDryRun: Bool { true }
}

/// An operation that only reads.
package protocol Query: Operation {}

/// A query whose answer holds personal data whole, such as a bank file or a scan: each answer is a leaf of the audit log.
package protocol Disclosure: Query {}
