import LocalPostgres
package import Logging
import Postgres
import Schema

/// The one throw-away cluster of this test process: started by the first test that asks, stopped by the process's end.
enum SharedCluster {
    static let started = Task {
        let cluster = try await LocalCluster.start(.throwaway, logger: quiet)
        // Copying a database takes long on a busy machine, and a whole suite may stand in line for it.
        let patience = Duration.seconds(600)
        // An autovacuum at work in a database that is to go can be ended only by a superuser.
        let superuser = Settings(cluster.conninfo(database: "postgres", user: "postgres"))
        return (
            cluster: cluster,
            admin: Pool(settings: .owner(of: "postgres", in: cluster), size: 2, waitLimit: patience, logger: quiet),
            remover: Pool(settings: superuser, size: 2, waitLimit: patience, logger: quiet)
        )
    }

    /// The name of a migrated database to copy.
    static let template = Task {
        let (cluster, admin, _) = try await started.value
        let name = "template_relief"
        try await admin.withConnection { try await $0.script("CREATE DATABASE \(name)") }
        let owner = Pool(settings: .owner(of: name, in: cluster), size: 1, logger: quiet)
        try await Migrator(logger: quiet).migrate(owner)
        // It can only be copied while nobody is connected to it.
        await owner.close()
        return name
    }
}

/// Tests look at results, not at logs.
package let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
