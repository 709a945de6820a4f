import Foundation
import LocalPostgres
import Logging
public import Postgres

/// The private database of one test.
public struct Database: Sendable {
    package let name: String
    /// Connects as the owner, who made the tables but is no superuser.
    public let settings: Settings
    /// Connects as the daemon does: the owner's login acting as `relief_app`.
    package let appSettings: Settings
    public let pool: Pool
    package let appPool: Pool
    /// Connects as a superuser, whom row-level security doesn't bind.
    package let superuserSettings: Settings
    let socketDirectory: String

    @TaskLocal static var bound: Database?

    /// The database of the running test; it must have the trait `.database`.
    public static var current: Database {
        guard let bound else { preconditionFailure("Database.current is used in a test without the trait .database") }
        return bound
    }

    init(_ name: String, in cluster: LocalCluster) {
        self.name = name
        settings = .owner(of: name, in: cluster)
        appSettings = .app(of: name, in: cluster)
        superuserSettings = Settings(cluster.conninfo(database: name, user: "postgres"))
        socketDirectory = cluster.socketDirectory
        // A wait for a connection is none of a test's promises, and a busy machine opens one slowly.
        let wait = Duration.seconds(60)
        pool = Pool(settings: settings, size: 8, waitLimit: wait, logger: quiet)
        appPool = Pool(settings: appSettings, size: 8, waitLimit: wait, logger: quiet)
    }

    static func create(from template: String) async throws -> Database {
        let shared = try await SharedCluster.started.value
        let name = "test_" + UUID().uuidString.lowercased().replacing("-", with: "")
        try await shared.admin.withConnection {
            try await $0.script("CREATE DATABASE \(name) TEMPLATE \(template)")
        }
        return Database(name, in: shared.cluster)
    }

    func drop() async throws {
        await pool.close()
        await appPool.close()
        try await SharedCluster.started.value.remover.withConnection {
            try await $0.script("DROP DATABASE \(name) WITH (FORCE)")
        }
    }
}

extension Settings {
    static func owner(of database: String, in cluster: LocalCluster) -> Settings {
        Settings(cluster.conninfo(database: database))
    }

    static func app(of database: String, in cluster: LocalCluster) -> Settings {
        var settings = owner(of: database, in: cluster)
        settings.startup = ["SET ROLE relief_app"]
        return settings
    }
}
