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
        "Contract": ["WorkingDays"],
        "Relief": ["BankFiles", "CEL", "Contract", "Jobs", "Ledger", "Postgres", "TransparencyLog", "WorkingDays"],
        "Web": ["Contract", "Relief"],
        "Client": ["Contract"],
        "Assembly": [
            "Contract", "Jobs", "Ledger", "LocalPostgres", "Postgres", "Relief", "Schema", "TransparencyLog", "Web",
            "WorkingDays",
        ],
        "Bench": ["Jobs", "LocalPostgres", "Postgres", "Schema", "WorkingDays"],
        "reliefd": ["Assembly", "Bench"],
        "relief": ["Client", "Contract", "WorkingDays"],
        "relief-banksim": ["BankFiles", "WorkingDays"],
        "relief-reference": ["CLibPQ"],
        "EmbedText": [],
        "EmbedTextTool": [],
    ]

    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources")

    @Test(arguments: rooms.keys.sorted())
    func `a room imports only the rooms below it`(room: String) throws {
        let folder = Self.sources.appending(path: room)
        let files =
            FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
        var imported: Set<String> = []
        for file in files where file.pathExtension == "swift" {
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

    @Test func `every folder of Sources is a room of the table`() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.sources.path).filter {
            !$0.hasPrefix(".")
        }
        #expect(Set(folders) == Set(Self.rooms.keys).union(["CLibPQ"]))
    }
}
