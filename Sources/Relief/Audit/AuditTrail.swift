import Contract
import FoundationEssentials
import Postgres

/// Writes the one audit event of a command, as its last statement.
enum AuditTrail {
    /// Beyond this many unions an event names the one above them all.
    private static let mostUnions = 32

    /// The number is taken here, while every lock of the command is still held: two commands that touched one row are
    /// numbered in the order in which they changed it.
    ///
    /// `scope`: paths of the subtrees in which it was allowed; an event that changed no union's rows is theirs.
    static func append(
        _ call: Call, notes: AuditNotes.Notes, at now: Date, scope: [String], refused: Refusal? = nil, vault: Vault,
        in transaction: Transaction
    ) async throws {
        let row = try await transaction.one(
            """
            SELECT nextval('audit.event_seq') AS seq, count, digest, tables::text AS tables,
                   current_setting('relief.changes', true) AS changes,
                   coalesce(nullif(current_setting('relief.unlisted', true), ''), '0')::bigint AS unlisted,
                   current_setting('relief.unions', true) AS unions
            FROM audit.rows_digest(\(call.event))
            """)
        let lines: String = try row["changes"] ?? ""
        let told = try await ToldChanges(NotedRow.reading(lines), of: call.event, vault: vault, in: transaction)
        let tables: String = try row["tables"]
        let leaf = try Leaf(
            call, seq: try row["seq"], at: now,
            rows: Leaf.Rows(
                count: try row["count"], sha256: try row["digest"], tables: JSON.decode(from: Data(tables.utf8))),
            notes: notes, changes: told.told.map(\.change) + notes.changes, unlisted: try row["unlisted"],
            unions: unions(noted: try row["unions"] ?? "", told.paths, scope), refused: refused?.phrase)
        let bytes = try leaf.encoded()
        let subjects = notes.subjects.sorted()
        try await transaction.execute(
            """
            WITH event AS (
              INSERT INTO audit.event (id, seq, at, command, actor, unions, leaf, mac)
              VALUES (\(call.event), \(leaf.seq), \(now), \(call.command), \(call.actor), \(leaf.unions ?? []), \(bytes),
                \(vault.leafMAC(bytes, of: call.event))))
            INSERT INTO audit.subject (event, subject) SELECT \(call.event), unnest(\(subjects)::text[])
            """)
        for parcel in try told.sealed(first: min(leaf.changes?.count ?? 0, told.told.count), of: call.event) {
            try await transaction.execute(
                """
                INSERT INTO audit.kept_change (event, person, sealed)
                VALUES (\(call.event), \(parcel.person), \(parcel.sealed))
                """)
        }
    }

    /// Codes of the unions that an event concerns. `*` among the noted: there were more than could be noted.
    private static func unions(noted: String, _ paths: Set<String>, _ scope: [String]) -> [String] {
        var all = Set(noted.split(separator: " ").map(String.init)).union(paths)
        if all.remove("*") != nil || all.isEmpty { all.formUnion(scope) }
        let labels = all.filter { !$0.isEmpty }.map { $0.split(separator: ".").map(String.init) }
        guard labels.count > mostUnions, let first = labels.first else {
            return Set(labels.compactMap(\.last)).sorted()
        }
        let common = labels.dropFirst().reduce(first) { common, path in
            zip(common, path).prefix { $0 == $1 }.map(\.0)
        }
        return common.last.map { [$0] } ?? []
    }
}
