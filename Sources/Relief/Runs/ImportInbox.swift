import Contract
import Foundation
import Ledger
import Postgres

/// Takes in what the bank left in its folder, oldest name first; a file that can't be read is put aside with the reason,
/// and holds up nothing.
///
/// Files are put away after the commit: killed before, they are found again, and known by their bytes.
struct ImportInbox: SystemCommand {
    typealias Reply = WorkDone
    static let name = "run.importInbox"
    static let summary = "Takes in the files that the bank left."
    static let mostPerRound = 20

    func execute(in context: CommandContext) async throws -> WorkDone {
        guard let folder = context.door.bankFolder else { return WorkDone(count: 0) }
        let inbox = folder.appending(path: "from-bank")
        // Each file is a message of its own: a round takes some, and another follows at once.
        let names = Self.files(in: folder).prefix(Self.mostPerRound)
        var refused = 0
        for name in names {
            let place = inbox.appending(path: name)
            let content = try Data(contentsOf: place)
            var reason: String?
            do {
                let view = try await context.transaction.savepoint { _ in
                    try await ImportBankFile(fileName: name, content: content).execute(in: context)
                }
                if !view.problems.isEmpty { context.note("problems", .int(Int64(view.problems.count))) }
            } catch let refusal as Refusal {
                reason = refusal.message
            } catch let refusal as LedgerRefusal {
                reason = refusal.description
            }
            if reason != nil { refused += 1 }
            let (target, why) = (folder.appending(path: reason == nil ? "imported" : "refused"), reason)
            context.transaction.onCommit { Self.putAway(place, in: target, reason: why) }
        }
        context.note("files", .int(Int64(names.count)))
        context.note("refusedFiles", .int(Int64(refused)))
        return WorkDone(count: names.count)
    }

    /// The names of the files that wait; unfinished ones have a dot in front or end otherwise.
    static func files(in folder: URL) -> [String] {
        let inbox = folder.appending(path: "from-bank")
        return ((try? FileManager.default.contentsOfDirectory(atPath: inbox.path)) ?? [])
            .filter { !$0.hasPrefix(".") && ($0.hasSuffix(".xml") || $0.hasSuffix(".txt")) }.sorted()
    }

    private static func putAway(_ file: URL, in folder: URL, reason: String?) {
        let manager = FileManager.default
        try? manager.createDirectory(at: folder, withIntermediateDirectories: true)
        var target = folder.appending(path: file.lastPathComponent)
        if manager.fileExists(atPath: target.path) {
            target = folder.appending(path: "\(UUID().uuidString.prefix(8))-\(file.lastPathComponent)")
        }
        try? DurableFile.rename(file, to: target)
        if let reason { try? DurableFile.write(reason.utf8, to: target.appendingPathExtension("reason")) }
    }
}
