import Contract
import FoundationEssentials
import Postgres

/// Writes the one audit event of a command, as its last statement.
enum AuditTrail {
    /// The number is taken here, while every lock of the command is still held: two commands that touched one row are
    /// numbered in the order in which they changed it.
    static func append(
        _ call: Call, notes: AuditNotes, at now: Date, refused: Refusal? = nil, vault: Vault,
        in transaction: Transaction
    ) async throws {
        let row = try await transaction.one(
            """
            SELECT nextval('audit.event_seq') AS seq, count, digest FROM audit.rows_digest(\(call.event))
            """)
        let subjects = notes.subjects
        let leaf = Leaf(
            seq: try row["seq"], event: call.event, at: now, command: call.command, actor: call.actor,
            body: Hex.encode(call.bodyMAC), rows: Leaf.Rows(count: try row["count"], sha256: try row["digest"]),
            subjects: subjects, facts: notes.facts, refused: refused?.message)
        let bytes = try leaf.encoded()
        try await transaction.execute(
            """
            INSERT INTO audit.event (id, seq, at, command, actor, leaf, mac)
            VALUES (\(call.event), \(leaf.seq), \(now), \(call.command), \(call.actor), \(bytes),
              \(vault.leafMAC(bytes, of: call.event)))
            """)
        if !subjects.isEmpty {
            try await transaction.execute(
                "INSERT INTO audit.subject (event, subject) SELECT \(call.event), unnest(\(subjects)::text[])")
        }
    }
}
