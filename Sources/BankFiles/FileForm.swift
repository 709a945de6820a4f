package import FoundationEssentials

/// What a file is by its first bytes where it holds no text: people give the file that they have, not the one that is
/// asked for.
package enum FileForm: String, Sendable, CaseIterable {
    case excelWorkbook, spreadsheet, wordDocument, zip
    /// A compound file of before 2007: .xls, .doc.
    case oldOffice
    case pdf, gzip, sevenZip, rar, image

    /// nil for what may be text.
    package init?(_ content: Data) {
        let found = Self.beginnings.first { content.starts(with: $0.bytes) }
        guard let form = found?.form else { return nil }
        self = form == .zip ? Self.inside(content) : form
    }

    private static let beginnings: [(bytes: [UInt8], form: FileForm)] = [
        ([0x50, 0x4B, 0x03, 0x04], .zip), ([0x50, 0x4B, 0x05, 0x06], .zip),
        ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], .oldOffice), (Array("%PDF-".utf8), .pdf),
        ([0x1F, 0x8B], .gzip), ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], .sevenZip), (Array("Rar!".utf8), .rar),
        ([0x89, 0x50, 0x4E, 0x47], .image), ([0xFF, 0xD8, 0xFF], .image),
    ]

    /// Office documents are zip archives; the names of their parts tell which.
    private static func inside(_ archive: Data) -> FileForm {
        if archive.firstRange(of: Data("xl/workbook".utf8)) != nil { return .excelWorkbook }
        if archive.firstRange(of: Data("word/document".utf8)) != nil { return .wordDocument }
        let isSpreadsheet = archive.firstRange(of: Data("application/vnd.oasis.opendocument.spreadsheet".utf8)) != nil
        return isSpreadsheet ? .spreadsheet : .zip
    }
}
