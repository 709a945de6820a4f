package import FoundationEssentials
package import Jobs
package import Postgres

/// What of the bank's and of the standing orders waits for a person, for a board; over all unions.
package enum BankFigures {
    /// Each metric's name and what it says.
    package static let texts = [
        linesOpen: "Lines of the bank's that a person has to settle, by class.",
        filesRefused: "Files of the bank's that could not be taken in and lie in its folder `refused`.",
        filesWaiting: "Files of the bank's that aren't whole and wait for their rest.",
        passedOver: "What a standing order passes over until somebody acts, by schedule.",
        passedOverAge: "For how long the oldest of what a standing order passes over has waited, by schedule.",
        clockBehind: "By how much the clock is behind the last command's time; 0 where it isn't.",
    ]

    private static let linesOpen = "relief_bank_lines_open"
    private static let filesRefused = "relief_bank_files_refused"
    private static let filesWaiting = "relief_bank_files_waiting"
    private static let passedOver = "relief_standing_passed_over"
    private static let passedOverAge = "relief_standing_passed_over_seconds"
    private static let clockBehind = "relief_clock_behind_seconds"

    /// `folder` is the one through which files come and go; nil: they are carried by hand.
    package static func look(folder: URL?, now: Date, in transaction: Transaction) async throws -> [StandingFigure] {
        try await transaction.execute("SELECT set_config('relief.scope', '{\"\"}', true)")
        let rows = try await transaction.query(
            "SELECT l.class, count(*) AS count FROM relief.bank_line l WHERE \(BankLines.open) GROUP BY 1 ORDER BY 1")
        let lines = try rows.map {
            StandingFigure(metric: linesOpen, label: ("class", try $0["class"]), level: Double(try $0["count"] as Int))
        }
        let passed = try await PassedOver.look(bankFolder: folder, now: now, in: transaction).flatMap { name, over in
            [
                StandingFigure(metric: passedOver, label: ("schedule", name), level: Double(over.count)),
                StandingFigure(
                    metric: passedOverAge, label: ("schedule", name), level: max(0, now.timeIntervalSince(over.since))),
            ]
        }
        let behind = StandingFigure(
            metric: clockBehind, label: nil, level: try await ClockBehind.seconds(now: now, in: transaction))
        guard let inbox = folder.map(BankInbox.init) else { return lines + passed + [behind] }
        return lines + passed + [
            behind, StandingFigure(metric: filesRefused, label: nil, level: Double(inbox.refused.count)),
            StandingFigure(metric: filesWaiting, label: nil, level: Double(inbox.waiting.count)),
        ]
    }
}
