import Contract
import Foundation
import Postgres

/// Takes in what the bank left in its folder, oldest name first. A file that can't be read is put aside with the reason; one
/// that isn't whole, or whose own count or sum is of more than it has, waits for its rest; neither holds up another.
///
/// Files are put away after the commit: killed before, they are found again, and known by their bytes.
struct ImportInbox: SystemCommand {
    typealias Reply = WorkDone
    static let name = "run.importInbox"
    static let summary = Phrase("Takes in the files that the bank left.", "导入银行放入的文件。")
    static let mostPerRound = 20

    func execute(in context: CommandContext) async throws -> WorkDone {
        guard let folder = context.door.bankFolder else { return WorkDone(count: 0) }
        let inbox = BankInbox(folder: folder)
        for name in inbox.changedSinceRefused() { try inbox.lookAgain(at: name) }
        // Each file is a message of its own: a round takes some, and another follows at once.
        let names = inbox.files().prefix(Self.mostPerRound)
        var (taken, refused, waiting) = (0, 0, 0)
        for name in names {
            var stamp: BankInbox.Stamp?
            do {
                let file = try inbox.read(name)
                stamp = file.stamp
                let view = try await context.attempt {
                    try await ImportBankFile(fileName: name, content: file.content).take(in: context)
                }
                if !view.alreadyImported { taken += 1 }
                if !view.problems.isEmpty { context.note("problems", .int(Int64(view.problems.count))) }
                context.transaction.onCommit { inbox.imported(name) }
            } catch let unfinished as UnfinishedBankFile {
                waiting += 1
                if let stamp { inbox.wait(for: name, as: stamp, because: unfinished.refusal.message) }
            } catch  where !error.endsTransaction {
                refused += 1
                let reason = (error as? Refusal)?.message ?? "\(error)"
                context.transaction.onCommit { inbox.refused(name, because: reason) }
            }
        }
        context.note("files", .int(Int64(taken)))
        context.note("refusedFiles", .int(Int64(refused)))
        context.note("waitingFiles", .int(Int64(waiting)))
        // Only what was new asks for another round at once: what is refused for ever must not make rounds without end.
        return WorkDone(count: taken)
    }
}
