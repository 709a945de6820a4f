package import FoundationEssentials
package import Jobs
package import Postgres

/// What the standing orders pass over, and whether the clock that they go by went back, for a board; over all unions.
package enum StandingWorkFigures {
    /// Each metric's name and what it says.
    package static let texts = [
        passedOver: "What a standing order passes over until somebody acts, by schedule.",
        passedOverAge: "For how long the oldest of what a standing order passes over has waited, by schedule.",
        clockBehind: "By how much the clock is behind the last command's time; 0 where it isn't.",
    ]

    private static let passedOver = "relief_standing_passed_over"
    private static let passedOverAge = "relief_standing_passed_over_seconds"
    private static let clockBehind = "relief_clock_behind_seconds"

    /// `bankFolder` is the one through which files come and go; nil: they are carried by hand.
    package static func look(
        bankFolder: URL?, now: Date, in transaction: Transaction
    ) async throws -> [StandingFigure] {
        try await transaction.execute("SELECT set_config('relief.scope', '{\"\"}', true)")
        let passed = try await PassedOver.look(bankFolder: bankFolder, now: now, in: transaction)
        let figures = passed.flatMap { schedule, over in
            [
                StandingFigure(metric: passedOver, label: ("schedule", schedule), level: Double(over.count)),
                StandingFigure(
                    metric: passedOverAge, label: ("schedule", schedule),
                    level: max(0, now.timeIntervalSince(over.since))),
            ]
        }
        let behind = try await ClockBehind.seconds(now: now, in: transaction)
        return figures + [StandingFigure(metric: clockBehind, label: nil, level: behind)]
    }
}
