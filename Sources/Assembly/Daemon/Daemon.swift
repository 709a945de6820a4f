import Contract
import CoreMetrics
import Foundation
import Jobs
import Logging
import Relief
import ServiceLifecycle
import UnixSignals
import Web

/// The running daemon: PostgreSQL, door, sealer, job engine and HTTP, started in this order and stopped in the reverse.
package struct Daemon: Sendable {
    package static let version = "0.1.0"

    private let installation: Installation
    private let logger: Logger
    private let watch = EngineWatch()
    private let calendar: WorkingDaysKept
    private let readiness: Readiness
    private let engine: Engine

    /// Opens what is missing, serves until SIGTERM or SIGINT, and returns when all is stopped in order. A second signal
    /// ends the process at once.
    ///
    /// - Parameter said: hears lines for the one who started the daemon: what was made, and that it is ready.
    package static func serve(
        _ settings: Settings, founding: Founding, said: @escaping @Sendable (String) -> Void
    ) async throws {
        let logger = Logs.begin(settings)
        let metrics = PrometheusMetrics(help: MetricHelp.texts)
        MetricsSystem.bootstrap(metrics)
        let socket = SocketPlace(path: settings.socket, mode: settings.socketMode)
        try socket.prepare()
        let installation = try await Installation.open(settings, logger: logger)
        do {
            if let admin = try await installation.found(founding) {
                said(
                    "Initialised \(installation.directory.root.path): \(founding.union), administrator \(admin.login).")
            }
            let daemon = try Daemon(installation, logger: logger)
            try await daemon.run(socket, metrics: metrics, said: said)
            // The lock of the data folder holds until everything has stopped.
            withExtendedLifetime(installation) {}
        } catch {
            await installation.close()
            throw error
        }
    }

    private init(_ installation: Installation, logger: Logger) throws {
        (self.installation, self.logger) = (installation, logger)
        let calendar = WorkingDaysKept(pool: installation.pool, logger: logger)
        self.calendar = calendar
        installation.standing.close()
        readiness = Readiness(
            pool: installation.pool, engine: watch, standing: installation.standing, logger: logger)
        // Jobs hold a connection each: the rest of the pool stays for requests.
        let most = max(2, min(6, installation.settings.poolSize / 2))
        engine = Engine(
            pool: installation.pool, listen: installation.session,
            registry: StandingOrders.registry(for: installation.door), schedules: try StandingOrders.schedules(),
            clock: installation.clock, calendar: { calendar.current },
            settings: EngineSettings(
                maxRunning: most, keepHistory: installation.settings.jobHistory,
                host: ProcessInfo.processInfo.hostName), logger: logger,
            observer: { [watch] in watch.hear($0) })
    }

    private func run(
        _ socket: SocketPlace, metrics: PrometheusMetrics, said: @escaping @Sendable (String) -> Void
    ) async throws {
        let demonstration = demonstration
        demonstration?.tellBank()
        let bell = Bell()
        var configuration = ServiceGroupConfiguration(
            services: try services(demonstration, socket, metrics: metrics, listening: bell).map {
                .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
            }, logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(60)
        let group = ServiceGroup(configuration: configuration)
        try await withThrowingTaskGroup(of: Bool.self) { tasks in
            tasks.addTask {
                try await group.run()
                return true
            }
            tasks.addTask {
                await obeySignals(group)
                return false
            }
            tasks.addTask {
                await announce(socket, bell, said)
                return false
            }
            while let isOver = try await tasks.next(), !isOver {}
            tasks.cancelAll()
        }
    }

    /// In the order of their start; they are stopped in the reverse, each when the one after it has stopped.
    private func services(
        _ demonstration: Demonstration?, _ socket: SocketPlace, metrics: PrometheusMetrics, listening: Bell
    ) throws -> [any Service] {
        var services: [any Service] = []
        if let cluster = installation.cluster { services.append(ClusterService(cluster: cluster, logger: logger)) }
        let door = installation.door
        services.append(PoolService(pool: installation.pool))
        services.append(
            SealingService(
                door: door,
                sealer: Sealer(pool: installation.pool, log: door.auditLog, clock: installation.clock, logger: logger),
                standing: installation.standing, bell: installation.sealing, logger: logger))
        let observed = StandingObserved(
            pool: installation.pool, clock: installation.clock, calendar: calendar, bankFolder: door.bankFolder,
            dataFolder: installation.directory.root.path,
            watch: watch, logger: logger)
        services += [calendar, engine, observed]
        let doorway = Entrance(door: door, demonstration: demonstration).doorway
        let settings = WebSettings(
            version: Self.version, logFolder: installation.directory.log.path,
            ready: { [readiness] in await readiness.problems() },
            metrics: { [standing = installation.standing] in
                Self.measure(standing)
                return metrics.exposition()
            })
        services.append(
            try Web.application(
                doorway, settings: settings, endpoint: .unix(path: socket.path), logger: logger,
                onListening: {
                    socket.open()
                    listening.ring()
                }))
        if let endpoint = installation.settings.listen {
            services.append(try Web.application(doorway, settings: settings, endpoint: endpoint, logger: logger))
        }
        return services
    }

    /// As the log stands when somebody asks: a figure that was written down could be as old as the trouble.
    private static func measure(_ standing: LogStanding) {
        Gauge(label: "relief_log_unsealed_seconds").record(standing.unsealedSeconds)
        Gauge(label: "relief_log_closed").record(standing.problem == nil ? 0 : 1)
    }

    private var demonstration: Demonstration? {
        guard let clock = installation.clock as? any DemonstrationClock else { return nil }
        return Demonstration(
            clock: clock, bank: installation.settings.bank, pool: installation.pool, engine: engine, watch: watch,
            calendar: calendar, logger: logger)
    }

    private func obeySignals(_ group: ServiceGroup) async {
        var count = 0
        for await _ in await UnixSignalsSequence(trapping: [.sigterm, .sigint]) {
            count += 1
            // The embedded PostgreSQL ends by itself when its owner is gone.
            if count > 1 { _exit(1) }
            readiness.stop()
            logger.info("daemon.stopping")
            await group.triggerGracefulShutdown()
        }
    }

    /// Says when the daemon becomes ready, and when it has lost its database: it listens, and all that a request needs is
    /// there, or not.
    private func announce(_ socket: SocketPlace, _ listening: Bell, _ said: (String) -> Void) async {
        for await _ in listening.rings { break }
        let bell = Bell()
        let ticker = Ticker(bell, every: 1)
        var isReady = false
        await watch.ringing(bell) {
            bell.ring()
            for await _ in bell.rings {
                if isReady, !watch.isConnected, !readiness.isStopping {
                    isReady = false
                    said("reliefd has lost its database and waits for it.")
                } else if !isReady, await readiness.problems().isEmpty {
                    isReady = true
                    said("reliefd is ready at unix:\(socket.path)" + alsoAt)
                }
            }
        }
        withExtendedLifetime(ticker) {}
    }

    private var alsoAt: String { installation.settings.listen.map { " and, for tokens, at \($0)" } ?? "" }
}
