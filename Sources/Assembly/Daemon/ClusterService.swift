import LocalPostgres
import Logging
import ServiceLifecycle

/// Keeps the embedded PostgreSQL running while the daemon runs: starts it again when it died, stops it as the last thing.
struct ClusterService: Service {
    let cluster: LocalCluster
    let logger: Logger

    /// Starts in a row that may fail before the daemon gives up.
    private static let attempts = 5

    func run() async throws {
        // Why the loop goes on: true for shutdown, false for the server's end.
        let (signs, sign) = AsyncStream.makeStream(of: Bool.self)
        try await withGracefulShutdownHandler {
            var watch = watchEnd(sign)
            for await isShutdown in signs {
                if isShutdown { break }
                logger.error("postgres.died", metadata: ["postgres.directory": "\(cluster.directory)"])
                try await restart()
                watch = watchEnd(sign)
            }
            watch.cancel()
        } onGracefulShutdown: {
            sign.yield(true)
        }
        await cluster.stop()
    }

    private func watchEnd(_ sign: AsyncStream<Bool>.Continuation) -> Task<Void, Never> {
        Task {
            await cluster.untilEnded()
            if !Task.isCancelled { sign.yield(false) }
        }
    }

    private func restart() async throws {
        for attempt in 1... {
            do {
                return try await cluster.restart()
            } catch  where attempt < Self.attempts {
                logger.error(
                    "postgres.restart.failed", metadata: ["error": "\(error)", "postgres.attempt": "\(attempt)"])
            }
        }
    }
}
