package import Contract
import Foundation
package import LocalPostgres
package import Logging
package import Postgres
package import Relief
import Schema
import TransparencyLog
package import WorkingDays

/// Everything a daemon stands on, opened: the data folder under lock, the migrated database, the keys, the door.
package struct Installation: Sendable {
    package let settings: Settings
    package let directory: DataDirectory
    /// nil where the database isn't ours to run.
    package let cluster: LocalCluster?
    /// Connects as `relief_app`, as the pool does.
    package let session: Postgres.Settings
    package let pool: Pool
    package let clock: any Clock
    package let door: Door
    /// The migrations that were applied now.
    package let migrated: [String]
    let sealing: Bell
    let standing: LogStanding
    let doctor: Doctor
    private let lock: DirectoryLock

    /// Opens it, making and migrating what is missing; `close` ends it.
    ///
    /// - Throws: `InstallationError`, `SchemaError`, `LocalPostgresError`, `PostgresError`.
    package static func open(_ settings: Settings, logger: Logger) async throws -> Installation {
        umask(0o077)
        let directory = DataDirectory(settings.data)
        try directory.make(forEmbedded: settings.databaseURL == nil)
        let lock = try DirectoryLock(directory)
        var cluster: LocalCluster?
        if settings.databaseURL == nil {
            cluster = try await LocalCluster.start(
                .persistent(directory: directory.postgres.path),
                settings: ["max_connections": "\(settings.poolSize + 20)"], logger: logger)
        }
        do {
            return try await open(settings, directory, lock, cluster, logger: logger)
        } catch {
            await cluster?.stop()
            throw error
        }
    }

    private static func open(
        _ settings: Settings, _ directory: DataDirectory, _ lock: DirectoryLock, _ cluster: LocalCluster?,
        logger: Logger
    ) async throws -> Installation {
        let conninfo = settings.databaseURL ?? cluster?.conninfo() ?? ""
        lock.note(conninfo: cluster == nil ? nil : conninfo)
        let migrated = try await migrate(conninfo, logger: logger)
        let session = Self.session(conninfo)
        let pool = Pool(settings: session, size: settings.poolSize, logger: logger)
        do {
            let isFounded = try await isFounded(pool)
            if !Keys.exist(in: directory) {
                guard !isFounded else { throw keysElsewhere(directory) }
                try Keys.make(in: directory, auditOrigin: settings.auditOrigin)
            }
            let keys = try Keys(directory, auditOrigin: settings.auditOrigin)
            for folder in ["to-bank", "from-bank"] {
                try DataDirectory.make(settings.bank.appending(path: folder), mode: 0o700)
            }
            let clock = try clock(settings, directory, isFounded: isFounded, logger: logger)
            let vault = try Vault(rootKey: keys.rootKey)
            let auditLog = try AuditLog(
                directory: directory.log, origin: keys.auditOrigin, key: keys.auditKey, mark: directory.auditMark)
            let (sealing, standing) = (Bell(), LogStanding())
            let doctor = Doctor(
                settings: settings, directory: directory, pool: pool, clock: clock, standing: standing, logger: logger)
            let door = Door(
                pool: pool, clock: clock, vault: vault,
                evidence: EvidenceStore(directory: directory.evidence, vault: vault), auditLog: auditLog,
                laws: Dictionary(uniqueKeysWithValues: Schema.checks.map { ($0.name, $0.body) }),
                bankFolder: settings.bank, standing: standing, health: { await doctor.checks() }, logger: logger,
                committed: { sealing.ring() })
            return Installation(
                settings: settings, directory: directory, cluster: cluster, session: session, pool: pool, clock: clock,
                door: door, migrated: migrated, sealing: sealing, standing: standing, doctor: doctor, lock: lock)
        } catch {
            await pool.close()
            throw error
        }
    }

    /// Makes the root union and its administrator, where there are none. nil where there are.
    package func found(_ founding: Founding) async throws -> UserView? {
        guard try await !isFounded else { return nil }
        if let signed = try door.auditLog.keptMark() {
            throw InstallationError(
                "\(signed.size) leaves of the log were signed here, and the database is empty: connect the right one, or "
                    + "restore its backup. A new installation takes a new data folder.")
        }
        let initialise = Initialise(
            code: founding.code, union: founding.union, level: founding.level, login: founding.login,
            administrator: founding.administrator, unixUID: founding.unixUID)
        do {
            let admin = try await door.perform(initialise, as: .system)
            try await Sealer(pool: pool, log: door.auditLog, clock: clock).seal()
            return admin
        } catch let refusal as Refusal where refusal.code == .conflict {
            // Another daemon on the same database was faster.
            return nil
        }
    }

    var isFounded: Bool { get async throws { try await Self.isFounded(pool) } }

    package func close() async {
        await pool.close()
        await cluster?.stop()
    }

    /// Brings a database to this program's schema, as its owner.
    package static func migrate(_ conninfo: String, logger: Logger) async throws -> [String] {
        var settings = Postgres.Settings(conninfo)
        settings.applicationName = "reliefd-migrate"
        settings.patience = patience
        let owner = Pool(settings: settings, size: 1, logger: logger)
        do {
            let applied = try await Migrator(logger: logger).migrate(owner)
            await owner.close()
            return applied
        } catch {
            await owner.close()
            throw error
        }
    }

    /// A server that is frozen is left after twice as long.
    private static let patience = Duration.seconds(4)

    /// Connects as the owner and acts as `relief_app`, which owns nothing and obeys row-level security.
    static func session(_ conninfo: String) -> Postgres.Settings {
        var session = Postgres.Settings(conninfo)
        // A command's statements are short: to compile one costs more than to run it, and is done anew each time.
        session.startup = ["SET ROLE relief_app", "SET jit = off"]
        session.applicationName = "reliefd"
        session.patience = patience
        return session
    }

    private static func isFounded(_ pool: Pool) async throws -> Bool {
        try await pool.withConnection { try await $0.exists("SELECT FROM relief.app_user") }
    }

    private static func clock(
        _ settings: Settings, _ directory: DataDirectory, isFounded: Bool, logger: Logger
    ) throws -> any Clock {
        let isKept = FileManager.default.fileExists(atPath: directory.clock.path)
        guard isKept || !isFounded || settings.demoClock == nil else {
            throw InstallationError(
                "\(directory.root.path) was initialised with the real time, and has data of it: a demonstration with "
                    + "--demo-clock needs a data folder of its own.")
        }
        return try DemoClock(directory, start: settings.demoClock, logger: logger) ?? SystemClock()
    }

    private static func keysElsewhere(_ directory: DataDirectory) -> InstallationError {
        InstallationError(
            "The database is initialised, and \(directory.keys.path) has no keys: copy the folder keys from the machine "
                + "where “reliefd init” ran, or from your backup. New keys would open nothing.")
    }
}
