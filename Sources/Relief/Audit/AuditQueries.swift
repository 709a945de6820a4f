package import Contract
import Crypto
import FoundationEssentials
import Postgres
import TransparencyLog

/// Reading the log, and proving from it.
enum Audit {
    static let handlers: [Handler] = [
        .query(ShowAuditLog.self), .query(ShowAuditEntry.self), .query(ProveAudit.self), .query(VerifyAudit.self),
        .query(GetCheckpoint.self), .query(GetLogKey.self),
    ]

    static let columns: SQL = """
        e.leaf_index, e.seq, e.at, e.command, e.actor, e.leaf,
        (SELECT u.name FROM relief.app_user u WHERE u.id::text = e.actor) AS actor_name
        """

    static func entry(_ row: Row) throws -> AuditEntry {
        let bytes: [UInt8] = try row["leaf"]
        let leaf = try Leaf(decoding: bytes)
        return AuditEntry(
            index: try row["leaf_index"], seq: leaf.seq, at: leaf.at, command: leaf.command, actor: leaf.actor,
            actorName: try row["actor_name"], subjects: leaf.subjects, rows: Int(leaf.rows.count),
            leaf: String(decoding: bytes, as: UTF8.self))
    }
}

extension ShowAuditLog: Answerable {
    package func answer(in context: QueryContext) async throws -> Page<AuditEntry> {
        let size = try Paging.size(limit)
        let rows = try await context.transaction.query(
            """
            SELECT \(Audit.columns) FROM audit.event e
            WHERE (\(subject)::text IS NULL
                   OR EXISTS (SELECT FROM audit.subject s WHERE s.event = e.id AND s.subject = \(subject)))
              AND (\(actor)::text IS NULL OR e.actor = \(actor)
                   OR e.actor = (SELECT u.id::text FROM relief.app_user u WHERE u.login = \(actor)))
              AND (\(command)::text IS NULL OR e.command = \(command))
              AND e.seq < coalesce(\(before), 9223372036854775807)
            ORDER BY e.seq DESC LIMIT \(size + 1)
            """)
        // That a slip of the pen happened to nobody is no answer.
        if rows.isEmpty { try await refuseUnknown(in: context) }
        let entries = try rows.prefix(size).map(Audit.entry)
        return Page(items: entries, next: rows.count > size ? entries.last.map { String($0.seq) } : nil)
    }
}

extension ShowAuditLog {
    private func refuseUnknown(in context: QueryContext) async throws {
        let row = try await context.transaction.one(
            """
            SELECT \(subject)::text IS NULL OR EXISTS (SELECT FROM audit.subject WHERE subject = \(subject)) AS subject,
                   \(actor)::text IS NULL OR EXISTS (SELECT FROM audit.event WHERE actor = \(actor))
                     OR EXISTS (SELECT FROM relief.app_user WHERE login = \(actor)) AS actor,
                   \(command)::text IS NULL OR EXISTS (SELECT FROM audit.event WHERE command = \(command)) AS command
            """)
        if let subject, try !row["subject"] {
            throw Refusal.notFound(
                "The log has nothing about “\(subject)”; check the number of the case, run, person…", field: "subject")
        }
        if let actor, try !row["actor"] {
            throw Refusal.notFound("There is no user “\(actor)”; see relief user list.", field: "actor")
        }
        if let command, try !row["command"], !Catalogue.operations.contains(where: { $0.name == command }) {
            throw Refusal.notFound("There is no command “\(command)”; one is case.open.", field: "command")
        }
    }
}

extension ShowAuditEntry: Answerable {
    package func answer(in context: QueryContext) async throws -> AuditEntry {
        guard
            let row = try await context.transaction.first(
                "SELECT \(Audit.columns) FROM audit.event e WHERE e.leaf_index = \(index)")
        else { throw Refusal.notFound("The log has no leaf \(index) yet.", field: "index") }
        return try Audit.entry(row)
    }
}

extension ProveAudit: Answerable {
    package func answer(in context: QueryContext) async throws -> AuditProof {
        let log = context.door.auditLog
        guard let note = try log.checkpoint() else { throw Refusal.unavailable("The log has no checkpoint yet.") }
        let size = try CheckpointPolicy(logKeys: [log.signer.verifier]).verify(note).size
        guard
            let row = try await context.transaction.first(
                """
                SELECT e.id, e.leaf, e.leaf_index FROM audit.event e
                WHERE e.leaf_index < \(size) AND (e.leaf_index = \(index)
                  OR EXISTS (SELECT FROM audit.subject s WHERE s.event = e.id AND s.subject = \(subject)))
                ORDER BY e.leaf_index DESC LIMIT 1
                """)
        else {
            throw Refusal.notFound(
                "No sealed leaf is about \(subject ?? index.map(String.init) ?? "nothing"): give --index or --subject.",
                field: subject == nil ? "index" : "subject")
        }
        let (event, leaf, place): (UUID, [UInt8], Int) = (try row["id"], try row["leaf"], try row["leaf_index"])
        let lines: [String] = try await context.transaction.query("SELECT line FROM audit.rows_of(\(event))").map {
            try $0["line"]
        }
        let proof = try OfflineProof(proof: log.tree(size: size).inclusionProof(of: place), note: note)
        return AuditProof(
            index: Int64(place), leaf: String(decoding: leaf, as: UTF8.self),
            rows: lines.map { $0.hasSuffix("\n") ? String($0.dropLast()) : $0 }, proof: proof.encoded, vkey: log.vkey)
    }
}

extension GetCheckpoint: Answerable {
    package func answer(in context: QueryContext) async throws -> Document {
        guard let note = try context.door.auditLog.checkpoint() else {
            throw Refusal.unavailable("The log has no checkpoint yet: it comes with the first command.")
        }
        return Document(fileName: "checkpoint", mediaType: "text/plain; charset=utf-8", text: note.encoded)
    }
}

extension GetLogKey: Answerable {
    package func answer(in context: QueryContext) async throws -> KeyView {
        KeyView(vkey: context.door.auditLog.vkey)
    }
}
