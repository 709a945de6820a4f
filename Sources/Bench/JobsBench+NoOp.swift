import Postgres

/// Jobs that do nothing: what the engine itself costs.
extension JobsBench {
    func noop(_ samples: inout Samples) async throws {
        for (batch, row) in [(100, Row.noop), (500, .noop500), (1_000, .noop1000)] {
            let ours = try await drainJobs(batch: batch)
            let ceiling = try await drainReference(batch: batch)
            samples.add(row, ours.rate, ceiling.rate)
            samples.add(.memory, ours.memory, ceiling.memory)
            samples.add(.cpu, ours.cpuPerJob, ceiling.cpuPerJob)
        }
    }

    func crowd(_ samples: inout Samples) async throws {
        let alone = try await drainJobs(batch: 100)
        try await ground.fillCrowdedJobs(options.jobs)
        let ours = try await ground.run(.drain, in: Ground.crowded, jobs: options.jobs, batch: 100)
        try await ground.fillReference(options.jobs, in: Ground.crowded)
        let ceiling = try await ground.reference("drain", in: Ground.crowded, options.jobs, 100, 2)
        samples.add(.crowd, ours.rate, alone.rate)
        samples.add(.crowdReference, ours.rate, ceiling.rate)
    }

    func pinned(_ samples: inout Samples) async throws {
        let free = try await drainJobs(batch: 100)
        let ours = try await whilePinned { try await drainJobs(batch: 100) }
        let ceiling = try await whilePinned { try await drainReference(batch: 100) }
        samples.add(.pinned, ours.rate, free.rate)
        samples.add(.pinnedReference, ours.rate, ceiling.rate)
    }

    private func drainJobs(batch: Int) async throws -> Measurement {
        try await ground.fillJobs(options.jobs, of: NoOp.kind)
        return try await ground.run(.drain, jobs: options.jobs, batch: batch)
    }

    private func drainReference(batch: Int) async throws -> Measurement {
        try await ground.fillReference(options.jobs)
        return try await ground.reference("drain", options.jobs, batch, 2)
    }

    /// Holds a snapshot from before the body to after it, so that no row that dies meanwhile can be removed.
    private func whilePinned(_ body: () async throws -> Measurement) async throws -> Measurement {
        try await ground.withSuperuser(in: Ground.plain) { session in
            try await session.transaction(.repeatableRead) { transaction in
                _ = try await transaction.value("SELECT count(*) FROM pg_class", as: Int.self)
                return try await body()
            }
        }
    }
}
