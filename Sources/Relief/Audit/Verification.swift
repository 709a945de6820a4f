package import Contract
import FoundationEssentials
import Postgres
import TransparencyLog

/// Holds everything against everything: signature, tiles, leaves, the notes of changed rows, the rows themselves, the papers
/// that they name, and the checks of `sql/checks` on ledger and tables.
struct Verification {
    private let context: QueryContext
    private var findings: [VerifyFinding] = []

    init(context: QueryContext) {
        self.context = context
    }

    /// More than this many findings of one kind say nothing new.
    private static let mostFindings = 200

    mutating func run() async throws -> VerifyReport {
        let head = try await checkSignature()
        let leaves = head.map { checkTiles($0) } ?? []
        try await checkEvents(leaves)
        findings += try await KeptExamination.run(in: context).prefix(Self.mostFindings)
        try await checkSignedRoot()
        let (tables, rows) = try await checkRows()
        let papers = try await checkPapers()
        try await checkLaws()
        for (place, problem) in try await Guards.examine(in: context.transaction) {
            found("guard", place, problem)
        }
        return VerifyReport(
            leaves: Int64(leaves.count), tables: tables, rows: rows, papers: papers, checkpoint: head?.body ?? "",
            findings: findings, intact: findings.isEmpty)
    }

    private mutating func found(_ what: String, _ place: String, _ detail: String) {
        if findings.count < Self.mostFindings {
            findings.append(VerifyFinding(what: what, where: place, detail: detail))
        }
    }

    /// The published checkpoint under the log's own key; the database must know that it was signed.
    ///
    /// The folder is read first: what is published was committed before.
    private mutating func checkSignature() async throws -> Checkpoint? {
        let log = context.door.auditLog
        let published: Checkpoint?
        do {
            published = try log.checkpoint().map { try policy.verify($0) }
        } catch {
            found("checkpoint", "checkpoint", "\(error)")
            return nil
        }
        guard let published else {
            if try await context.transaction.exists("SELECT FROM audit.checkpoint") {
                found("checkpoint", "log folder", "a log was signed, but the folder has no checkpoint: restart reliefd")
            }
            return nil
        }
        let known = try await context.transaction.exists(
            "SELECT FROM audit.checkpoint WHERE size = \(published.size) AND root = \(published.root.bytes)")
        // Signed is before published: the last but one is published for certain.
        let older = try await context.transaction.exists(
            """
            SELECT FROM (SELECT size FROM audit.checkpoint ORDER BY size DESC OFFSET 1 LIMIT 1) AS last
            WHERE size > \(published.size)
            """)
        if older {
            found(
                "checkpoint", "log folder",
                "the published checkpoint of \(published.size) leaves is older than what was signed: restart reliefd")
        }
        if !known {
            found(
                "checkpoint", "audit.checkpoint",
                "\(published.size) leaves with the published root were never signed from this database")
        }
        return published
    }

    private var policy: CheckpointPolicy {
        get throws { try CheckpointPolicy(logKeys: [context.door.auditLog.signer.verifier]) }
    }

    /// The newest checkpoint that the database keeps against the leaves that the database keeps: so that an older folder,
    /// put in place of the log, hides nothing.
    private mutating func checkSignedRoot() async throws {
        guard
            let row = try await context.transaction.first(
                "SELECT size, note FROM audit.checkpoint ORDER BY size DESC LIMIT 1")
        else { return }
        let (size, note): (Int, String) = (try row["size"], try row["note"])
        var tree = Frontier()
        for row in try await context.transaction.query(
            "SELECT leaf FROM audit.event WHERE leaf_index < \(size) ORDER BY leaf_index")
        {
            let leaf: [UInt8] = try row["leaf"]
            tree.append(.leaf(leaf))
        }
        do {
            let signed = try policy.verify(SignedNote(parsing: note))
            if signed.size != size || tree.size != size || tree.root != signed.root {
                found("root", "audit.checkpoint \(size)", "the database's leaves don't give the root that was signed")
            }
        } catch {
            found("checkpoint", "audit.checkpoint \(size)", "\(error)")
        }
    }

    /// Every bundle and tile again from the entries; gives the leaves' hashes.
    private mutating func checkTiles(_ head: Checkpoint) -> [Hash] {
        var hashes: [Hash] = []
        do {
            let root = try context.door.auditLog.tree(size: head.size).check { _, entry in hashes.append(.leaf(entry)) }
            if root != head.root {
                found("root", "checkpoint", "the tiles give \(root), signed is \(head.root)")
            }
        } catch {
            found("tile", "log folder", "\(error)")
        }
        return hashes
    }

