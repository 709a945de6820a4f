package import Contract
package import FoundationEssentials

/// One command as the transparency log keeps it: canonical JSON (sorted keys, integers only, UTC), version 1.
///
/// It holds no personal data: the command's body stands as a keyed digest, its rows as the digest of their digests.
package struct Leaf: Codable, Sendable, Equatable {
    /// What the command changed: how many rows, and the SHA-256 (hex) over their lines (`audit.rows_of`).
    package struct Rows: Codable, Sendable, Equatable {
        package var count: Int64
        package var sha256: String
    }

    package var v: Int
    package var seq: Int64
    package var event: UUID
    package var at: Date
    package var command: String
    /// The acting user's id, or that of the system.
    package var actor: String
    /// Hex HMAC of the command's bytes.
    package var body: String
    package var rows: Rows
    package var subjects: [String]
    package var facts: [String: JSONValue]
    /// Set where the command was refused and the refusal is worth keeping (somebody tried what he or she may not).
    package var refused: String?

    /// Subjects beyond this many are left to the rows: a leaf must fit an entry bundle's 65,535 bytes.
    static let mostSubjects = 256

    package func encoded() throws -> [UInt8] {
        Array(try JSON.encode(self))
    }

    package init(decoding bytes: [UInt8]) throws {
        self = try JSON.decode(Leaf.self, from: Data(bytes))
    }

    init(
        seq: Int64, event: UUID, at: Date, command: String, actor: String, body: String, rows: Rows, subjects: [String],
        facts: [String: JSONValue], refused: String?
    ) {
        v = 1
        (self.seq, self.event, self.at, self.command, self.actor) = (seq, event, at, command, actor)
        (self.body, self.rows, self.facts, self.refused) = (body, rows, facts, refused)
        self.subjects = Array(subjects.prefix(Self.mostSubjects))
    }
}
