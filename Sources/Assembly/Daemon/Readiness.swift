import Contract
import Dispatch
import Foundation
import Logging
import Postgres
import Relief
import Schema
import Synchronization
import WorkingDays

/// Whether the daemon can serve: the schema is this program's, the pool reaches the database, the engine runs, the log is
/// sealed, and nobody told it to stop. A clock that went back, files that wait and a disk that fills leave it ready: it
/// goes on, and doctor, metrics and alert rules tell them.
final class Readiness: Sendable {
    private let pool: Pool
    private let engine: EngineWatch
    private let standing: LogStanding
    private let logger: Logger
    private let stopping = Mutex(false)
    /// The look at the database that hasn't ended yet; those who ask meanwhile wait for it as well.
    private let look = Mutex<Task<[String], Never>?>(nil)
    /// How long the database may take to answer.
    private let patience: Double

    init(pool: Pool, engine: EngineWatch, standing: LogStanding, patience: Double = 3, logger: Logger) {
        (self.pool, self.engine, self.standing) = (pool, engine, standing)
        (self.patience, self.logger) = (patience, logger)
    }

    var isStopping: Bool { stopping.withLock(\.self) }

    func stop() { stopping.withLock { $0 = true } }

    /// Why it can't serve, one sentence each; empty when it can.
    func problems() async -> [String] {
        if isStopping { return ["reliefd is stopping."] }
        var problems = await problemsOfDatabase()
        if !engine.isConnected { problems.append("The job engine has no connection to the database.") }
        if let problem = standing.problem { problems.append(problem.en) }
        return problems
    }

    /// A database that is frozen says nothing for ever; whoever asks gets an answer in time.
    private func problemsOfDatabase() async -> [String] {
        let task = look.withLock { look in
            let task = look ?? Task { await lookAtDatabase() }
            look = task
            return task
        }
        let (answers, answer) = AsyncStream.makeStream(of: [String].self)
        Task {
            answer.yield(await task.value)
            answer.finish()
        }
        DispatchQueue.global().asyncAfter(deadline: .now() + patience) { answer.finish() }
        for await problems in answers { return problems }
        return ["The database has not answered for \(Int(patience)) seconds."]
    }

    private func lookAtDatabase() async -> [String] {
        defer { look.withLock { $0 = nil } }
        do {
            return try await pool.withConnection { connection in
                let migrations = try await Migrator(logger: logger).status(on: connection)
                let hasLease = try await connection.exists(
                    """
                    SELECT FROM jobs.engine WHERE host = \(ProcessInfo.processInfo.hostName)
                      AND process_id = \(Int(ProcessInfo.processInfo.processIdentifier))
                      AND lease_until > \(SystemClock().now())
                    """)
                return migrations.compactMap { migration in
                    if case .applied = migration.state { return nil }
                    return "The migration \(migration.name) is \(migration.state)."
                }
                    + (hasLease || !engine.isConnected
                        ? [] : ["The job engine of this daemon has no lease: it runs no job."])
            }
        } catch {
            logger.warning("readiness.database", metadata: ["error": "\(error)"])
            return ["The database doesn't answer."]
        }
    }
}
