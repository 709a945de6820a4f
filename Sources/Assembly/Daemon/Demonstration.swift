import Foundation
import Jobs
import Logging
import Postgres
import Relief
import WorkingDays

/// What follows a jump of a demonstration's clock: the bank learns the day, and the schedules do what fell due.
struct Demonstration: Sendable {
    let clock: any DemonstrationClock
    let bank: URL
    let pool: Pool
    let engine: Engine
    let watch: EngineWatch
    let calendar: WorkingDaysKept
    let logger: Logger

    /// How long a jump waits for the work that fell due, in real seconds.
    private static let patience = 60.0

    /// Returns when everything that was due at the clock's time has been done, or after a bounded time.
    func goOn() async {
        tellBank()
        await calendar.refresh()
        let bell = Bell()
        let ticker = Ticker(bell, every: 0.5)
        let end = ContinuousClock.now + .seconds(Self.patience)
        await watch.ringing(bell) {
            engine.wake()
            bell.ring()
            for await _ in bell.rings {
                if await isDone() { return }
                if ContinuousClock.now > end {
                    logger.warning("clock.work.pending", metadata: ["clock.waited.seconds": "\(Self.patience)"])
                    return
                }
            }
        }
        withExtendedLifetime(ticker) {}
    }

    /// The simulated bank books by this file.
    func tellBank() {
        do {
            try Data("\(Day(clock.now()))\n".utf8).write(to: bank.appending(path: "today"), options: .atomic)
        } catch {
            logger.warning("bank.today.unwritten", metadata: ["error": "\(error)"])
        }
    }

    private func isDone() async -> Bool {
        do {
            return try await pool.withConnection { connection in
                let now = clock.now()
                let rows = try await connection.query(
                    "SELECT name, settled_to FROM jobs.schedule WHERE paused_at IS NULL")
                var settled: [String: Date] = [:]
                for row in rows { settled[try row["name"]] = try row["settled_to"] }
                for schedule in try StandingOrders.schedules() {
                    guard let from = settled[schedule.name] else { continue }
                    let next = schedule.next(after: from, calendar: calendar.current)
                    if let next, next.instant <= now { return false }
                }
                return try await !connection.exists(
                    """
                    SELECT FROM jobs.job AS j WHERE (stage <> 'scheduled' OR run_at <= \(now))
                       AND NOT EXISTS (SELECT FROM jobs.queue AS q WHERE q.name = j.queue AND q.paused_at IS NOT NULL)
                     LIMIT 1
                    """)
            }
        } catch {
            logger.warning("clock.work.unknown", metadata: ["error": "\(error)"])
            return false
        }
    }
}