    /// Each event in the database is the leaf at its index; its notes of changed rows are those that the leaf commits to.
    private mutating func checkEvents(_ leaves: [Hash]) async throws {
        let rows = try await context.transaction.query(
            """
            SELECT e.id, e.seq, e.at, e.command, e.actor, e.unions, e.leaf, e.mac, e.leaf_index, d.count, d.digest,
                   ARRAY(SELECT s.subject FROM audit.subject s WHERE s.event = e.id) AS subjects
            FROM audit.event e CROSS JOIN LATERAL audit.rows_digest(e.id) d
            ORDER BY e.leaf_index NULLS LAST, e.seq
            """)
        var expected: Int64 = 0
        for row in rows {
            let bytes: [UInt8] = try row["leaf"]
            let number: Int64 = try row["seq"]
            if let index: Int64 = try row["leaf_index"], index < leaves.count {
                if index != expected {
                    found("event", "audit.event", "no event stands at leaf \(expected)")
                    expected = index
                }
                if Hash.leaf(bytes) != leaves[Int(index)] {
                    found("event", "audit.event \(number)", "its leaf was changed: leaf \(index) of the log is another")
                }
                expected += 1
            }
            if try context.vault.leafMAC(bytes, of: row["id"]) != row["mac"] {
                found("event", "audit.event \(number)", "no daemon that has the keys wrote it")
            }
            guard let leaf = try? Leaf(decoding: bytes) else {
                found("event", "audit.event \(number)", "its leaf can't be read")
                continue
            }
            let agrees =
                try leaf.seq == number && leaf.event == row["id"]
                && Timestamp.text(leaf.at) == Timestamp.text(row["at"])
                && leaf.command == row["command"]
                && leaf.actor == row["actor"]
                && (leaf.unions ?? []) == row["unions"]
            if !agrees { found("event", "audit.event \(number)", "its columns are not what its leaf says") }
            if !Self.agree(leaf.subjects, try row["subjects"]) {
                found("subjects", "audit.subject of event \(number)", "they are not those that its leaf names")
            }
            if try leaf.rows.count != row["count"] || leaf.rows.sha256 != row["digest"] {
                found("row notes", "audit.row_digest of event \(number)", "they are not those that the leaf commits to")
            }
        }
        if expected < leaves.count {
            found("event", "audit.event", "the log has \(leaves.count) leaves, the database \(expected)")
        }
    }

    /// A leaf names as many subjects as it has room for; beyond that more may stand beside it.
    private static func agree(_ named: [String], _ kept: [String]) -> Bool {
        named.count < Leaf.mostSubjects ? Set(named) == Set(kept) : Set(named).isSubset(of: kept)
    }

    /// Every row of every table that the program or the log knows, whatever triggers say, against what the log last said of it.
    private mutating func checkRows() async throws -> (tables: Int, rows: Int64) {
        let (found, tables, rows) = try await context.seeingAll { transaction in
            var found: [VerifyFinding] = []
            let (tables, problems) = try await WatchedTables.examine(in: transaction)
            for (table, problem) in problems.sorted(by: { $0.key < $1.key }) {
                found.append(VerifyFinding(what: "table not watched", where: table, detail: problem))
            }
            var rows: Int64 = 0
            for table in tables {
                rows += try await transaction.value(
                    "SELECT count(DISTINCT row_id) FROM audit.row_digest WHERE tbl = \(table)")
                let differing = try await transaction.query(
                    """
                    SELECT row_id, found, logged, seq, command FROM audit.differing_rows(\(table)::regclass, \(table)) d
                    LEFT JOIN audit.event e ON e.id = d.event ORDER BY row_id LIMIT \(Self.mostFindings)
                    """)
                for row in differing { found.append(try Self.finding(table, row)) }
            }
            return (found, tables.count, rows)
        }
        findings += found.prefix(Self.mostFindings)
        return (tables, rows)
    }

    private static func finding(_ table: String, _ row: Row) throws -> VerifyFinding {
        let id: String = try row["row_id"]
        let (present, logged): (String?, String?) = (try row["found"], try row["logged"])
        let last =
            if let seq: Int64 = try row["seq"], let command: String = try row["command"] {
                "last changed by command \(command), number \(seq)"
            } else {
                "no command ever wrote it"
            }
        return switch (present, logged) {
        case (nil, _): VerifyFinding(what: "row deleted", where: "\(table) \(id)", detail: "it is gone; \(last)")
        case (_, nil):
            VerifyFinding(
                what: "row inserted", where: "\(table) \(id)", detail: "it came behind the program's back; \(last)")
        default:
            VerifyFinding(
                what: "row edited", where: "\(table) \(id)", detail: "it was changed behind the program's back; \(last)"
            )
        }
    }

    /// The file of every paper, whole: rows say only what it should be.
    private mutating func checkPapers() async throws -> Int64 {
        let papers = try await context.seeingAll { transaction in
            try await transaction.query(
                """
                SELECT e.sha256, min(c.number) AS number FROM relief.evidence e JOIN relief.case_file c ON c.id = e.case_id
                GROUP BY 1 ORDER BY 2, 1
                """)
        }
        for paper in papers {
            let (name, number): (String, String) = (try paper["sha256"], try paper["number"])
            do {
                _ = try context.door.evidence.content(sha256: name)
            } catch {
                found("paper", EvidenceStore.path(of: name), "it is missing or damaged; a paper of case \(number)")
            }
            // Each is read whole: others get their turn in between.
            await Task.yield()
        }
        return Int64(papers.count)
    }

    private mutating func checkLaws() async throws {
        let laws = context.door.laws
        let broken = try await context.seeingAll { transaction in
            var broken: [VerifyFinding] = []
            for (name, statement) in laws.sorted(by: { $0.key < $1.key }) {
                let rows = try await transaction.query(
                    SQL(unescaped: "SELECT to_jsonb(broken)::text AS row FROM (\(statement)) AS broken"))
                for row in rows.prefix(Self.mostFindings) {
                    broken.append(VerifyFinding(what: "law broken", where: name, detail: try row["row"]))
                }
            }
            return broken
        }
        findings += broken
    }
}

extension VerifyAudit: Answerable {
    package func answer(in context: QueryContext) async throws -> VerifyReport {
        var verification = Verification(context: context)
        return try await verification.run()
    }
}
