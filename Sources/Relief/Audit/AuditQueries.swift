package import Contract
import Crypto
import FoundationEssentials
import Postgres
import TransparencyLog

/// Reading the log, and proving from it.
enum Audit {
    static let columns: SQL = """
        e.id, e.leaf_index, e.seq, e.at, e.leaf, \(isSeen) AS is_seen, \(isWhole) AS is_whole,
        (SELECT u.name FROM relief.app_user u WHERE u.id::text = e.actor) AS actor_name
        """

    /// Whether an entry is of the asker's unions, wherever they stand in the tree today; one of no union is the root's.
    static let isSeen: SQL = """
        (EXISTS (SELECT FROM relief.organisation o WHERE o.code = ANY (e.unions) AND o.path <@ ANY (relief.scope()))
         OR relief.sees_all())
        """

    /// Whether it is of the asker's unions alone, so that its leaf tells nothing of another's.
    static let isWhole: SQL = """
        NOT EXISTS (SELECT FROM unnest(e.unions) AS u (code) WHERE NOT EXISTS (
          SELECT FROM relief.organisation o WHERE o.code = u.code AND o.path <@ ANY (relief.scope())))
        """

    static func entries(_ rows: [Row], in context: QueryContext) async throws -> [AuditEntry] {
        let seen = try rows.filter { try $0["is_seen"] && $0["is_whole"] }
        let kept = try await KeptChanges(of: seen.map { try $0["id"] }, in: context)
        return try rows.map { try entry($0, kept) }
    }

    private static func entry(_ row: Row, _ kept: KeptChanges) throws -> AuditEntry {
        let bytes: [UInt8] = try row["leaf"]
        let digest = Hex.encode(Hash.leaf(bytes).bytes)
        guard try row["is_seen"] else {
            return AuditEntry(index: try row["leaf_index"], seq: try row["seq"], at: try row["at"], digest: digest)
        }
        let leaf = try Leaf(decoding: bytes)
        guard try row["is_whole"] else {
            return AuditEntry(
                index: try row["leaf_index"], seq: leaf.seq, at: leaf.at, command: leaf.command, actor: leaf.actor,
                actorName: try row["actor_name"], digest: digest)
        }
        return AuditEntry(
            index: try row["leaf_index"], seq: leaf.seq, at: leaf.at, command: leaf.command, actor: leaf.actor,
            actorName: try row["actor_name"], credential: leaf.credential, subjects: leaf.subjects,
            rows: Int(leaf.rows.count), refused: leaf.refused, digest: digest,
            leaf: String(decoding: bytes, as: UTF8.self), changes: kept.views(of: leaf))
    }
}

