extension String {
    /// As a person may be shown it: what drives a terminal (ESC, CR, C1) or turns the rest of a line (U+202E) stands as U+FFFD,
    /// since what is shown holds what others typed. Line ends and tabs stay.
    package var legible: String {
        guard unicodeScalars.contains(where: \.isUnseemly) else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.map { $0.isUnseemly ? "\u{FFFD}" : $0 }))
    }

    /// The same for JSON, which keeps the value: such characters can stand in its strings alone, and are escaped there.
    package var legibleJSON: String {
        guard unicodeScalars.contains(where: \.isUnseemly) else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            guard scalar.isUnseemly else { return text.unicodeScalars.append(scalar) }
            let digits = String(scalar.value, radix: 16)
            text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
    }
}

extension Unicode.Scalar {
    /// All of them lie in the basic plane.
    fileprivate var isUnseemly: Bool {
        switch value {
        case 0x09, 0x0A: false
        case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
