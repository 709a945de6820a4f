import Jobs
import Logging
import Postgres

@testable import Relief

extension Office {
    /// Runs what is due, as a daemon's engine would; returns how many jobs ran.
    @discardableResult
    func runDueJobs() async throws -> Int {
        let registry = StandingOrders.registry(for: door)
        return try await door.pool.transaction {
            try await Drain.run(registry, in: $0, clock: clock, logger: Logger(label: "test"))
        }
    }
}
