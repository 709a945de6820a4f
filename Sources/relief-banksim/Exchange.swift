import Foundation
import Output

/// The directory through which files and answers pass, and where the bank's books lie.
///
/// A payment file is claimed by a rename, and answers wait in a staging folder until the books are saved: so the one
/// rename of `state.json` decides whether a file was handled, wherever the bank dies.
struct Exchange {
    enum Folder: String, CaseIterable {
        case toBank = "to-bank"
        case fromBank = "from-bank"
        case accepted
        case taking = ".taking"
        case staged = ".staged"
    }

    let directory: String

    init(directory: String) throws {
        self.directory = directory
        for folder in Folder.allCases {
            try FileManager.default.createDirectory(atPath: path(folder), withIntermediateDirectories: true)
        }
    }

    func path(_ folder: Folder, _ name: String = "") -> String {
        directory + "/" + folder.rawValue + (name.isEmpty ? "" : "/" + name)
    }

    /// Keeps the verbs of one bank apart: `return` may be called while `run` watches.
    func locked<Value>(_ body: () throws -> Value) throws -> Value {
        // Opened for reading only: closing a file open for writing would wake the watcher of this directory.
        let descriptor = open(directory + "/.lock", O_CREAT | O_RDONLY | O_CLOEXEC, 0o644)
        guard descriptor >= 0, flock(descriptor, LOCK_EX) == 0 else {
            throw CocoaError(.fileLocking, userInfo: [NSFilePathErrorKey: directory])
        }
        defer { close(descriptor) }
        return try body()
    }

    func loadState() throws -> BankState {
        let path = directory + "/state.json"
        guard FileManager.default.fileExists(atPath: path) else { return BankState() }
        return try JSONDecoder().decode(BankState.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    }

    func save(_ state: BankState) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try write(encoder.encode(state), to: directory + "/state.json")
    }

    func stage(_ name: String, _ data: Data) throws {
        try write(data, to: path(.staged, name))
    }

    /// Puts a staged answer where the customer finds it; false where that was done before.
    func deliver(_ name: String) throws -> Bool {
        guard FileManager.default.fileExists(atPath: path(.staged, name)) else { return false }
        try rename(path(.staged, name), path(.fromBank, name))
        return true
    }

    /// Payment files that are waiting, by name; unfinished ones have a dot in front or `.tmp` behind.
    func arrivals() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(.toBank))
            .filter { !$0.hasPrefix(".") && ($0.hasSuffix(".xml") || $0.hasSuffix(".txt")) }
            .sorted()
    }

    func claimed() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(.taking)).sorted()
    }

    func claim(_ name: String, as claim: String) throws {
        try rename(path(.toBank, name), path(.taking, claim))
    }

    /// Files a claim away under its own name, or the claim's where that name is taken.
    func accept(_ claim: String, name: String) throws {
        let target = path(.accepted, name)
        let isTaken = FileManager.default.fileExists(atPath: target)
        try rename(path(.taking, claim), isTaken ? path(.accepted, claim) : target)
    }

    private func write(_ data: Data, to path: String) throws {
        try DurableFile.write(data, to: URL(fileURLWithPath: path), permissions: 0o644)
    }

    private func rename(_ from: String, _ to: String) throws {
        guard Foundation.rename(from, to) == 0 else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: to])
        }
    }
}
