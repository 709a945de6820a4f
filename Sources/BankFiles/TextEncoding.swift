import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How a bank's text files are encoded.
package enum TextEncoding: String, Sendable, Codable, CaseIterable {
    case utf8 = "UTF-8"
    case gbk = "GBK"
    case gb18030 = "GB18030"

    /// Throws `BankFileError` that names the first character the encoding has no place for.
    func encode(_ text: String) throws -> [UInt8] {
        if self == .utf8 { return Array(text.utf8) }
        if let bytes = try Self.convert(Array(text.utf8), from: "UTF-8", to: rawValue) { return bytes }
        for character in text where try Self.convert(Array(character.utf8), from: "UTF-8", to: rawValue) == nil {
            throw BankFileError(.encoding, "“\(character)” has no place in \(rawValue).")
        }
        throw BankFileError(.encoding, "The text can't be written in \(rawValue).")
    }

    /// Throws `BankFileError` where the bytes are no text in this encoding. A byte order mark is dropped.
    package func decode(_ bytes: [UInt8]) throws -> String {
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        let utf8 = self == .utf8 ? bytes : try Self.convert(bytes, from: rawValue, to: "UTF-8")
        guard let utf8, let text = String(validating: utf8, as: UTF8.self) else {
            throw BankFileError(.encoding, "The bytes are no text in \(rawValue).")
        }
        return text
    }

    /// nil where a character has no counterpart or the bytes are wrong.
    private static func convert(_ bytes: [UInt8], from source: String, to target: String) throws -> [UInt8]? {
        guard let converter = iconv_open(target, source), Int(bitPattern: converter) != -1 else {
            throw BankFileError(.encoding, "This system has no conversion from \(source) to \(target).")
        }
        defer { iconv_close(converter) }
        // No character grows by more than half between these encodings, and GB18030 has at most four bytes.
        var output = [UInt8](repeating: 0, count: bytes.count * 2 + 16)
        let written: Int? = bytes.withUnsafeBytes { input in
            output.withUnsafeMutableBytes { output in
                var from = UnsafeMutablePointer(mutating: input.bindMemory(to: CChar.self).baseAddress)
                var to = output.bindMemory(to: CChar.self).baseAddress
                var (left, room) = (input.count, output.count)
                let irreversible = iconv(converter, &from, &left, &to, &room)
                return irreversible == 0 && left == 0 ? output.count - room : nil
            }
        }
        return written.map { Array(output.prefix($0)) }
    }
}
