package import FoundationEssentials

package struct AddEvidence: Command {
    package typealias Reply = EvidenceView
    package static let name = "evidence.add"
    package static let summary = Phrase("Adds a document to a case.", "为案件添加材料。")
    package static let permission = Permission.workCases
    package static let route = Route.post("/v1/cases/{case}/evidence")
    package static let fields = [
        "kind": FieldNote("As the programme names it.", "材料类别，以项目文件所写为准。"),
        "content": FieldNote("The document.", "材料文件。", name: "file", entry: .file),
    ]

    package let `case`: String
    package let kind: String
    package let fileName: String
    package let mediaType: String
    package let content: Data

    package init(`case`: String, kind: String, fileName: String, mediaType: String, content: Data) {
        self.case = `case`
        self.kind = kind
        self.fileName = fileName
        self.mediaType = mediaType
        self.content = content
    }
}

package struct GetEvidence: Disclosure {
    package typealias Reply = EvidenceContent
    package static let name = "evidence.get"
    package static let summary = Phrase("Fetches a document.", "取出一份材料。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/evidence/{evidence}")

    package let evidence: UUID

    package init(evidence: UUID) {
        self.evidence = evidence
    }
}

/// A document of a case.
package struct EvidenceView: Codable, Sendable {
    package var id: UUID
    package var kind: String
    package var fileName: String
    package var mediaType: String
    /// Bytes.
    package var size: Int
    package var sha256: String
    package var addedBy: String
    package var addedAt: Date

    package init(
        id: UUID, kind: String, fileName: String, mediaType: String, size: Int, sha256: String, addedBy: String,
        addedAt: Date
    ) {
        self.id = id
        self.kind = kind
        self.fileName = fileName
        self.mediaType = mediaType
        self.size = size
        self.sha256 = sha256
        self.addedBy = addedBy
        self.addedAt = addedAt
    }
}

/// A document with its bytes.
package struct EvidenceContent: Codable, Sendable {
    package var id: UUID
    package var kind: String
    package var fileName: String
    package var mediaType: String
    package var sha256: String
    package var content: Data

    package init(id: UUID, kind: String, fileName: String, mediaType: String, sha256: String, content: Data) {
        self.id = id
        self.kind = kind
        self.fileName = fileName
        self.mediaType = mediaType
        self.sha256 = sha256
        self.content = content
    }
}
