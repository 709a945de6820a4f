import Logging
import Postgres
import Schema
import Synchronization

/// Whether the daemon can serve: the schema is this program's, the pool reaches the database, the engine runs, and nobody
/// told it to stop.
final class Readiness: Sendable {
    private let pool: Pool
    private let engine: EngineWatch
    private let logger: Logger
    private let stopping = Mutex(false)

    init(pool: Pool, engine: EngineWatch, logger: Logger) {
        (self.pool, self.engine, self.logger) = (pool, engine, logger)
    }

    var isStopping: Bool { stopping.withLock(\.self) }

    func stop() { stopping.withLock { $0 = true } }

    /// Why it can't serve, one sentence each; empty when it can.
    func problems() async -> [String] {
        if isStopping { return ["reliefd is stopping."] }
        var problems: [String] = []
        do {
            let status = try await pool.withConnection { try await Migrator(logger: logger).status(on: $0) }
            for migration in status {
                if case .applied = migration.state { continue }
                problems.append("The migration \(migration.name) is \(migration.state).")
            }
        } catch {
            problems.append("The database doesn't answer.")
            logger.warning("readiness.database", metadata: ["error": "\(error)"])
        }
        if !engine.isConnected { problems.append("The job engine has no connection to the database.") }
        return problems
    }
}
