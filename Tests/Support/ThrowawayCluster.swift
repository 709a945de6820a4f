package import LocalPostgres
package import Postgres
import Schema

/// A cluster of one test alone, to be killed and started again.
package struct ThrowawayCluster: Sendable {
    package let local: LocalCluster

    /// Starts it with the database `relief`, migrated unless told otherwise.
    ///
    /// - Parameter settings: PostgreSQL settings, such as `["fsync": "on"]`.
    package static func start(isMigrated: Bool = true, settings: [String: String] = [:]) async throws -> Self {
        let cluster = Self(local: try await LocalCluster.start(.throwaway, settings: settings, logger: quiet))
        if isMigrated {
            let owner = Pool(settings: cluster.settings(), size: 1, logger: quiet)
            try await Migrator(logger: quiet).migrate(owner)
            await owner.close()
        }
        return cluster
    }

    /// Connects as the owner.
    package func settings(database: String = "relief") -> Settings { .owner(of: database, in: local) }

    /// Connects as the daemon does, as role `relief_app`.
    package func appSettings(database: String = "relief") -> Settings { .app(of: database, in: local) }

    /// SIGKILL for every process of the server; returns when all are gone.
    package func kill() async { await local.crash() }

    /// Starts it again, after `kill()` or in order.
    package func restart() async throws { try await local.restart() }

    /// Stops and removes it.
    package func stop() async { await local.stop() }
}
