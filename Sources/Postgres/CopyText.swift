/// Writes rows in the text format of COPY: tabs between values, a line feed after each row, `\N` for NULL.
struct CopyText {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ row: [any ParameterEncodable]) {
        for (index, value) in row.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: "\t")) }
            switch value.parameter.value {
            case .null: bytes += "\\N".utf8
            case .text(let text): append(escaping: text)
            case .bytes(let raw): append(escaping: Hex.encode(raw))
            }
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Hands out what was written and begins anew.
    mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    private mutating func append(escaping text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): bytes += "\\\\".utf8
            case UInt8(ascii: "\t"): bytes += "\\t".utf8
            case UInt8(ascii: "\n"): bytes += "\\n".utf8
            case UInt8(ascii: "\r"): bytes += "\\r".utf8
            default: bytes.append(byte)
            }
        }
    }
}
