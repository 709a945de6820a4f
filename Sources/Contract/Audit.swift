package import FoundationEssentials

package struct ShowAuditLog: Query {
    package typealias Reply = Page<AuditEntry>
    package static let name = "audit.log"
    package static let summary = Phrase("Lists commands, newest first.", "列出办理记录，最新的在前。")
    package static let permission = Permission.audit
    package static let route = Route.get("/v1/audit")
    package static let fields = [
        "actor": FieldNote("Login of whoever acted.", "办理人登录名。"),
        "command": FieldNote("Name of the operation, as case.decide.", "操作名称，如 case.decide。"),
        "before": FieldNote("Sequence number to read on from.", "从该序号之前继续查看。"),
    ]

    package let subject: String?
    package let actor: String?
    package let command: String?
    package let before: Int64?
    package let limit: Int?

    package init(
        subject: String? = nil, actor: String? = nil, command: String? = nil, before: Int64? = nil, limit: Int? = nil
    ) {
        self.subject = subject
        self.actor = actor
        self.command = command
        self.before = before
        self.limit = limit
    }
}

package struct ShowAuditEntry: Query {
    package typealias Reply = AuditEntry
    package static let name = "audit.show"
    package static let summary = Phrase("Shows a leaf of the audit log.", "查看审计日志的一条记录。")
    package static let permission = Permission.audit
    package static let route = Route.get("/v1/audit/{index}")

    package let index: Int64

    package init(index: Int64) {
        self.index = index
    }
}

package struct ProveAudit: Query {
    package typealias Reply = AuditProof
    package static let name = "audit.prove"
    package static let summary = Phrase(
        "Proves to an outsider that a leaf stands in the signed log.",
        "向外部证明某条记录在签名日志之中。")
    package static let permission = Permission.audit
    package static let route = Route.post("/v1/audit/prove")
    package static let fields = [
        "subject": FieldNote("Newest leaf about it, where no index is given.", "不写位置时，取其最新一条记录。")
    ]

    package let index: Int64?
    package let subject: String?

    package init(index: Int64? = nil, subject: String? = nil) {
        self.index = index
        self.subject = subject
    }
}

package struct VerifyAudit: Query {
    package typealias Reply = VerifyReport
    package static let name = "audit.verify"
    package static let summary = Phrase("Replays the whole log against tables and ledger.", "对照数据表和账簿重放整个日志。")
    package static let permission = Permission.audit
    package static let route = Route.post("/v1/audit/verify")

    package init() {}
}

package struct GetCheckpoint: Query {
    package typealias Reply = Document
    package static let name = "audit.checkpoint"
    package static let summary = Phrase("Fetches the newest signed checkpoint.", "获取最新的签名检查点。")
    package static let permission = Permission.anyone
    package static let route = Route.get("/v1/audit-checkpoint")

    package init() {}
}

package struct GetLogKey: Query {
    package typealias Reply = KeyView
    package static let name = "audit.key"
    package static let summary = Phrase("Shows the key that checkpoints are verified with.", "查看用于验证检查点的公钥。")
    package static let permission = Permission.anyone
    package static let route = Route.get("/v1/audit-key")

    package init() {}
}

/// One committed command, as the log has it. Of other unions' commands only places and digest are told; of one on several
/// unions, of which some are others', neither leaf nor subjects.
package struct AuditEntry: Codable, Sendable {
    /// Leaf in the log; nil until sealed.
    package var index: Int64?
    package var seq: Int64
    package var at: Date
    /// nil: another union's.
    package var command: String?
    package var actor: String?
    package var actorName: String?
    /// What it was done with: `token` and its id, `peer` and the account's number on the host, `program`.
    package var credential: String?
    package var subjects: [String]
    package var rows: Int?
    /// The refusal, where it was one.
    package var refused: String?
    /// SHA-256 (hex) of the leaf as the log hashes it (RFC 6962).
    package var digest: String
    /// Canonical JSON.
    package var leaf: String?
    package var changes: [ChangeView]

    package init(
        index: Int64? = nil, seq: Int64, at: Date, command: String? = nil, actor: String? = nil,
        actorName: String? = nil, credential: String? = nil, subjects: [String] = [], rows: Int? = nil,
        refused: String? = nil, digest: String, leaf: String? = nil, changes: [ChangeView] = []
    ) {
        self.index = index
        self.seq = seq
        self.at = at
        self.command = command
        self.actor = actor
        self.actorName = actorName
        self.credential = credential
        self.subjects = subjects
        self.rows = rows
        self.refused = refused
        self.digest = digest
        self.leaf = leaf
        self.changes = changes
    }
}

/// A field that a command changed.
package struct ChangeView: Codable, Sendable {
    /// With its schema: `relief.case_file`.
    package var table: String
    package var row: String
    /// `insert`, `update` or `delete`.
    package var op: String
    package var field: String
    /// nil: it was empty, or `isHidden`.
    package var old: JSONValue?
    package var new: JSONValue?
    /// The leaf only commits to it; the value is kept beside it, encrypted, until the person is erased.
    package var isPersonal: Bool
    /// The value is destroyed, or nobody sees it in a log.
    package var isHidden: Bool

    package init(
        table: String, row: String, op: String, field: String, old: JSONValue?, new: JSONValue?, isPersonal: Bool,
        isHidden: Bool
    ) {
        self.table = table
        self.row = row
        self.op = op
        self.field = field
        self.old = old
        self.new = new
        self.isPersonal = isPersonal
        self.isHidden = isHidden
    }
}

/// What an outsider needs to check one leaf.
package struct AuditProof: Codable, Sendable {
    package var index: Int64
    /// nil: another union's, of which the digest is proved.
    package var leaf: String?
    /// SHA-256 (hex) of the leaf as the log hashes it (RFC 6962).
    package var digest: String
    package var rows: [String]
    /// C2SP tlog-proof.
    package var proof: String
    package var vkey: String

    package init(index: Int64, leaf: String?, digest: String, rows: [String], proof: String, vkey: String) {
        self.index = index
        self.leaf = leaf
        self.digest = digest
        self.rows = rows
        self.proof = proof
        self.vkey = vkey
    }
}

/// What a verification found.
package struct VerifyReport: Codable, Sendable {
    package var leaves: Int64
    package var tables: Int
    package var rows: Int64
    /// Files of evidence that were read whole.
    package var papers: Int64
    package var checkpoint: String
    package var findings: [VerifyFinding]
    package var intact: Bool

    package init(
        leaves: Int64, tables: Int, rows: Int64, papers: Int64, checkpoint: String, findings: [VerifyFinding],
        intact: Bool
    ) {
        self.leaves = leaves
        self.tables = tables
        self.rows = rows
        self.papers = papers
        self.checkpoint = checkpoint
        self.findings = findings
        self.intact = intact
    }
}

/// Something that isn't as the log says.
package struct VerifyFinding: Codable, Sendable {
    package var what: String
    package var `where`: String
    package var detail: String

    package init(what: String, `where`: String, detail: String) {
        self.what = what
        self.where = `where`
        self.detail = detail
    }
}

/// The key of the log.
package struct KeyView: Codable, Sendable {
    package var vkey: String

    package init(vkey: String) {
        self.vkey = vkey
    }
}
