package import Contract
import Foundation
import Postgres

/// Documents of a case.
enum Papers {
    /// 10 MiB: a scan of some pages.
    static let mostBytes = 10 << 20

    static func views(of file: CaseFile, in context: some OperationContext) async throws -> [EvidenceView] {
        let rows = try await context.transaction.query(
            "SELECT \(columns) WHERE e.case_id = \(file.id) ORDER BY e.added_at, e.id")
        return try rows.map(view)
    }

    fileprivate static let columns: SQL = """
        e.id, e.kind, e.file_name, e.media_type, e.size, e.sha256, u.login, e.added_at
        FROM relief.evidence e JOIN relief.app_user u ON u.id = e.added_by
        """

    fileprivate static func view(_ row: Row) throws -> EvidenceView {
        EvidenceView(
            id: try row["id"], kind: try row["kind"], fileName: try row["file_name"], mediaType: try row["media_type"],
            size: try row["size"], sha256: try row["sha256"], addedBy: try row["login"], addedAt: try row["added_at"])
    }

    /// What the first bytes say a file is; nil: nothing that relief keeps.
    static func mediaType(of content: Data) -> String? {
        let signatures: [(String, [UInt8])] = [
            ("application/pdf", Array("%PDF-".utf8)), ("image/jpeg", [0xFF, 0xD8, 0xFF]),
            ("image/png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
        ]
        return signatures.first { content.starts(with: $0.1) }?.0
    }
}

extension AddEvidence: Executable {
    package func execute(in context: CommandContext) async throws -> EvidenceView {
        let file = try await CaseFile.find(`case`, in: context)
        try file.require(
            [.draft, .returned, .submitted, .followUp], to: Phrase("add a paper to", "收存材料"))
        let version = try await Programmes.version(file.version, in: context)
        let kinds = version.pack.evidence.map(\.kind) + ["other"]
        guard kinds.contains(kind) else {
            throw Refusal.invalid(
                Phrase(
                    "\(version.pack.title) knows no paper “\(kind)”; it knows \(kinds.joined(separator: ", ")).",
                    "\(version.pack.title)没有材料类别“\(kind)”；有：\(kinds.joined(separator: "、"))。"),
                field: "kind")
        }
        if file.state == .submitted, let open = file.step,
            let notice = version.pack.steps.firstIndex(where: { $0.kind == .notice }),
            open > notice
        {
            throw Refusal.conflict(
                Phrase(
                    "Case \(file.number) has stood on public notice: a new paper takes it back first (case decide --outcome return).",
                    "案件\(file.number)已经公示：补充材料前须先退回（case decide --outcome return）。"),
                field: "case")
        }
        guard !content.isEmpty, content.count <= Papers.mostBytes else {
            throw Refusal.tooLarge(
                Phrase(
                    "A document must have 1 byte to 10 MiB; this one has \(content.count).",
                    "材料应为 1 字节至 10 MiB；这份有 \(content.count) 字节。"), field: "content")
        }
        guard let found = Papers.mediaType(of: content) else {
            throw Refusal.invalid(
                Phrase(
                    "Documents are PDF, JPEG or PNG; this file is none of them.",
                    "材料应为 PDF、JPEG 或 PNG；该文件都不是。"), field: "content")
        }
        guard found == mediaType else {
            throw Refusal.invalid(
                Phrase(
                    "The file is said to be \(mediaType), but its content is \(found).",
                    "文件标明为 \(mediaType)，内容却是 \(found)。"), field: "mediaType")
        }
        guard let name = FileName.kept(of: fileName) else {
            throw Refusal.invalid(
                Phrase("The file needs a name that can be read.", "文件须有可读的名称。"), field: "fileName")
        }
        let sha256 = context.keep(content)
        let id = UUID()
        try await context.transaction.execute(
            """
            INSERT INTO relief.evidence (id, case_id, kind, file_name, media_type, size, sha256, added_by, added_at)
            VALUES (\(id), \(file.id), \(kind), \(name), \(found), \(content.count), \(sha256), \(context.principal.user),
                    \(context.now))
            """)
        let shown = file.state == .submitted ? try await CaseSheet.shown(file, in: context).assessment : nil
        let now = try await CaseSheet.refresh(file, version, in: context).assessment
        // The sheet is made anew with today's figures: those who signed before saw the others.
        if let shown, let change = Cases.change(of: file, from: shown, to: now), shown.eligible { throw change }
        context.concerns(file.number)
        context.note("sha256", .string(sha256))
        return try Papers.view(try await context.transaction.one("SELECT \(Papers.columns) WHERE e.id = \(id)"))
    }
}

extension GetEvidence: Answerable {
    package func answer(in context: QueryContext) async throws -> EvidenceContent {
        guard let row = try await context.transaction.first("SELECT \(Papers.columns) WHERE e.id = \(evidence)") else {
            throw Refusal.notFound(
                Phrase(
                    "There is no such document; see relief case show.",
                    "没有这份材料；见 relief case show。"), field: "evidence")
        }
        let view = try Papers.view(row)
        let number: String = try await context.transaction.value(
            "SELECT c.number FROM relief.evidence e JOIN relief.case_file c ON c.id = e.case_id WHERE e.id = \(evidence)"
        )
        context.concerns(number)
        context.note("evidence", .string(view.id.uuidString.lowercased()))
        context.note("sha256", .string(view.sha256))
        guard let content = try? context.door.evidence.content(sha256: view.sha256) else {
            throw Refusal(
                .internal,
                Phrase(
                    "The file of this paper is missing or damaged: bring \(EvidenceStore.path(of: view.sha256)) back from the backup.",
                    "该材料的文件缺失或损坏：请从备份恢复 \(EvidenceStore.path(of: view.sha256))。")
            )
        }
        return EvidenceContent(
            id: view.id, kind: view.kind, fileName: view.fileName, mediaType: view.mediaType, sha256: view.sha256,
            content: content)
    }
}
