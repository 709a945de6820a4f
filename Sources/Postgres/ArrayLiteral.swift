/// PostgreSQL's text form of an array of one dimension: `{1,NULL,"a \"quoted\" text"}`.
enum ArrayLiteral {
    static func text(_ elements: [String?]) -> String {
        let (quote, backslash) = (UInt8(ascii: "\""), UInt8(ascii: "\\"))
        var bytes = [UInt8(ascii: "{")]
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            guard let element else {
                bytes += Array("NULL".utf8)
                continue
            }
            bytes.append(quote)
            for byte in element.utf8 {
                if byte == quote || byte == backslash { bytes.append(backslash) }
                bytes.append(byte)
            }
            bytes.append(quote)
        }
        bytes.append(UInt8(ascii: "}"))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The elements, nil for NULL; nil in all if the text is no array of one dimension.
    static func elements(of text: String) -> [String?]? {
        var bytes = Array(text.utf8)[...]
        guard bytes.popFirst() == UInt8(ascii: "{"), bytes.popLast() == UInt8(ascii: "}") else { return nil }
        var elements: [String?] = []
        guard !bytes.isEmpty else { return elements }
        while true {
            guard let element = element(&bytes) else { return nil }
            elements.append(element)
            guard let separator = bytes.popFirst() else { return elements }
            guard separator == UInt8(ascii: ",") else { return nil }
        }
    }

    private static func element(_ bytes: inout ArraySlice<UInt8>) -> String?? {
        if bytes.first == UInt8(ascii: "\"") {
            bytes.removeFirst()
            var element: [UInt8] = []
            while let byte = bytes.popFirst() {
                if byte == UInt8(ascii: "\"") { return String(decoding: element, as: UTF8.self) }
                guard byte == UInt8(ascii: "\\") else {
                    element.append(byte)
                    continue
                }
                guard let escaped = bytes.popFirst() else { return nil }
                element.append(escaped)
            }
            return nil
        }
        let plain = bytes.prefix { $0 != UInt8(ascii: ",") }
        guard !plain.isEmpty, !plain.contains(UInt8(ascii: "{")) else { return nil }
        bytes = bytes[plain.endIndex...]
        let text = String(decoding: plain, as: UTF8.self)
        return text == "NULL" ? .some(nil) : text
    }
}

/// PostgreSQL's text form of a `bytea`: `\x` and two digits a byte.
enum Hex {
    static func encode(_ bytes: [UInt8]) -> String {
        var text = Array("\\x".utf8)
        text.reserveCapacity(2 + 2 * bytes.count)
        for byte in bytes {
            text.append(digit(byte >> 4))
            text.append(digit(byte & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }

    static func decode(_ text: some RandomAccessCollection<UInt8>) -> [UInt8]? {
        guard text.count % 2 == 0, text.starts(with: "\\x".utf8) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2 - 1)
        var index = text.index(text.startIndex, offsetBy: 2)
        while index != text.endIndex {
            let next = text.index(after: index)
            guard let high = value(text[index]), let low = value(text[next]) else { return nil }
            bytes.append(high << 4 | low)
            index = text.index(after: next)
        }
        return bytes
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
