import Contract
import Foundation
import Logging
import Output
import Postgres
import Synchronization

/// Takes in what the bank left in its folder, oldest name first; a file that can't be read is put aside with the reason,
/// and holds up nothing.
///
/// Files are put away after the commit: killed before, they are found again, and known by their bytes.
struct ImportInbox: SystemCommand {
    typealias Reply = WorkDone
    static let name = "run.importInbox"
    static let summary = "Takes in the files that the bank left."
    static let mostPerRound = 20
    /// The folder of files that could not be taken in, each beside the reason.
    static let refused = "refused"

    func execute(in context: CommandContext) async throws -> WorkDone {
        guard let folder = context.door.bankFolder else { return WorkDone(count: 0) }
        let inbox = folder.appending(path: "from-bank")
        // Each file is a message of its own: a round takes some, and another follows at once.
        let names = Self.files(in: folder).prefix(Self.mostPerRound)
        var (taken, refused) = (0, 0)
        for name in names {
            let place = inbox.appending(path: name)
            var reason: String?
            do {
                let content = try Self.read(place)
                let view = try await context.attempt {
                    try await ImportBankFile(fileName: name, content: content).execute(in: context)
                }
                if !view.alreadyImported { taken += 1 }
                if !view.problems.isEmpty { context.note("problems", .int(Int64(view.problems.count))) }
            } catch  where !error.endsTransaction {
                reason = (error as? Refusal)?.message ?? "\(error)"
                refused += 1
            }
            let (target, why) = (folder.appending(path: reason == nil ? "imported" : Self.refused), reason)
            context.transaction.onCommit { Self.putAway(place, in: target, reason: why) }
        }
        context.note("files", .int(Int64(taken)))
        context.note("refusedFiles", .int(Int64(refused)))
        // Only what was new asks for another round at once: what is refused for ever must not make rounds without end.
        return WorkDone(count: taken)
    }

    /// Files that could not be put away: passed over until the daemon starts again.
    private static let stuck = Mutex<Set<String>>([])

    /// The bytes of a file. Refuses what is none, as a folder, and what no bank sends.
    private static func read(_ place: URL) throws -> Data {
        let facts = try FileManager.default.attributesOfItem(atPath: place.path)
        guard facts[.type] as? FileAttributeType == .typeRegular else {
            throw Refusal.invalid("\(place.lastPathComponent) is no regular file.", field: "content")
        }
        guard (facts[.size] as? Int).map({ $0 <= 64 << 20 }) ?? false else {
            throw Refusal.tooLarge("A bank's file has at most 64 MiB.", field: "content")
        }
        return try Data(contentsOf: place)
    }

    /// The names of the files that wait; unfinished ones have a dot in front or end otherwise.
    static func files(in folder: URL) -> [String] {
        let inbox = folder.appending(path: "from-bank")
        let stuck = stuck.withLock { $0 }
        return ((try? FileManager.default.contentsOfDirectory(atPath: inbox.path)) ?? [])
            .filter { !$0.hasPrefix(".") && ($0.hasSuffix(".xml") || $0.hasSuffix(".txt")) }
            .filter { !stuck.contains(inbox.appending(path: $0).path) }.sorted()
    }

    private static func putAway(_ file: URL, in folder: URL, reason: String?) {
        let manager = FileManager.default
        try? manager.createDirectory(at: folder, withIntermediateDirectories: true)
        var target = folder.appending(path: file.lastPathComponent)
        if manager.fileExists(atPath: target.path) {
            target = folder.appending(path: "\(UUID().uuidString.prefix(8))-\(file.lastPathComponent)")
        }
        do {
            try DurableFile.rename(file, to: target)
        } catch {
            stuck.withLock { _ = $0.insert(file.path) }
            Logger(label: "relief.bank").error(
                "\(file.lastPathComponent) can't be put away and is passed over: \(reason ?? "it was taken in")")
            return
        }
        guard let reason else { return }
        try? DurableFile.write(reason.utf8, to: target.appendingPathExtension("reason"))
        // The reason may quote the file.
        Logger(label: "relief.bank").error(
            "\(file.lastPathComponent) could not be taken in; it lies in \(folder.path) beside the reason.")
    }
}
