package import Contract
package import FoundationEssentials

/// One command as the transparency log keeps it: canonical JSON (sorted keys, integers only, UTC), version 2.
///
/// It holds no personal data: the command's body stands as a keyed digest, its rows as the digest of their digests, and of
/// personal fields only commitments to what they were and became. Version 1 had neither `credential`, `changes` and
/// `unions` nor the tables of its rows; it is read for ever.
package struct Leaf: Codable, Sendable, Equatable {
    /// What the command changed: how many rows, of which tables, and the SHA-256 (hex) over their lines (`audit.rows_of`).
    package struct Rows: Codable, Sendable, Equatable {
        package var count: Int64
        package var sha256: String
        package var tables: [String: Int64]?
    }

    package var v: Int
    package var seq: Int64
    package var event: UUID
    package var at: Date
    package var command: String
    /// The acting user's id, or that of the system.
    package var actor: String
    /// What it acted with: `token` with the token's id, `peer` with the account's number on the host, or `program`.
    package var credential: String?
    /// Hex HMAC of the command's bytes.
    package var body: String
    package var rows: Rows
    package var subjects: [String]
    package var facts: [String: JSONValue]
    /// Which fields changed from what to what, row by row, as many as there is room for.
    package var changes: [RowChange]?
    /// Rows that changed and had no room in `changes`: they are in the count and the digest of `rows`.
    package var unlisted: Int64?
    /// Codes of the unions that it concerns.
    package var unions: [String]?
    /// Set where the command was refused and the refusal is worth keeping (somebody tried what he or she may not).
    package var refused: String?

    /// Persons to whose fields it commits; nil among them: commitments under nobody's key.
    var committed: Set<UUID?> {
        Set(
            (changes ?? []).filter { $0.fields.values.contains { $0.oldMAC != nil || $0.newMAC != nil } }.map(\.person))
    }

    /// The newest version: what `encoded` writes.
    static let version = 2
    /// Subjects beyond this many are left to the rows.
    static let mostSubjects = 256
    /// A leaf must fit an entry of a bundle.
    static let mostBytes = 65_535
    /// Bytes of JSON that facts and changes may take of it.
    private static let roomForFacts = 8_000
    private static let roomForChanges = 32_000

    package func encoded() throws -> [UInt8] {
        Array(try JSON.encode(self))
    }

    /// Throws `UnknownVersion` for a leaf of a later program.
    package init(decoding bytes: [UInt8]) throws {
        self = try JSON.decode(Leaf.self, from: Data(bytes))
        guard (1...Self.version).contains(v) else { throw UnknownVersion(version: v) }
    }

    struct UnknownVersion: Error, CustomStringConvertible {
        let version: Int
        var description: String { "a leaf of version \(version): this program reads up to \(Leaf.version)" }
    }

    /// Takes of subjects, facts and changes what there is room for; what has none is counted, or stands as its digest.
    init(
        _ call: Call, seq: Int64, at: Date, rows: Rows, notes: AuditNotes.Notes, changes: [RowChange], unlisted: Int64,
        unions: [String], refused: Phrase?
    ) throws {
        v = Self.version
        (self.seq, event, self.at) = (seq, call.event, at)
        (command, actor, credential) = (call.command, call.actor, call.principal.credential.text)
        (body, self.rows, self.unions) = (Hex.encode(call.bodyMAC), rows, unions)
        self.refused = refused.map { String($0.en.prefix(1_000)) }
        subjects = Array(notes.subjects.sorted().prefix(Self.mostSubjects))
        facts = notes.facts
        let bytes = try JSON.encode(facts)
        if bytes.count > Self.roomForFacts { facts = ["sha256": .string(EvidenceStore.name(of: bytes))] }
        // The digits of `unlisted` and the brackets of `changes` are what the slack is for.
        var (told, room) = (
            [RowChange](), min(Self.roomForChanges, Self.mostBytes - 100 - (try JSON.encode(self).count))
        )
        for change in changes {
            room -= try JSON.encode(change).count + 1
            guard room >= 0 else { break }
            told.append(change)
        }
        self.changes = told
        let left = unlisted + Int64(changes.count - told.count)
        self.unlisted = left > 0 ? left : nil
    }
}
