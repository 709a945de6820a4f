import Contract
import Foundation
import Ledger
import Postgres
import WorkingDays

/// Hands released files to the bank: each is put into the bank's folder by a rename, whole or not at all.
///
/// Killed between the rename and the commit, it is put there again: the same name, the same bytes, the same message
/// identification, which the bank takes once.
struct FileReleasedRuns: SystemCommand {
    typealias Reply = WorkDone
    static let name = "run.fileReleased"
    static let summary = "Puts the files of released runs into the bank's folder."

    func execute(in context: CommandContext) async throws -> WorkDone {
        guard let folder = context.door.bankFolder?.appending(path: "to-bank") else {
            // Files are then carried to the bank by hand (relief run file).
            return WorkDone(count: 0)
        }
        let runs = try await context.transaction.query(
            "SELECT * FROM relief.run WHERE state = 'released' ORDER BY released_at, number FOR NO KEY UPDATE"
        ).map(Run.init)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for run in runs {
            let file = try await BankFile.fetch(run, in: context)
            let draft = folder.appending(path: ".\(file.fileName).tmp")
            try DurableFile.write(file.content, to: draft)
            try DurableFile.rename(draft, to: folder.appending(path: file.fileName))
            try await Runs.markFiled([run.id], in: context)
            context.concerns(run.number)
        }
        context.note("runs", .int(Int64(runs.count)))
        return WorkDone(count: runs.count)
    }
}

extension Runs {
    /// The bank has the files of these runs: their payments are sent.
    static func markFiled(_ runs: [UUID], in context: CommandContext) async throws {
        try await context.transaction.execute(
            """
            UPDATE relief.run SET state = 'filed', filed_at = \(context.now)
            WHERE id = ANY (\(runs)) AND state = 'released'
            """)
        try await context.transaction.execute(
            """
            UPDATE relief.payment SET state = 'sent', sent_at = \(context.now)
            WHERE run = ANY (\(runs)) AND state = 'inFile'
            """)
    }
}

/// Frees holds whose time is over.
struct ExpireHolds: SystemCommand {
    typealias Reply = WorkDone
    static let name = "fund.expireHolds"
    static let summary = "Frees money held for longer than was said."

    func execute(in context: CommandContext) async throws -> WorkDone {
        var expired = 0
        while case let count = try await context.books.expireHolds(), count > 0 { expired += count }
        context.note("holds", .int(Int64(expired)))
        return WorkDone(count: expired)
    }
}

/// Marks payments that the bank hasn't answered in time as of unknown fate: somebody must ask the bank. They are never
/// sent again, and never taken for failed.
struct MarkUnknown: SystemCommand {
    typealias Reply = WorkDone
    static let name = "payment.markUnknown"
    static let summary = "Marks payments that the bank has not answered in time."

    /// Working days that the bank has after the day of execution.
    static let patience = 3

    func execute(in context: CommandContext) async throws -> WorkDone {
        let calendar = try await Calendars.current(in: context)
        // Walks back over the working days, so that one statement decides for all payments.
        var latest = context.today.adding(days: -1)
        while calendar.workingDays(after: latest, through: context.today) <= Self.patience {
            latest = latest.adding(days: -1)
        }
        let rows = try await context.transaction.query(
            """
            UPDATE relief.payment p SET state = 'unknown' FROM relief.run r
            WHERE r.id = p.run AND p.state IN ('sent', 'accepted') AND r.execute_on <= \(latest)
              AND p.sent_at < \(latest.adding(days: 1).start())
            RETURNING r.number, p.reference
            """)
        for row in rows {
            context.concerns(try row["number"])
            context.concerns(try row["reference"])
        }
        context.note("payments", .int(Int64(rows.count)))
        return WorkDone(count: rows.count)
    }
}
