import Foundation
package import LocalPostgres
package import Postgres
import Schema

/// A primary and its hot standby, of one test alone. What the primary acknowledges is on the standby's disk, too.
package struct ReplicatedPair: Sendable {
    package let primary: LocalCluster
    package let standby: LocalCluster

    package static func with<R>(_ body: (ReplicatedPair) async throws -> R) async throws -> R {
        let primary = try await LocalCluster.start(.throwaway, logger: quiet)
        do {
            let standby = try await LocalCluster.start(.throwaway, following: primary, logger: quiet)
            let pair = ReplicatedPair(primary: primary, standby: standby)
            do {
                try await pair.waitForStandbyAtCommit()
                let result = try await body(pair)
                await pair.end()
                return result
            } catch {
                await pair.end()
                throw error
            }
        } catch {
            await primary.stop()
            throw error
        }
    }

    /// What a daemon is given: both hosts, of which it takes the one that writes.
    package var url: String {
        let hosts = [primary, standby].map { $0.socketDirectory.replacing("/", with: "%2F") }
        return "postgresql://relief@\(hosts.joined(separator: ","))/relief?target_session_attrs=read-write"
    }

    /// A session of a superuser, whom no row-level security binds.
    package static func session(on cluster: LocalCluster) async throws -> Connection {
        try await Connection.open(Settings(cluster.conninfo(user: "postgres")), logger: quiet)
    }

    /// Makes the standby a primary of its own; returns when it takes writes.
    package func promote() async throws {
        let session = try await Self.session(on: standby)
        _ = try await session.query("SELECT pg_promote()")
        await session.close()
    }

    /// What the checks of `sql/checks` find in a database.
    package static func violations(on session: Connection) async throws -> [String] {
        try await Schema.violations(on: session).map { "\($0)" }
    }

    private func waitForStandbyAtCommit() async throws {
        let session = try await Self.session(on: primary)
        // Set here, not for both: the copy, once promoted, has nobody to wait for.
        try await session.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        _ = try await session.query("SELECT pg_reload_conf()")
        while try await !session.exists("SELECT FROM pg_stat_replication WHERE sync_state = 'sync'") {
            try Task.checkCancellation()
        }
        // Commits wait once the checkpointer has read it, which it does before the next checkpoint.
        try await session.execute("CHECKPOINT")
        await session.close()
    }

    private func end() async {
        // What is frozen hears of no end.
        await primary.thaw()
        await primary.stop()
        await standby.stop()
    }
}
