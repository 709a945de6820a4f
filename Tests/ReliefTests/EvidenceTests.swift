import Contract
import Foundation
import Postgres
@testable import Relief
import Support
import Testing

/// Papers of a case.
@Suite(.database)
struct EvidenceTests {
    private func add(_ desk: Desk, _ number: String, _ content: Data, _ type: String, kind: String = "other")
        async throws
        -> EvidenceView
    {
        try await desk.door.perform(
            AddEvidence(case: number, kind: kind, fileName: "../../a/信.pdf", mediaType: type, content: content),
            as: desk.office.worker)
    }

    @Test func `a paper is kept encrypted, comes back as it was, and keeps only the name of its file`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.draft(try await desk.home(1).child)
        let paper = try await add(desk, number, Desk.pdf, "application/pdf")
        #expect(paper.fileName == "信.pdf" && paper.size == Desk.pdf.count)
        let content = try await desk.door.answer(GetEvidence(evidence: paper.id), as: desk.office.worker)
        #expect(content.content == Desk.pdf && content.sha256 == paper.sha256)
        let folder = desk.office.folder.appending(path: "evidence")
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
            .compactMap { $0 as? URL }.filter { !$0.hasDirectoryPath }
        #expect(files.count == 2)
        for file in files {
            #expect(try Data(contentsOf: file).range(of: Data("secret".utf8)) == nil)
            let rights = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
            #expect(rights == 0o600)
        }
    }

    @Test func `a paper that is tried out or refused leaves no file and no row`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.draft(try await desk.home(1).child)
        let before = try await traces(desk)
        let paper = AddEvidence(
            case: number, kind: "other", fileName: "信.pdf", mediaType: "application/pdf",
            content: Desk.pdf + Data("tried out".utf8))
        let dry = try await desk.door.perform(paper, as: desk.office.worker, key: "k", dryRun: true)
        #expect(try await traces(desk) == before)
        let wrong = AddEvidence(
            case: number, kind: "no such", fileName: "信.pdf", mediaType: "application/pdf", content: Desk.pdf)
        await #expect(throws: Refusal.self) { try await desk.door.perform(wrong, as: desk.office.worker, dryRun: true) }
        #expect(try await traces(desk) == before)
        let wet = try await desk.door.perform(paper, as: desk.office.worker, key: "k")
        #expect(wet.sha256 == dry.sha256)
        #expect(try await desk.door.answer(GetEvidence(evidence: wet.id), as: desk.office.worker).content.count > 0)
    }

    /// The files of the office, and how many rows each table has.
    private func traces(_ desk: Desk) async throws -> [String] {
        let files =
            FileManager.default.enumerator(at: desk.office.folder, includingPropertiesForKeys: nil)?
            .compactMap { ($0 as? URL)?.path } ?? []
        return files.sorted() + (try await Self.rows())
    }

    static func rows() async throws -> [String] {
        let connection = try await Connection.open(Database.current.superuserSettings, logger: quiet)
        let tables: [String] = try await connection.query(
            """
            SELECT schemaname || '.' || tablename AS name FROM pg_tables
             WHERE schemaname IN ('relief', 'audit', 'jobs', 'ledger') ORDER BY 1
            """
        ).map { try $0["name"] }
        var counts: [String] = []
        for table in tables {
            let count: Int = try await connection.value("SELECT count(*) FROM \(unescaped: table)")
            counts.append("\(table) \(count)")
        }
        await connection.close()
        return counts
    }

    @Test func `a file that is damaged on the disk is not given out, and found by the audit`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.draft(try await desk.home(1).child)
        let paper = try await add(desk, number, Desk.pdf, "application/pdf")
        let place = desk.office.folder.appending(path: "evidence/\(paper.sha256.prefix(2))/\(paper.sha256)")
        var bytes = try Data(contentsOf: place)
        func verdict() async throws -> [VerifyFinding] {
            try await desk.door.answer(VerifyAudit(), as: desk.office.auditor).findings.filter { $0.what == "paper" }
        }
        #expect(try await verdict().isEmpty)
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: place)
        for isThere in [true, false] {
            if !isThere { try FileManager.default.removeItem(at: place) }
            let refusal = await #expect(throws: Refusal.self) {
                try await desk.door.answer(GetEvidence(evidence: paper.id), as: desk.office.worker)
            }
            #expect(refusal?.message.contains(paper.sha256) == true)
            #expect(try await verdict().map(\.detail) == ["it is missing or damaged; a paper of case \(number)"])
        }
    }

    @Test func `what isn't a paper is refused with the field`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.draft(try await desk.home(1).child)
        let png = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1])
        let wrong: [(Data, String, String, String)] = [
            (Data("MZ program".utf8), "application/pdf", "other", "content"),
            (png, "application/pdf", "other", "mediaType"), (Data(), "application/pdf", "other", "content"),
            (Desk.pdf + Data(count: 10 << 20), "application/pdf", "other", "content"),
            (Desk.pdf, "application/pdf", "admision_letter", "kind"),
        ]
        for (content, type, kind, field) in wrong {
            let refusal = try await desk.refusal { try await add(desk, number, content, type, kind: kind) }
            #expect(refusal.field == field, "\(refusal)")
        }
        #expect(try await add(desk, number, png, "image/png").mediaType == "image/png")
    }

    @Test func `a paper changes the sheet, and none is added to a case that has ended`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.draft(try await desk.home(1).child)
        let before = try await desk.show(number).sheet
        _ = try await add(desk, number, Desk.pdf, "application/pdf")
        #expect(try await desk.show(number).sheet != before)
        _ = try await desk.door.perform(WithdrawCase(case: number, reason: "放弃"), as: desk.office.worker)
        let refusal = try await desk.refusal { try await add(desk, number, Desk.pdf, "application/pdf") }
        #expect(refusal.code == .conflict)
    }
}
