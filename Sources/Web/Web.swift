package import Contract
package import Hummingbird
package import Logging
import HummingbirdCore
import NIOCore

/// What the API needs to know of its surroundings.
package struct WebSettings: Sendable {
    /// What one request may take, beside what its operation says.
    package struct Limits: Sendable {
        /// Bytes of a body, whatever its operation.
        package var body: Int
        /// How long a request may fail to begin on a connection that is open.
        package var idle: Duration
        /// How long a request may take to come in: this, and a second more for each 32 KiB of it.
        package var reading: Duration
        /// Connections at once, at each place where the daemon listens.
        package var connections: Int

        package init(
            body: Int = .max, idle: Duration = .seconds(75), reading: Duration = .seconds(20), connections: Int = 512
        ) {
            (self.body, self.idle, self.reading, self.connections) = (body, idle, reading, connections)
        }
    }

    package var version: String
    package var limits: Limits
    /// Where the transparency log's checkpoint and tiles are written.
    package var logFolder: String?
    /// Why the daemon can't serve just now, one sentence each; empty when it can.
    package var ready: @Sendable () async -> [String]
    /// All metrics in Prometheus' text format.
    package var metrics: @Sendable () async -> String

    package init(
        version: String, limits: Limits = Limits(), logFolder: String? = nil,
        ready: @escaping @Sendable () async -> [String] = { [] },
        metrics: @escaping @Sendable () async -> String = { "" }
    ) {
        (self.version, self.limits, self.logFolder) = (version, limits, logFolder)
        (self.ready, self.metrics) = (ready, metrics)
    }
}

/// The HTTP API: all operations of the door, and what machines ask a daemon for.
package enum Web {
    package static func router(_ doorway: Doorway, settings: WebSettings) throws -> Router<WebContext> {
        let router = Router(context: WebContext.self)
        router.add(middleware: MetricsMiddleware())
        router.add(middleware: LogRequestsMiddleware(.debug))
        router.add(middleware: TokenEndTold())
        router.add(middleware: Problems(routes: doorway.operations.map { $0.route } + probes))
        OperationRoutes(doorway: doorway, limits: settings.limits).add(to: router)
        try addProbes(to: router, doorway, settings)
        if let folder = settings.logFolder { LogFiles(folder: folder, doorway: doorway).add(to: router) }
        return router
    }

    /// A service that listens until it is shut down; an old socket file in its place is removed.
    package static func application(
        _ doorway: Doorway, settings: WebSettings, endpoint: Endpoint, logger: Logger,
        onListening: @escaping @Sendable () async -> Void = {}
    ) throws -> Application<RouterResponder<WebContext>> {
        let address: BindAddress =
            switch endpoint {
            case .unix(let path): .unixDomainSocket(path: path)
            case .tcp(let host, let port): .hostname(host, port: port)
            }
        return Application(
            router: try router(doorway, settings: settings),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ReadDeadline(settings.limits)],
                    idleTimeout: TimeAmount(settings.limits.idle))),
            configuration: .init(
                address: address, serverName: "reliefd",
                availableConnectionsDelegate: MaximumAvailableConnections(
                    settings.limits.connections, logger: logger)),
            onServerRunning: { _ in await onListening() }, logger: logger)
    }

    private static let probes = ["/openapi.json", "/healthz", "/readyz", "/metrics"].map { Route.get($0) }

    private static func addProbes(
        to router: Router<WebContext>, _ doorway: Doorway, _ settings: WebSettings
    ) throws {
        let document = try JSON.encode(OpenAPI.document(version: settings.version, operations: doorway.operations))
        router.get("/openapi.json") { _, _ in Response.json(document) }
        router.get("/healthz") { _, _ in Response.text("ok\n") }
        router.get("/readyz") { _, _ in
            let problems = await settings.ready()
            return problems.isEmpty
                ? Response.text("ready\n")
                : Response.text(problems.map { $0 + "\n" }.joined(), status: .serviceUnavailable)
        }
        router.get("/metrics") { _, _ in
            Response.text(await settings.metrics(), type: "text/plain; version=0.0.4; charset=utf-8")
        }
    }
}
