/// A file in the form of systemd's `EnvironmentFile=`: a `KEY=VALUE` a line, quotes where wanted, `#` and `;` before
/// comments.
enum EnvironmentFile {
    /// Reads the text; a line that can't be read becomes a problem that names it.
    static func parse(_ text: String, path: String) -> (values: [(key: String, value: String)], problems: [String]) {
        var values: [(key: String, value: String)] = []
        var problems: [String] = []
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = trimmed(raw)
            guard let first = line.first, first != "#", first != ";" else { continue }
            guard let equals = line.firstIndex(of: "="),
                let value = unquoted(trimmed(line[line.index(after: equals)...]))
            else {
                problems.append("\(path), line \(index + 1): write KEY=VALUE, and close quotes that you open.")
                continue
            }
            values.append((String(trimmed(line[..<equals])), value))
        }
        return (values, problems)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }

    /// nil where a quote isn't closed.
    private static func unquoted(_ text: Substring) -> String? {
        var result = ""
        var quote: Character?
        var isEscaped = false
        for character in text {
            if isEscaped {
                result.append(character)
                isEscaped = false
            } else if character == "\\" && quote != "'" {
                isEscaped = true
            } else if character == quote {
                quote = nil
            } else if quote == nil, character == "\"" || character == "'" {
                quote = character
            } else {
                result.append(character)
            }
        }
        return quote == nil && !isEscaped ? result : nil
    }
}
