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
                "log_line_prefix": "%n %a ",
                "synchronous_commit": options.synchronousCommit ? "on" : "off",
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

    // MARK: Programs

    func run(
        _ task: Worker.Task, in database: String = plain, jobs: Int = 1, batch: Int = 100, clients: Int = 8,
        seconds: Int = 1
    ) async throws -> Measurement {
        let measured = try await worker.measurement([
            task.rawValue, "--database", cluster.conninfo(database: database), "--jobs", "\(jobs)", "--batch",
            "\(batch)",
            "--clients", "\(clients)", "--seconds", "\(seconds)",
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

    // MARK: Rows

    /// Empties the engine's tables and puts so many ready jobs into its queue.
    func fillJobs(_ count: Int, of kind: String) async throws {
        try await withSuperuser(in: Self.plain) { session in
            try await session.execute("TRUNCATE jobs.job, jobs.history CASCADE")
            try await insertJobs(count, of: kind, in: session)
        }
    }

    /// Puts so many ready jobs among the crowd.
    func fillCrowdedJobs(_ count: Int) async throws {
        try await withSuperuser(in: Self.crowded) { session in
            try await session.execute("VACUUM jobs.job")
            try await insertJobs(count, of: NoOp.kind, in: session)
        }
    }

    /// Empties the reference engine's tables and puts so many jobs into its queue.
    func fillReference(_ count: Int, in database: String = plain) async throws {
        try await withSuperuser(in: database) { session in
            try await session.execute("TRUNCATE bench.hot, bench.done")
            try await session.execute(
                """
                INSERT INTO bench.hot (kind, args)
                SELECT 'bench.noop', jsonb_build_object('n', n) FROM generate_series(1, \(count)) AS n
                """)
            try await session.execute("VACUUM ANALYZE bench.hot")
            try await session.execute("CHECKPOINT")
        }
    }

    /// Makes the crowded database: so many jobs that are finished, and as many for tomorrow.
    func makeCrowd(_ count: Int) async throws {
        try await withSuperuser(in: "postgres") {
            try await $0.script("CREATE DATABASE \(Self.crowded) TEMPLATE \(Self.plain) OWNER relief")
        }
        try await withSuperuser(in: Self.crowded) { session in
            try await session.execute("TRUNCATE jobs.job, jobs.history CASCADE")
            try await insertJobs(count, of: NoOp.kind, in: session)
            try await session.execute("INSERT INTO jobs.history SELECT now(), 'done', NULL, j.* FROM jobs.job AS j")
            try await session.execute("TRUNCATE jobs.job")
            try await insertJobs(count, of: NoOp.kind, isForTomorrow: true, in: session)
            try await session.execute("VACUUM ANALYZE jobs.history")
            try await session.execute("CHECKPOINT")
        }
    }

    /// Throws unless every job that was ready has ended.
    func expectDrained(_ database: String) async throws {
        let left = try await withSuperuser(in: database) {
            try await $0.value("SELECT count(*) FROM jobs.job WHERE stage = 'ready'", as: Int.self)
        }
        guard left == 0 else {
            throw BenchError("The engine said that it had nothing left to do, and left \(left) jobs.")
        }
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

    private func insertJobs(
        _ count: Int, of kind: String, isForTomorrow: Bool = false, in session: Connection
    ) async throws {
        try await session.execute(
            """
            INSERT INTO jobs.job (kind, args, queue, stage, run_at, max_attempts, created_at)
            SELECT \(kind), jsonb_build_object('n', n), \(BenchJobs.queue), \(isForTomorrow ? "scheduled" : "ready"),
                   CASE WHEN \(isForTomorrow)::bool THEN now() + interval '1 day' * (1 + random()) ELSE now() END, 20, now()
              FROM generate_series(1, \(count)) AS n
            """)
        try await session.execute("VACUUM ANALYZE jobs.job")
        try await session.execute("CHECKPOINT")
    }
}
