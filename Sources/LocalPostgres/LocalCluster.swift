import FoundationEssentials
import Glibc
package import Logging

/// A private PostgreSQL cluster, run by this process and for this process: a directory, a unix socket, no network.
///
/// A new cluster has a superuser `postgres`, and a role `relief` without superuser rights that owns the database
/// `relief`. The server stops when `stop()` is called and when this process ends, even by SIGKILL.
package actor LocalCluster {
    /// What the cluster is for.
    package enum Kind: Sendable, Equatable {
        /// Keeps its data in this directory, durably; made when missing.
        case persistent(directory: String)
        /// In a temporary directory, without fsync, removed at the end. A commit survives the death of the server's
        /// processes, but not of the machine.
        case throwaway
    }

    package nonisolated let kind: Kind
    package nonisolated let directory: String
    package nonisolated let socketDirectory: String
    package nonisolated let binaries: ServerBinaries
    private let settings: [String: String]
    /// Where the primary is that a standby was copied from.
    private let primary: String?
    private let logger: Logger
    private var lock: OwnerLock?
    private var server: RunningServer?

    private init(
        kind: Kind, directory: String, socketDirectory: String, binaries: ServerBinaries, settings: [String: String],
        primary: String?, lock: OwnerLock?, logger: Logger
    ) {
        self.kind = kind
        self.directory = directory
        self.socketDirectory = socketDirectory
        self.binaries = binaries
        self.settings = settings
        self.primary = primary
        self.lock = lock
        self.logger = logger
    }

    /// Starts the cluster, making it first where it is missing, and returns when it accepts connections.
    ///
    /// A server that a killed owner left on the same directory is stopped first; a living owner is an error.
    /// - Parameters:
    ///   - settings: PostgreSQL settings over ours, such as `["max_connections": "20"]`.
    ///   - primary: a new cluster begins as a copy of this one and follows it, as a hot standby, until it is promoted.
    /// - Throws: `LocalPostgresError`.
    package static func start(
        _ kind: Kind, settings: [String: String] = [:], following primary: LocalCluster? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment, logger: Logger
    ) async throws -> LocalCluster {
        let directory: String
        var lock: OwnerLock?
        switch kind {
        case .persistent(let given):
            directory = try makeDirectory(given)
            lock = try OwnerLock(directory: directory)
        case .throwaway:
            directory = try makeTemporaryDirectory(in: environment["TMPDIR"] ?? "/tmp")
        }
        let made = (try? String(contentsOfFile: "\(directory)/data/PG_VERSION", encoding: .utf8))
            .flatMap { Int($0.prefix { $0.isNumber }) }
        let cluster = LocalCluster(
            kind: kind, directory: directory,
            socketDirectory: try placeForSocket(of: directory, environment: environment),
            binaries: try await ServerBinaries.find(environment: environment, major: made),
            settings: settings, primary: primary?.conninfo(database: "postgres", user: "postgres"), lock: lock,
            logger: logger)
        do {
            try await cluster.launch()
        } catch {
            cluster.removeTemporaryDirectories()
            throw error
        }
        return cluster
    }

    /// A libpq connection string to this cluster.
    package nonisolated func conninfo(database: String = "relief", user: String = "relief") -> String {
        let quoted = [("host", socketDirectory), ("port", "5432"), ("dbname", database), ("user", user)].map {
            "\($0)='\($1.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'"
        }
        return quoted.joined(separator: " ")
    }

    /// Stops the server; a throw-away cluster is removed. Does nothing when it is stopped already.
    package func stop() async {
        await server?.stop(keepFiles: false)
        server = nil
        lock = nil
    }

    /// Stops the server in order (if it still runs) and starts it again on the same data.
    package func restart() async throws {
        await server?.stop(keepFiles: true)
        server = nil
        try await launch()
    }

    /// Kills every process of the server with SIGKILL, as a crash would, and returns when all are gone.
    package func crash() async {
        await server?.crash()
    }

    /// Stops every process of the server in the midst of its work, as a machine that hangs does; `thaw` lets them go on.
    package func freeze() { server?.freeze() }

    package func thaw() { server?.signalAll(SIGCONT) }

    /// Returns when all processes of the server have ended, whatever ended them.
    package func untilEnded() async {
        await server?.untilEnded()
    }

    private nonisolated func removeTemporaryDirectories() {
        if socketDirectory != directory { try? FileManager.default.removeItem(atPath: socketDirectory) }
        if kind == .throwaway { try? FileManager.default.removeItem(atPath: directory) }
    }

    private func launch() async throws {
        let watcher = Watcher(
            binaries: binaries, directory: directory, sockets: socketDirectory, isThrowaway: kind == .throwaway,
            configuration: configuration, primary: primary)
        server = try await RunningServer.start(watcher, directory: directory)
        logger.info(
            "PostgreSQL started",
            metadata: ["postgres.directory": "\(directory)", "postgres.version": "\(binaries.major)"])
    }

    /// `server.conf`: what the server must have, then what its kind wants, then what the caller wants.
    private var configuration: String {
        var values = [
            "listen_addresses": "", "port": "5432", "unix_socket_permissions": "0700", "timezone": "UTC",
            "unix_socket_directories": "\"\(socketDirectory.replacing("\"", with: "\"\""))\"",
        ]
        switch kind {
        case .persistent:
            values.merge([
                "logging_collector": "on", "log_directory": "../log", "log_filename": "postgresql-%a.log",
                "log_truncate_on_rotation": "on", "log_rotation_size": "0",
            ]) { $1 }
        case .throwaway:
            values.merge([
                "fsync": "off", "full_page_writes": "off", "max_connections": "300", "max_wal_size": "4GB",
                "logging_collector": "off",
            ]) { $1 }
        }
        return values.merging(settings) { $1 }.sorted { $0.key < $1.key }
            .map { "\($0.key) = '\($0.value.replacing("'", with: "''"))'\n" }.joined()
    }
}
