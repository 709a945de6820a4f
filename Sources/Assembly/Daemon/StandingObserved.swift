import CoreMetrics
import FoundationEssentials
import Jobs
import Logging
import Postgres
import Relief
import ServiceLifecycle
import WorkingDays

/// Exports what stands and waits for a person, in the job engine and of the bank's, looked at twice a minute and when the
/// engine has connected: before that its schedules aren't known.
final class StandingObserved: Service {
    private let pool: Pool
    private let clock: any Clock
    private let calendar: WorkingDaysKept
    private let bankFolder: URL?
    /// Where the daemon keeps its log, evidence and embedded database.
    private let dataFolder: String
    private let logger: Logger
    private let bell = Bell()

    init(
        pool: Pool, clock: any Clock, calendar: WorkingDaysKept, bankFolder: URL?, dataFolder: String,
        watch: EngineWatch,
        logger: Logger
    ) {
        self.dataFolder = dataFolder
        (self.pool, self.clock, self.calendar) = (pool, clock, calendar)
        (self.bankFolder, self.logger) = (bankFolder, logger)
        watch.ringWhenConnected(bell)
    }

    func run() async throws {
        let schedules = try StandingOrders.schedules()
        let ticker = Ticker(bell, every: 30)
        bell.ring()
        await withGracefulShutdownHandler {
            var board = Board()
            for await _ in bell.rings {
                do {
                    board.show(try await look(at: schedules) + room)
                } catch {
                    logger.warning("standing.unseen", metadata: ["error": "\(error)"])
                }
            }
        } onGracefulShutdown: {
            self.bell.finish()
        }
        withExtendedLifetime(ticker) {}
    }

    private var room: [StandingFigure] {
        DiskSpace(at: dataFolder).map {
            [StandingFigure(metric: "relief_disk_free_bytes", label: nil, level: Double($0.free))]
        } ?? []
    }

    private func look(at schedules: [Schedule]) async throws -> [StandingFigure] {
        try await pool.transaction(.readOnly) { [clock, calendar, bankFolder] transaction in
            try await StandingFigures.look(
                at: schedules, calendar: calendar.current, in: transaction, now: clock.now(),
                leaseNow: SystemClock().now()) + BankFigures.look(folder: bankFolder, in: transaction)
                + StandingWorkFigures.look(bankFolder: bankFolder, now: clock.now(), in: transaction)
        }
    }
}

/// The figures that were exported: what isn't there any more goes to 0, since a series never goes away.
private struct Board {
    private struct Series: Hashable {
        let metric: String
        let label: String?
        let value: String?

        func show(_ level: Double) {
            let dimensions = label.flatMap { label in value.map { [(label, $0)] } } ?? []
            Gauge(label: metric, dimensions: dimensions).record(level)
        }
    }

    private var shown: Set<Series> = []

    mutating func show(_ figures: [StandingFigure]) {
        let levels = Dictionary(
            uniqueKeysWithValues: figures.map {
                (Series(metric: $0.metric, label: $0.label?.name, value: $0.label?.value), $0.level)
            })
        for series in shown where levels[series] == nil { series.show(0) }
        for (series, level) in levels { series.show(level) }
        shown.formUnion(levels.keys)
    }
}
