import Logging
import Relief
import ServiceLifecycle

/// Seals what was committed into the audit log: at once when a command ends, and every 10 seconds in case a ring was lost
/// with another daemon. The log's standing says whether it can.
struct SealingService: Service {
    let door: Door
    let sealer: Sealer
    let standing: LogStanding
    let bell: Bell
    let logger: Logger

    func run() async throws {
        let ticker = Ticker(bell, every: 10)
        bell.ring()
        await withGracefulShutdownHandler {
            for await _ in bell.rings { await seal() }
        } onGracefulShutdown: {
            bell.finish()
        }
        // Whatever the last requests and jobs committed, and was refused.
        await door.writeRefusedAttempts(all: true)
        await seal()
        withExtendedLifetime(ticker) {}
    }

    private func seal() async {
        await door.writeRefusedAttempts()
        do {
            try await standing.look { try await sealer.seal() }
        } catch {
            logger.warning("audit.seal.failed", metadata: ["error": "\(error)"])
            bell.ring(after: 2)
        }
    }
}