extension ShowAuditLog: Answerable {
    /// The entries of the asker's unions. What others did isn't counted or found by it.
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
              AND e.seq < coalesce(\(before), 9223372036854775807) AND \(Audit.isSeen)
            ORDER BY e.seq DESC LIMIT \(size + 1)
            """)
        // That a slip of the pen happened to nobody is no answer.
        if rows.isEmpty { try await refuseUnknown(in: context) }
        let entries = try await Audit.entries(Array(rows.prefix(size)), in: context)
        return Page(items: entries, next: rows.count > size ? entries.last.map { String($0.seq) } : nil)
    }
}

extension ShowAuditLog {
    private func refuseUnknown(in context: QueryContext) async throws {
        let row = try await context.transaction.one(
            """
            SELECT \(subject)::text IS NULL
                     OR EXISTS (SELECT FROM audit.subject s JOIN audit.event e ON e.id = s.event
                                WHERE s.subject = \(subject) AND \(Audit.isSeen)) AS subject,
                   \(actor)::text IS NULL
                     OR EXISTS (SELECT FROM relief.app_user u LEFT JOIN relief.user_grant g ON g.user_id = u.id
                                WHERE \(actor) IN (u.login, u.id::text)
                                  AND (g.org_path <@ ANY (relief.scope())
                                       OR EXISTS (SELECT FROM audit.event e WHERE e.actor = u.id::text AND \(Audit.isSeen)))
                     ) AS actor,
                   \(command)::text IS NULL OR EXISTS (SELECT FROM audit.event WHERE command = \(command)) AS command
            """)
        if let subject, try !row["subject"] {
            throw Refusal.notFound(
                Phrase(
                    "The log has nothing about “\(subject)”; check the number of the case, run, person…",
                    "日志中没有“\(subject)”的记录；请核对案件、批次或人员编号。"), field: "subject")
        }
        if let actor, try !row["actor"] {
            throw Refusal.notFound(
                Phrase(
                    "There is no user “\(actor)”; see relief user list.",
                    "没有用户“\(actor)”；见 relief user list。"), field: "actor")
        }
        if let command, try !row["command"], !Catalogue.operations.contains(where: { $0.name == command }) {
            throw Refusal.notFound(
                Phrase(
                    "There is no command “\(command)”; one is case.open.",
                    "没有操作“\(command)”；写法如 case.open。"), field: "command")
        }
    }
}

extension ShowAuditEntry: Answerable {
    package func answer(in context: QueryContext) async throws -> AuditEntry {
        let rows = try await context.transaction.query(
            "SELECT \(Audit.columns) FROM audit.event e WHERE e.leaf_index = \(index)")
        guard let entry = try await Audit.entries(Array(rows), in: context).first else {
            throw Refusal.notFound(
                Phrase(
                    "The log has no leaf \(index) yet.",
                    "日志中还没有第 \(index) 条记录。"), field: "index")
        }
        return entry
    }
}

extension ProveAudit: Answerable {
    package func answer(in context: QueryContext) async throws -> AuditProof {
        let log = context.door.auditLog
        guard let note = try log.checkpoint() else {
            throw Refusal.unavailable(
                Phrase(
                    "The log has no checkpoint yet.",
                    "日志还没有检查点。"))
        }
        let size = try CheckpointPolicy(logKeys: [log.signer.verifier]).verify(note).size
        guard
            let row = try await context.transaction.first(
                """
                SELECT e.id, e.leaf, e.leaf_index, \(Audit.isSeen) AND \(Audit.isWhole) AS is_seen FROM audit.event e
                WHERE e.leaf_index < \(size) AND (e.leaf_index = \(index)
                  OR (\(Audit.isSeen)
                      AND EXISTS (SELECT FROM audit.subject s WHERE s.event = e.id AND s.subject = \(subject))))
                ORDER BY e.leaf_index DESC LIMIT 1
                """)
        else {
            let wanted = subject ?? index.map(String.init) ?? ""
            throw Refusal.notFound(
                Phrase(
                    "No sealed leaf is about “\(wanted)”: give --index or --subject.",
                    "没有关于“\(wanted)”的已签名记录：请给出 --index 或 --subject。"),
                field: subject == nil ? "index" : "subject")
        }
        let (event, leaf, place): (UUID, [UInt8], Int) = (try row["id"], try row["leaf"], try row["leaf_index"])
        let isSeen: Bool = try row["is_seen"]
        let lines: [String] =
            isSeen
            ? try await context.transaction.query("SELECT line FROM audit.rows_of(\(event))").map { try $0["line"] }
            : []
        let proof = try OfflineProof(proof: log.tree(size: size).inclusionProof(of: place), note: note)
        return AuditProof(
            index: Int64(place), leaf: isSeen ? String(decoding: leaf, as: UTF8.self) : nil,
            digest: Hex.encode(Hash.leaf(leaf).bytes),
            rows: lines.map { $0.hasSuffix("\n") ? String($0.dropLast()) : $0 }, proof: proof.encoded, vkey: log.vkey)
    }
}

extension GetCheckpoint: Answerable {
    package func answer(in context: QueryContext) async throws -> Document {
        guard let note = try context.door.auditLog.checkpoint() else {
            throw Refusal.unavailable(
                Phrase(
                    "The log has no checkpoint yet: it comes with the first command.",
                    "日志还没有检查点：第一个操作之后才有。"))
        }
        return Document(fileName: "checkpoint", mediaType: "text/plain; charset=utf-8", text: note.encoded)
    }
}

extension GetLogKey: Answerable {
    package func answer(in context: QueryContext) async throws -> KeyView {
        KeyView(vkey: context.door.auditLog.vkey)
    }
}
