import FoundationEssentials

/// Numbers, hexadecimal and base64 read so that every value has exactly one written form.
enum StrictText {
    /// A number of 0 or more in decimal without sign or leading zero; nil otherwise or beyond 2^63 − 1.
    static func decimal(_ text: some Collection<UInt8>) -> Int? {
        guard let first = text.first, first != UInt8(ascii: "0") || text.count == 1 else { return nil }
        var value = 0
        for byte in text {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            let (tens, tooMany) = value.multipliedReportingOverflow(by: 10)
            let (sum, tooMuch) = tens.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
            guard !tooMany, !tooMuch else { return nil }
            value = sum
        }
        return value
    }

    static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    static func bytes(hex text: some Collection<UInt8>) -> [UInt8]? {
        func digit(_ byte: UInt8) -> UInt8? {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
            default: nil
            }
        }
        let digits = text.compactMap(digit)
        guard digits.count == text.count, digits.count.isMultiple(of: 2) else { return nil }
        return (0..<digits.count / 2).map { digits[2 * $0] << 4 | digits[2 * $0 + 1] }
    }

    static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    static func bytes(base64 text: some Collection<UInt8>) -> [UInt8]? {
        // Decoders let the unused bits of the last digit pass; writing the value again does not.
        guard let data = Data(base64Encoded: Data(text)), data.base64EncodedData().elementsEqual(text) else {
            return nil
        }
        return Array(data)
    }

    /// The lines of a text in which every line, also the last, ends in a newline; nil when the last does not.
    static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>]? {
        guard bytes.last == newline else { return bytes.isEmpty ? [] : nil }
        return bytes.dropLast().split(separator: newline, omittingEmptySubsequences: false)
    }

    static func text(_ bytes: some Collection<UInt8>) -> String? { String(validating: bytes, as: UTF8.self) }

    static let newline = UInt8(ascii: "\n")
}
