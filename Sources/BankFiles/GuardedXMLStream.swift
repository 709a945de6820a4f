import Foundation

/// The bytes of an XML file on their way to the parser; refuses what no bank message needs and attackers like.
///
/// Refused: document type declarations (hence entities of every kind), UTF-16 and other encodings that could hide one,
/// and more bytes than the limit. UTF-8 and the GB encodings keep `<` and `!` for themselves, so a byte scan is exact.
final class GuardedXMLStream: InputStream {
    private let inner: InputStream
    private let limits: BankFileLimits
    private var count = 0
    private var line = 1
    /// How much of `<!` was just seen, across pieces.
    private var seen = 0
    private(set) var refusal: BankFileError?

    init(_ inner: InputStream, limits: BankFileLimits) {
        self.inner = inner
        self.limits = limits
        super.init(data: Data())
    }

    override func open() { inner.open() }
    override func close() { inner.close() }
    override var streamStatus: Stream.Status { inner.streamStatus }
    override var streamError: (any Error)? { inner.streamError }
    override var hasBytesAvailable: Bool { refusal == nil && inner.hasBytesAvailable }

    override func read(_ buffer: UnsafeMutablePointer<UInt8>, maxLength length: Int) -> Int {
        guard refusal == nil else { return 0 }
        let read = inner.read(buffer, maxLength: length)
        guard read > 0 else {
            if read < 0 { refusal = BankFileError(.unreadable, "The file can't be read.") }
            if read == 0, count == 0 { refusal = BankFileError(.malformed, "The file is empty.") }
            return 0
        }
        let piece = UnsafeBufferPointer(start: buffer, count: read)
        if count == 0 { refusal = Self.refusalOfProlog(piece.prefix(512)) }
        count += read
        if count > limits.bytes {
            refusal = refusal ?? BankFileError(.tooLarge, "The file has more than \(limits.bytes) bytes.")
        }
        scan(piece)
        return refusal == nil ? read : 0
    }

    private func scan(_ piece: UnsafeBufferPointer<UInt8>) {
        guard refusal == nil else { return }
        for byte in piece {
            switch byte {
            case UInt8(ascii: "<"): seen = 1
            case UInt8(ascii: "!") where seen == 1: seen = 2
            case 0:
                refusal = BankFileError(.forbidden, "The file contains zero bytes.", line: line)
                return
            default:
                if seen == 2, byte != UInt8(ascii: "-"), byte != UInt8(ascii: "[") {
                    refusal = BankFileError(
                        .forbidden, "Document types and entities are not accepted in bank files.", line: line)
                    return
                }
                seen = 0
                if byte == UInt8(ascii: "\n") { line += 1 }
            }
        }
    }

    private static func refusalOfProlog(_ start: Slice<UnsafeBufferPointer<UInt8>>) -> BankFileError? {
        var start = Array(start)
        if start.starts(with: [0xEF, 0xBB, 0xBF]) { start.removeFirst(3) }
        guard let first = start.first, first < 0x80 else {
            return BankFileError(.forbidden, "The file is not XML in UTF-8, GBK or GB18030.", line: 1)
        }
        guard start.starts(with: Array("<?xml".utf8)) else { return nil }
        let prolog = String(decoding: start.prefix { $0 != UInt8(ascii: ">") }, as: UTF8.self) + ">"
        let form =
            /<\?xml\s+version\s*=\s*["']1\.0["'](\s+encoding\s*=\s*["'](?<name>[A-Za-z0-9._\-]+)["'])?[^>"']*(["'](yes|no)["'])?\s*\?>/
        guard let match = prolog.wholeMatch(of: form) else {
            return BankFileError(.malformed, "The XML declaration is not well formed.", line: 1)
        }
        let name = match.output.name.map { $0.uppercased() } ?? "UTF-8"
        guard ["UTF-8", "UTF8", "GBK", "GB2312", "GB18030", "US-ASCII"].contains(name) else {
            return BankFileError(.forbidden, "Encoding \(name) is not accepted; use UTF-8, GBK or GB18030.", line: 1)
        }
        return nil
    }
}
