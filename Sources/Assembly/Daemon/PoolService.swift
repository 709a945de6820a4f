import Postgres
import ServiceLifecycle

/// Closes the pool when all who use it have stopped.
struct PoolService: Service {
    let pool: Pool

    func run() async throws {
        let (end, continuation) = AsyncStream.makeStream(of: Void.self)
        await withGracefulShutdownHandler {
            for await _ in end {}
        } onGracefulShutdown: {
            continuation.finish()
        }
        await pool.close()
    }
}
