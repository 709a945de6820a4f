import Foundation
import Testing

@Suite struct DocumentationTests {
    @Test func `the documentation shows the examples as they are run here`() throws {
        let shown = try Self.documentation().components(separatedBy: "```swift\n").dropFirst().map {
            $0.components(separatedBy: "```")[0]
        }
        #expect(shown == (try Self.examples()))
        #expect(shown.first?.split(separator: "\n").count == 10)
    }

    @Test func `every test that the documentation names is there`() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let tests = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .map { try String(contentsOf: $0, encoding: .utf8) }.joined()
        // In the tables, what stands between backquotes and has a space is the name of a test.
        let rows = try Self.documentation().split(separator: "\n").filter { $0.hasPrefix("|") }
        let named = rows.flatMap { row in
            row.components(separatedBy: "`").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        }.filter { $0.contains(" ") }
        #expect(named.count > 50)
        let missing = named.filter { !tests.contains("func `\($0)`(") }
        #expect(missing == [])
    }

    private static func documentation() throws -> String {
        try text("Sources/Jobs/README.md")
    }

    private static func text(_ path: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// What stands in the file of examples between `README: NAME` and `README: end`, without its indentation; pieces of one
    /// name together.
    private static func examples() throws -> [String] {
        var names: [String] = []
        var texts: [String: String] = [:]
        var current: (name: String, indentation: Int)?
        for line in try text("Tests/JobsAloneTests/ExampleTests.swift").components(separatedBy: "\n") {
            if let name = line.wholeMatch(of: /\ *\/\/ README: (.*)/)?.1 {
                current = name == "end" ? nil : (String(name), line.prefix { $0 == " " }.count)
                if let current, texts[current.name] == nil { names.append(current.name) }
            } else if let current {
                texts[current.name, default: ""] += line.dropFirst(current.indentation) + "\n"
            }
        }
        return names.compactMap { texts[$0] }
    }
}
