package import FoundationEssentials
package import Jobs
package import Postgres

/// What of the bank's waits for a person, for a board; over all unions.
package enum BankFigures {
    /// Each metric's name and what it says.
    package static let texts = [
        linesOpen: "Lines of the bank's that a person has to settle, by class.",
        filesRefused: "Files of the bank's that could not be taken in and lie in its folder `refused`.",
        filesWaiting: "Files of the bank's that aren't whole and wait for their rest.",
    ]

    private static let linesOpen = "relief_bank_lines_open"
    private static let filesRefused = "relief_bank_files_refused"
    private static let filesWaiting = "relief_bank_files_waiting"

    /// `folder` is the one through which files come and go; nil: they are carried by hand.
    package static func look(folder: URL?, in transaction: Transaction) async throws -> [StandingFigure] {
        try await transaction.execute("SELECT set_config('relief.scope', '{\"\"}', true)")
        let rows = try await transaction.query(
            "SELECT l.class, count(*) AS count FROM relief.bank_line l WHERE \(BankLines.open) GROUP BY 1 ORDER BY 1")
        let lines = try rows.map {
            StandingFigure(metric: linesOpen, label: ("class", try $0["class"]), level: Double(try $0["count"] as Int))
        }
        guard let inbox = folder.map(BankInbox.init) else { return lines }
        return lines + [
            StandingFigure(metric: filesRefused, label: nil, level: Double(inbox.refused.count)),
            StandingFigure(metric: filesWaiting, label: nil, level: Double(inbox.waiting.count)),
        ]
    }
}
