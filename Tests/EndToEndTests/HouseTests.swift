import Foundation
import Testing

/// The rooms and arrows of the house: which target may import which. The compiler refuses imports that the manifest
/// doesn't list; this refuses a manifest that grows an arrow upward.
@Suite struct HouseTests {
    static let rooms: [String: Set<String>] = [
        "WorkingDays": [],
        "Postgres": ["CLibPQ", "WorkingDays"],
        "LocalPostgres": [],
        "Schema": ["Postgres"],
        "Jobs": ["Postgres", "WorkingDays"],
        "JobsTesting": ["Jobs", "Postgres", "WorkingDays"],
        "Ledger": ["Postgres", "WorkingDays"],
        "CEL": ["WorkingDays"],
        "TransparencyLog": [],
        "BankFiles": ["WorkingDays"],
        "Output": [],
        "Contract": ["WorkingDays"],
        "Terminal": ["Contract", "Output"],
        "Relief": [
            "BankFiles", "CEL", "Contract", "Jobs", "Ledger", "Output", "Postgres", "TransparencyLog",
            "WorkingDays",
        ],
        "Web": ["Contract", "Relief", "WorkingDays"],
        "Client": ["Contract"],
        "Assembly": [
            "Contract", "Jobs", "Ledger", "LocalPostgres", "Output", "Postgres", "Relief", "Schema", "TransparencyLog",
            "Web", "WorkingDays",
        ],
        "Bench": ["Jobs", "LocalPostgres", "Postgres", "Schema", "WorkingDays"],
        "reliefd": ["Assembly", "Bench", "Output", "Terminal"],
        "relief": ["Client", "Contract", "Output", "Terminal", "WorkingDays"],
        "relief-banksim": ["BankFiles", "Output", "Terminal", "WorkingDays"],
        "relief-reference": ["CLibPQ"],
        "EmbedText": [],
        "EmbedTextTool": [],
    ]

    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources")

    @Test(arguments: rooms.keys.sorted())
    func `a room imports only the rooms below it`(room: String) throws {
        var imported: Set<String> = []
        for file in Self.swiftFiles(of: room) {
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                let words = line.split(separator: " ")
                guard let place = words.firstIndex(of: "import"), place <= 1, words.indices.contains(place + 1) else {
                    continue
                }
                imported.insert(String(words[place + 1]))
            }
        }
        let ours = imported.intersection(Self.rooms.keys).union(imported.intersection(["CLibPQ"]))
        #expect(ours.isSubset(of: Self.rooms[room] ?? []), "\(room) imports \(ours.sorted())")
    }

    /// `Int(…)` takes a plus, so that `2026-+8-03` was a day. `Int(digits:)` and `Int(decimal:)` don't.
    @Test func `no text of people or files is read as a number but by its digits`() throws {
        let reader =
            /\bU?Int(8|16|32|64)?\((text|word|field|cell|argument|(parts|words|lines|fields|ends|groups)\[[0-9]\])\)/
        let files =
            FileManager.default.enumerator(at: Self.sources, includingPropertiesForKeys: nil)?
            .compactMap { $0 as? URL } ?? []
        for file in files where file.pathExtension == "swift" {
            let found = try String(contentsOf: file, encoding: .utf8).firstMatch(of: reader)?.output.0
            #expect(found == nil, "\(file.lastPathComponent): \(found ?? "")")
        }
    }

    /// `count` of a text counts what a reader sees as one: "3,900 characters" were 2.4 MB of accents.
    @Test func `no bound of a text is measured in what a reader sees`() throws {
        let words = "(name|text|cleaned|reason|reference|item|source|title|key|code|note|login|word)"
        let measured = try Regex("(contains\\([a-zA-Z.]*\(words)[a-zA-Z]*\\.count\\)|\\b\(words)\\.count <= )")
        for room in ["Relief", "Contract", "Web"] {
            for file in Self.swiftFiles(of: room) {
                for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                    #expect(try measured.firstMatch(in: line) == nil, "\(file.lastPathComponent): \(line)")
                }
            }
        }
    }

    /// What holds English words, as a help text that shows Chinese ones, is an English sentence.
    @Test func `Chinese sentences have Chinese punctuation`() throws {
        let half = /[一-鿿）”][,;:!]|[,;:(][一-鿿（“]/
        for file in Self.swiftFiles(of: ".") {
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                guard !line.drop(while: { $0 == " " }).hasPrefix("//") else { continue }
                for text in line.matches(of: /"[^"]*"/).map(\.output)
                where text.contains(/[一-鿿]/) && !text.contains(/^"[A-Za-z]|[a-z]{2,} [a-z]{2,}/) {
                    // What is typed as it stands is quoted.
                    let said = text.replacing(/“[^”]*”/, with: "“”")
                    #expect(!said.contains(half), "\(file.lastPathComponent): \(text)")
                }
            }
        }
    }

    /// Elsewhere a case would be moved without saying from where, or without what the state leaves on its row.
    @Test func `nothing but CaseLife moves a case to another state`() throws {
        let move = /UPDATE relief\.case_file\b(?:(?!WHERE|""")[\s\S])*?\bstate\s*=/
        let movers = try Self.swiftFiles(of: ".").filter {
            try String(contentsOf: $0, encoding: .utf8).contains(move)
        }
        #expect(movers.map(\.lastPathComponent) == ["CaseLife.swift"])
    }

    @Test func `every folder of Sources is a room of the table`() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.sources.path).filter {
            !$0.hasPrefix(".")
        }
        #expect(Set(folders) == Set(Self.rooms.keys).union(["CLibPQ"]))
    }

    @Test(arguments: rooms.keys.filter { $0 != "Output" }.sorted())
    func `what a program says goes through Output, which knows whether it was written`(room: String) throws {
        for file in Self.swiftFiles(of: room) {
            let text = try String(contentsOf: file, encoding: .utf8)
            for way in Self.waysAround {
                #expect(!text.contains(way), "\(file.lastPathComponent) has its own way to a stream or file.")
            }
        }
    }

    /// They trap where nothing can be written, or say nothing of it.
    private static let waysAround = [
        " print(", "(print(", "{ print(", "debugPrint(", "fputs(", "FileHandle.standardOutput",
        "FileHandle.standardError",
        "exit(withError", "FileHandle(forWriting", "stdout", "stderr",
    ]

    private static func swiftFiles(of room: String) -> [URL] {
        let all = FileManager.default.enumerator(
            at: sources.appending(path: room), includingPropertiesForKeys: nil)
        return all?.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" } ?? []
    }
}
