import BankFiles
import Contract
import FoundationEssentials

/// The text of a file that a person sends, whatever program wrote it: UTF-8 with or without a byte order mark, UTF-16,
/// GB18030 (and with it GBK and GB2312).
struct ImportedText {
    let text: String
    /// As what it was read, where it isn't UTF-8: that is found by trying, and may be wrong.
    let note: Phrase?

    /// Refuses what is no text, and says what it is; text of another encoding by its first line that can't be read.
    init(_ content: Data, field: String) throws {
        if let form = FileForm(content) { throw Refusal.invalid(form.refusal, field: field) }
        (text, note) = try Self.read(Array(content), field: field)
        if let line = Self.line(of: "\u{FFFD}", in: text) {
            throw Refusal.invalid(
                Phrase(
                    "Line \(line) holds the sign U+FFFD: a program before couldn't read the file and lost characters; take the original.",
                    "第 \(line) 行有乱码（U+FFFD）：文件在之前转码时已丢字，请使用原始文件。"), field: field)
        }
        if let line = Self.line(of: "\u{0}", in: text) {
            throw Refusal.invalid(
                Phrase("Line \(line) holds zero bytes: this is no text file.", "第 \(line) 行有空字节：这不是文本文件。"),
                field: field)
        }
    }

    private static func read(_ bytes: [UInt8], field: String) throws -> (String, Phrase?) {
        if let order = UTF16Order(bytes) {
            guard let text = order.text(bytes) else {
                throw Refusal.invalid(
                    Phrase("The file is UTF-16, but cut or damaged.", "文件是 UTF-16 编码，但不完整或已损坏。"), field: field)
            }
            return (text, Phrase("The file was read as UTF-16.", "文件按 UTF-16 读取。"))
        }
        let plain = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        if let text = String(validating: plain, as: UTF8.self) { return (text, nil) }
        if let text = try? TextEncoding.gb18030.decode(plain) {
            return (text, Phrase("The file was read as GB18030.", "文件按 GB18030 读取。"))
        }
        let line = unreadableLine(plain)
        throw Refusal.invalid(
            Phrase(
                "Line \(line) is neither UTF-8 nor GB18030: save the file as “CSV UTF-8” (in Excel: 另存为, CSV UTF-8).",
                "第 \(line) 行既不是 UTF-8 也不是 GB18030：请另存为“CSV UTF-8”后再导入。"), field: field)
    }

    /// The first line that can't be read in the encoding that goes further: neither has a line end inside a character.
    private static func unreadableLine(_ bytes: [UInt8]) -> Int {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let places = [TextEncoding.utf8, .gb18030].map { encoding in
            lines.firstIndex { (try? encoding.decode(Array($0))) == nil } ?? 0
        }
        return (places.max() ?? 0) + 1
    }

    private static func line(of wanted: Unicode.Scalar, in text: String) -> Int? {
        guard let place = text.unicodeScalars.firstIndex(of: wanted) else { return nil }
        return text.unicodeScalars[..<place].count { $0 == "\n" } + 1
    }
}

/// Which byte of a UTF-16 unit comes first.
private enum UTF16Order {
    case littleEndian, bigEndian

    /// By the mark, else by zeros: line ends, commas and digits of a table have one in every two bytes, and nothing else
    /// that is text has any.
    init?(_ bytes: [UInt8]) {
        if bytes.starts(with: [0xFF, 0xFE]) {
            self = .littleEndian
        } else if bytes.starts(with: [0xFE, 0xFF]) {
            self = .bigEndian
        } else {
            let zeros = bytes.prefix(65_536).enumerated().filter { $0.element == 0 }
            let odd = zeros.count { !$0.offset.isMultiple(of: 2) }
            guard bytes.count.isMultiple(of: 2), zeros.count * 20 > min(bytes.count, 65_536) else { return nil }
            self = odd * 2 > zeros.count ? .littleEndian : .bigEndian
        }
    }

    /// nil where the units are no text.
    func text(_ bytes: [UInt8]) -> String? {
        guard bytes.count.isMultiple(of: 2) else { return nil }
        var units = stride(from: 0, to: bytes.count, by: 2).map { place in
            let (first, second) = (UInt16(bytes[place]), UInt16(bytes[place + 1]))
            return self == .littleEndian ? second << 8 | first : first << 8 | second
        }
        if units.first == 0xFEFF { units.removeFirst() }
        return String(validating: units, as: UTF16.self)
    }
}

extension FileForm {
    /// What is said of a file that is this, where a text is asked for.
    var refusal: Phrase {
        switch self {
        case .excelWorkbook:
            Phrase(
                "The file is an Excel workbook (xlsx), not a table of text: in Excel save it as “CSV UTF-8” (另存为) and send that.",
                "文件是 Excel 工作簿（xlsx），不是文本表格：请在 Excel 中“另存为”→“CSV UTF-8”后再导入。")
        case .spreadsheet:
            Phrase(
                "The file is an OpenDocument spreadsheet, not a table of text: save it as CSV in UTF-8 and send that.",
                "文件是 OpenDocument 电子表格，不是文本表格：请另存为 UTF-8 的 CSV 后再导入。")
        case .oldOffice:
            Phrase(
                "The file is an old Excel or Word file (xls, doc), not a table of text: save it as “CSV UTF-8” and send that.",
                "文件是旧版 Excel 或 Word 文件（xls、doc），不是文本表格：请另存为“CSV UTF-8”后再导入。")
        case .wordDocument:
            Phrase("The file is a Word document (docx), not a table of text.", "文件是 Word 文档（docx），不是文本表格。")
        case .zip: Phrase("The file is a zip archive: unpack it and send what is inside.", "文件是 zip 压缩包：请先解压，再发送里面的文件。")
        case .gzip:
            Phrase("The file is compressed (gzip): unpack it and send what is inside.", "文件是 gzip 压缩文件：请先解压再发送。")
        case .sevenZip:
            Phrase("The file is a 7z archive: unpack it and send what is inside.", "文件是 7z 压缩包：请先解压，再发送里面的文件。")
        case .rar: Phrase("The file is a rar archive: unpack it and send what is inside.", "文件是 rar 压缩包：请先解压，再发送里面的文件。")
        case .pdf: Phrase("The file is a PDF: ask for the table that it was made from.", "文件是 PDF：请索取原始表格。")
        case .image: Phrase("The file is a picture: ask for the table that it shows.", "文件是图片：请索取原始表格。")
        }
    }
}
