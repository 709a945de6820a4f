import Logging
import Postgres
import Relief
import ServiceLifecycle
import Synchronization
import WorkingDays

/// The working days by which schedules go, as the database last said; looked at every minute.
final class WorkingDaysKept: Service {
    private let pool: Pool
    private let logger: Logger
    private let calendar = Mutex(WorkingCalendar())
    private let bell = Bell()

    init(pool: Pool, logger: Logger) {
        (self.pool, self.logger) = (pool, logger)
    }

    var current: WorkingCalendar { calendar.withLock { $0 } }

    func run() async throws {
        let ticker = Ticker(bell, every: 60)
        await refresh()
        await withGracefulShutdownHandler {
            for await _ in bell.rings { await refresh() }
        } onGracefulShutdown: {
            self.bell.finish()
        }
        withExtendedLifetime(ticker) {}
    }

    func refresh() async {
        do {
            let new = try await pool.withConnection { try await StandingOrders.calendar(in: $0) }
            calendar.withLock { $0 = new }
        } catch {
            logger.warning("calendar.unread", metadata: ["error": "\(error)"])
        }
    }
}
