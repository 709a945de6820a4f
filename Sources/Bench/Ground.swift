import Foundation
import LocalPostgres
import Postgres
import Schema

/// Where a bench runs: a private cluster with two databases, and the programs that work on them.
struct Ground: Sendable {
    /// Holds nothing but the jobs of the moment.
    static let plain = "relief"
    /// Holds a crowd of scheduled and of finished jobs besides.
    static let crowded = "crowded"

    let cluster: LocalCluster
    let worker: Program
    let reference: Program
    let pgbench: PGBench

    /// Starts the cluster, with fsync as a server that is meant to keep its data, and makes the tables.
    static func made(_ options: JobsBench.Options, worker: Program, reference: Program, scripts: URL) async throws
        -> Ground
    {
        let cluster = try await LocalCluster.start(
            .throwaway,
            settings: [
                "fsync": options.fsync ? "on" : "off", "full_page_writes": "on", "shared_buffers": "1GB",
                "synchronous_commit": options.synchronousCommit ? "on" : "off", "log_line_prefix": "%n %a ",
            ], logger: quiet)
        do {
            let ground = Ground(
                cluster: cluster, worker: worker, reference: reference,
                pgbench: try PGBench(beside: cluster.binaries, scripts: scripts))
            let owner = Pool(settings: Postgres.Settings(cluster.conninfo()), size: 1, logger: quiet)
            try await Migrator(logger: quiet).migrate(owner)
            try await owner.withConnection { try await $0.script(BenchTables.script) }
            await owner.close()
            // The first engine in a database makes the months of its history.
            try await ground.fillJobs(1, of: NoOp.kind)
            _ = try await ground.run(.drain, jobs: 1)
            return ground
        } catch {
            await cluster.stop()
            throw error
        }
    }

    func run(
        _ task: Worker.Task, in database: String = plain, jobs: Int = 1, batch: Int = 100, clients: Int = 8,
        seconds: Int = 1
    ) async throws -> Measurement {
        let measured = try await worker.measurement([
            task.rawValue, "--database", cluster.conninfo(database: database), "--jobs", "\(jobs)",
            "--batch", "\(batch)", "--clients", "\(clients)", "--seconds", "\(seconds)",
        ])
        if task == .drain { try await expectDrained(database) }
        return measured
    }

    func reference(_ mode: String, in database: String = plain, _ numbers: Int...) async throws -> Measurement {
        let conninfo = cluster.conninfo(database: database) + " application_name=\(JobsBench.referenceName)"
        return try await reference.measurement([mode, conninfo] + numbers.map(String.init))
    }

    func pgbench(_ script: String, times: Int, clients: Int) async throws -> PGBench.Result {
        try await pgbench.run(script, times: times, clients: clients, on: cluster.conninfo())
    }

    /// A session of the superuser for the body.
    @discardableResult
    func withSuperuser<R>(in database: String, _ body: (Connection) async throws -> R) async throws -> R {
        let settings = Postgres.Settings(cluster.conninfo(database: database, user: "postgres"))
        let connection = try await Connection.open(settings, logger: quiet)
        do {
            let result = try await body(connection)
            await connection.close()
            return result
        } catch {
            await connection.close()
            throw error
        }
    }
}
