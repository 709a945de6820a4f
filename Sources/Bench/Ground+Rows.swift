import Postgres

/// Jobs to be run: everything a measurement finds when it begins.
extension Ground {
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

    /// Throws unless every job that was ready is done.
    func expectDrained(_ database: String) async throws {
        let left = try await withSuperuser(in: database) {
            try await $0.value(
                """
                SELECT (SELECT count(*) FROM jobs.job WHERE stage = 'ready' OR attempt > 0)
                     + (SELECT count(*) FROM jobs.dead_letter)
                """, as: Int.self)
        }
        guard left == 0 else {
            throw BenchError("The engine said that it had nothing left to do, but \(left) jobs aren't done.")
        }
    }

    private func insertJobs(
        _ count: Int, of kind: String, isForTomorrow: Bool = false, in session: Connection
    ) async throws {
        try await session.execute(
            """
            INSERT INTO jobs.job (kind, args, queue, stage, run_at, max_attempts, created_at)
            SELECT \(kind), jsonb_build_object('n', n), \(BenchJobs.queue), \(isForTomorrow ? "scheduled" : "ready"),
                   CASE WHEN \(isForTomorrow)::bool THEN now() + interval '1 day' * (1 + random()) ELSE now() END,
                   20, now()
              FROM generate_series(1, \(count)) AS n
            """)
        try await session.execute("VACUUM ANALYZE jobs.job")
        try await session.execute("CHECKPOINT")
    }
}
