import Logging
import Relief
import ServiceLifecycle

/// Seals what was committed into the audit log: at once when a command ends, and every 30 seconds in case a ring was lost
/// with another daemon.
struct SealingService: Service {
    let sealer: Sealer
    let bell: Bell
    let logger: Logger

    func run() async throws {
        let ticker = Ticker(bell, every: 30)
        await attempt { try await sealer.recover() }
        bell.ring()
        await withGracefulShutdownHandler {
            for await _ in bell.rings { await attempt { try await sealer.seal() } }
        } onGracefulShutdown: {
            bell.finish()
        }
        // Whatever the last requests and jobs committed.
        await attempt { try await sealer.seal() }
        withExtendedLifetime(ticker) {}
    }

    private func attempt(_ body: () async throws -> some Any) async {
        do {
            _ = try await body()
        } catch {
            logger.warning("audit.seal.failed", metadata: ["error": "\(error)"])
            bell.ring(after: 2)
        }
    }
}
