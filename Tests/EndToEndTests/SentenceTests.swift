import Foundation
import Testing

/// Sentences that people see, read from the sources: both languages stand side by side, and each is of its language.
@Suite struct SentenceTests {
    /// Words that a Chinese sentence may have: names of programs, commands and options, formats, and what is typed as it stands.
    private static let latin: Set<String> = [
        "relief", "reliefd", "RELIEF", "URL", "TOKEN", "LANG", "LC", "ALL", "MESSAGES", "Ctrl", "Authorization",
        "Bearer",
        "Relief", "Dry", "Run", "openapi", "unix", "initialised",
        "UTF", "GB", "CSV", "JSON", "json", "XML", "YAML", "PDF", "JPEG", "PNG", "MiB", "pain", "camt", "hledger",
        "beancount",
        "Excel", "Word", "OpenDocument", "xls", "xlsx", "doc", "docx", "zip", "gzip", "rar", "tlog", "tiles", "tile",
        "checkpoint", "SHA", "USCC", "CNAPS", "CEL", "SELECT", "pg", "terminate", "backend", "Unix", "RFC", "TOTP",
        "FFFD",
        "case", "run", "show", "sheet", "sheets", "notice", "bank", "list", "job", "log", "adopt", "account",
        "household",
        "leave", "join", "close", "tail", "init", "return", "person", "clear", "confirmation", "matches", "open",
        "decide",
        "archive", "XN", "JQZX", "JT", "education", "wang", "fang", "minute", "second", "hour", "day", "batchText",
        "to", "despite", "days", "workingDays", "mode", "all", "valid", "true", "false", "null", "needs", "waived",
        "min", "max",
        "has",
        "in", "en", "zh", "grant", "deep", "relative", "accident", "yuan", "fen", "percent",
    ]

    @Test func `every sentence has both languages, and Chinese has no foreign words but those of the trade`() throws {
        var sentences = 0
        for file in try Self.sources() {
            for (english, chinese) in try Sentences.of(String(contentsOf: file, encoding: .utf8)) {
                sentences += 1
                let place = "\(file.lastPathComponent): \(chinese)"
                let plain = chinese.replacing(/“[^”]*”/, with: "").replacing(
                    /--[a-z-]+|（relief [^）]*）|relief( [a-z]+){1,2}/, with: "")
                if english.contains(/[A-Za-z]{2}/), chinese != english {
                    #expect(chinese.contains(/[一-鿿]/) || plain.isEmpty, "\(place)")
                }
                let foreign = plain.matches(of: /[A-Za-z]{2,}/).map { String($0.output) }
                #expect(foreign.allSatisfy { Self.latin.contains($0) } || chinese == english, "\(place): \(foreign)")
                #expect(!english.contains(/[一-鿿]{12,}/), "\(file.lastPathComponent): \(english)")
            }
        }
        #expect(sentences > 1_000)
    }

    private static func sources() throws -> [URL] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        return (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
    }
}

/// Finds the pairs of literals in `Phrase("…", "…")` and what is made like it, without the values in them.
private enum Sentences {
    static func of(_ source: String) -> [(english: String, chinese: String)] {
        source.matches(of: /(?:Phrase|FieldNote|ArgumentHelp)\(\s*"/).compactMap { match in
            var rest = source[match.range.upperBound...]
            guard !rest.hasPrefix("\"\""), let english = literal(&rest) else { return nil }
            let between = rest.prefix { $0 != "\"" }
            guard between.allSatisfy({ $0 == "," || $0.isWhitespace }) else { return nil }
            rest = rest[between.endIndex...].dropFirst()
            return literal(&rest).map { (english, $0) }
        }
    }

    /// The literal that begins here, behind its quote, without interpolations; what follows stays in `rest`.
    private static func literal(_ rest: inout Substring) -> String? {
        var text = ""
        while let next = rest.popFirst() {
            switch next {
            case "\"": return text
            case "\\" where rest.first == "(": skipValue(&rest)
            case "\\": _ = rest.popFirst()
            default: text.append(next)
            }
        }
        return nil
    }

    private static func skipValue(_ rest: inout Substring) {
        var depth = 0
        while let next = rest.popFirst() {
            switch next {
            case "(": depth += 1
            case ")": depth -= 1
            case "\"": _ = literal(&rest)
            default: break
            }
            if depth == 0 { return }
        }
    }
}
