extension Lexer {
    /// Reads a string or bytes literal if one begins here: an optional `r` and `b`, then one or three quotes.
    mutating func stringLiteral() throws(CELError) -> Token.Kind? {
        var prefix = 0
        var isRaw = false
        var isBytes = false
        while let scalar = peek(prefix), prefix < 2 {
            if !isBytes, !isRaw, scalar == "b" || scalar == "B" {
                isBytes = true
            } else if !isRaw, scalar == "r" || scalar == "R" {
                isRaw = true
            } else {
                break
            }
            prefix += 1
        }
        guard let quote = peek(prefix), quote == "\"" || quote == "'" else { return nil }
        let start = offset
        let isTriple = peek(prefix + 1) == quote && peek(prefix + 2) == quote
        // Lines inside a long string move the line counter; errors about the whole point at its first quote.
        let opening = place(from: start)
        offset += prefix + (isTriple ? 3 : 1)
        var content = StringContent(isBytes: isBytes)
        while true {
            guard let scalar = current, isTriple || (scalar != "\n" && scalar != "\r") else {
                let hint = isTriple ? "close it with three quotes" : "close it with \(quote) on the same line"
                throw source.error(.syntax, "the string that begins here has no end; \(hint)", at: opening)
            }
            if scalar == quote, !isTriple || (peek(1) == quote && peek(2) == quote) {
                offset += isTriple ? 3 : 1
                break
            }
            if scalar == "\\", !isRaw {
                try escape(into: &content)
            } else {
                passNewline(scalar)
                offset += 1
                content.append(scalar)
            }
        }
        return isBytes ? .bytes(content.bytes) : .string(content.text)
    }

    private mutating func escape(into content: inout StringContent) throws(CELError) {
        let start = offset
        offset += 1
        guard let scalar = current else { throw failure("a backslash at the end escapes nothing", at: start) }
        offset += 1
        switch scalar {
        case "\\", "?", "\"", "'", "`": content.append(scalar)
        case "a": content.append("\u{07}")
        case "b": content.append("\u{08}")
        case "f": content.append("\u{0C}")
        case "n": content.append("\n")
        case "r": content.append("\r")
        case "t": content.append("\t")
        case "v": content.append("\u{0B}")
        case "x", "X": content.append(octet: UInt8(truncatingIfNeeded: try hexDigits(2, from: start)))
        case "0", "1", "2", "3":
            guard let second = peek(0), let third = peek(1), ("0"..."7").contains(second), ("0"..."7").contains(third)
            else { throw failure("an octal escape has three digits, \\000 to \\377", at: start) }
            offset += 2
            let digits = [scalar, second, third].map { $0.value - 48 }
            content.append(octet: UInt8(digits[0] * 64 + digits[1] * 8 + digits[2]))
        case "u", "U":
            guard !content.isBytes else {
                throw failure("\\\(scalar) is not for bytes; write \\x and two hexadecimal digits", at: start)
            }
            content.append(try codePoint(scalar == "u" ? 4 : 8, from: start))
        default: throw failure("'\\\(scalar)' is no escape; write '\\\\' for a backslash, or r'…'", at: start)
        }
    }

    private mutating func codePoint(_ digits: Int, from start: Int) throws(CELError) -> Unicode.Scalar {
        let high = try hexDigits(digits, from: start)
        if let scalar = Unicode.Scalar(high) { return scalar }
        // A character beyond the basic plane may come as a pair of surrogates.
        if (0xD800...0xDBFF).contains(high), current == "\\", peek(1) == "u" {
            offset += 2
            let low = try hexDigits(4, from: start)
            if (0xDC00...0xDFFF).contains(low),
                let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) * 0x400 + (low - 0xDC00))
            {
                return scalar
            }
        }
        throw failure("U+\(String(high, radix: 16, uppercase: true)) is no Unicode character", at: start)
    }

    private mutating func hexDigits(_ count: Int, from start: Int) throws(CELError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let digit = current.flatMap({ Character($0).hexDigitValue }), current!.isASCII else {
                throw failure("this escape needs \(count) hexadecimal digits", at: start)
            }
            value = value << 4 | UInt32(digit)
            offset += 1
        }
        return value
    }
}

/// The content of a literal while it is read: characters, or octets for bytes.
private struct StringContent {
    let isBytes: Bool
    var text = ""
    var bytes: [UInt8] = []

    init(isBytes: Bool) {
        self.isBytes = isBytes
    }

    mutating func append(_ scalar: Unicode.Scalar) {
        if isBytes {
            bytes.append(contentsOf: UTF8.encode(scalar)!)
        } else {
            text.unicodeScalars.append(scalar)
        }
    }

    /// `\x` and octal: an octet in bytes, a code point in strings.
    mutating func append(octet: UInt8) {
        if isBytes {
            bytes.append(octet)
        } else {
            text.unicodeScalars.append(Unicode.Scalar(octet))
        }
    }
}
