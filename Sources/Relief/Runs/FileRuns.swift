import Contract
import Foundation
import Ledger
import Output
import Postgres
import WorkingDays

/// Hands released files to the bank: each is put into the bank's folder by a rename, whole or not at all. A format that
/// carries no date, as 代发 text, is paid when it arrives: its files go out on the day on which they are to be paid.
///
/// Killed between the rename and the commit, the file is found there again, or where the bank keeps what it took, and is
/// only noted. One run that fails holds up no other.
struct FileReleasedRuns: SystemCommand {
    typealias Reply = WorkDone
    static let name = "run.fileReleased"
    static let summary = Phrase("Puts the files of released runs into the bank's folder.", "把已交付批次的文件放入银行目录。")

    func execute(in context: CommandContext) async throws -> WorkDone {
        guard let bank = context.door.bankFolder else {
            // Files are then carried to the bank by hand (relief run file).
            return WorkDone(count: 0)
        }
        let runs = try await context.transaction.query(
            """
            SELECT r.* FROM relief.run r WHERE \(Self.isDue(on: context.today))
            ORDER BY r.released_at, r.number_key FOR NO KEY UPDATE
            """
        ).map(Run.init)
        var filed = 0
        for run in runs {
            let isFiled = try await context.item("\(Self.name) of run \(run.number)") {
                try await Self.handOver(run, to: bank, in: context)
            }
            if isFiled { filed += 1 }
        }
        context.note("runs", .int(Int64(filed)))
        context.note("failed", .int(Int64(runs.count - filed)))
        return WorkDone(count: filed)
    }

    /// The condition on `relief.run AS r` of those whose file the bank may have on a day.
    static func isDue(on day: Day) -> SQL {
        """
        r.state = 'released' AND EXISTS (SELECT FROM relief.bank_file b WHERE b.run = r.id
          AND (b.format = 'pain001' OR r.execute_on <= \(day)))
        """
    }

    /// Hands the file of a released run to the bank, unless the bank has it, and notes that.
    static func handOver(_ run: Run, to bank: URL, in context: CommandContext) async throws {
        let file = try await BankFile.fetch(run, in: context)
        if try !isHandedOver(file, in: bank) {
            let folder = bank.appending(path: "to-bank")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try DurableFile.write(file.content, to: folder.appending(path: file.fileName))
        }
        try await Runs.markFiled([run.id], in: context)
        context.concerns(run.number)
    }

    /// Whether the file lies in the bank's folder, or among those that the bank has taken, which it names by a serial number
    /// before ours. Refuses where another file bears its name.
    private static func isHandedOver(_ file: FileContent, in bank: URL) throws -> Bool {
        let place = bank.appending(path: "to-bank/\(file.fileName)")
        if FileManager.default.fileExists(atPath: place.path) {
            guard try Data(contentsOf: place) == file.content else {
                throw Refusal.conflict(
                    Phrase(
                        "Another file named \(file.fileName) lies in the bank's folder.",
                        "银行目录中另有名为 \(file.fileName) 的文件。"))
            }
            return true
        }
        return [".taking", "accepted"].contains { folder in
            let names = try? FileManager.default.contentsOfDirectory(atPath: bank.appending(path: folder).path)
            return (names ?? []).contains { name in
                guard name.hasSuffix(file.fileName) else { return false }
                let serial = name.dropLast(file.fileName.count)
                return serial.isEmpty || (serial.last == "-" && serial.dropLast().allSatisfy(\.isNumber))
            }
        }
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
    static let summary = Phrase("Frees money held for longer than was said.", "解冻超过期限的冻结款项。")

    func execute(in context: CommandContext) async throws -> WorkDone {
        var expired = 0
        while case let count = try await context.books.expireHolds(), count > 0 { expired += count }
        context.note("holds", .int(Int64(expired)))
        return WorkDone(count: expired)
    }
}

/// Marks payments that the bank hasn't answered in time as of unknown fate: somebody must ask the bank. They are never
/// sent again, and never taken for failed.
///
/// Where files are carried by hand, nobody notes that one was: a released file counts as carried, since it may have been.
struct MarkUnknown: SystemCommand {
    typealias Reply = WorkDone
    static let name = "payment.markUnknown"
    static let summary = Phrase("Marks payments that the bank has not answered in time.", "标记银行逾期未答复的付款。")

    /// Working days that the bank has after the day of execution.
    static let patience = 3

    func execute(in context: CommandContext) async throws -> WorkDone {
        let calendar = try await Calendars.current(in: context)
        // Walks back over the working days, so that one statement decides for all payments.
        var latest = context.today.adding(days: -1)
        while calendar.workingDays(after: latest, through: context.today) <= Self.patience {
            latest = latest.adding(days: -1)
        }
        if context.door.bankFolder == nil { try await takeAsCarried(upTo: latest, in: context) }
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

    /// Takes runs released so long ago that the bank should have answered as filed when they were released.
    private func takeAsCarried(upTo latest: Day, in context: CommandContext) async throws {
        let runs: [UUID] = try await context.transaction.query(
            """
            UPDATE relief.run SET state = 'filed', filed_at = released_at
            WHERE state = 'released' AND execute_on <= \(latest) AND released_at < \(latest.adding(days: 1).start())
            RETURNING id
            """
        ).map { try $0["id"] }
        try await context.transaction.execute(
            """
            UPDATE relief.payment p SET state = 'sent', sent_at = r.released_at FROM relief.run r
            WHERE r.id = p.run AND p.run = ANY (\(runs)) AND p.state = 'inFile'
            """)
    }
}
