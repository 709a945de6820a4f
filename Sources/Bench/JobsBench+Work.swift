import Postgres

/// Effects, enqueueing and the start of a job.
extension JobsBench {
    /// Each job's transaction posts to the bench's books; the ceiling claims 20 and then posts and finishes each.
    func effect(_ samples: inout Samples) async throws {
        let (clients, batch) = (8, 20)
        let jobs = max(clients * batch, options.jobs / 10)
        try await ground.fillJobs(jobs, of: Posting.kind)
        let ours = try await ground.run(.drain, jobs: jobs, batch: batch, clients: clients)
        try await ground.fillReference(jobs)
        let ceiling = try await ground.pgbench(
            Scripts.effects(batch: batch), times: jobs / (clients * batch), clients: clients)
        // A claim near the end may find less than its batch: what counts is what was finished.
        let finished = try await ground.withSuperuser(in: Ground.plain) {
            try await $0.value("SELECT count(*) FROM bench.done", as: Int.self)
        }
        samples.add(.effect, ours.rate, Double(finished) * ceiling.rate / ceiling.runs)
    }

    func enqueue(_ samples: inout Samples) async throws {
        let (singles, many) = (max(8, options.jobs / 20), max(1_000, options.jobs / 2))
        for (clients, row) in [(1, Row.enqueueOne), (8, .enqueueEight)] {
            try await emptied()
            let ours = try await ground.run(.enqueue, jobs: singles, batch: 1, clients: clients)
            let ceiling = try await ground.pgbench(Scripts.insert, times: singles / clients, clients: clients)
            samples.add(row, ours.rate, ceiling.rate)
        }
        try await emptied()
        let ours = try await ground.run(.enqueue, jobs: many, batch: 1_000, clients: 1)
        let unnest = try await ground.pgbench(Scripts.insert(1_000), times: many / 1_000, clients: 1)
        samples.add(.enqueueBatch, ours.rate, unnest.rate * 1_000)
        try await emptied()
        let copied = try await ground.run(.copy, jobs: many, batch: 1_000)
        let bare = try await ground.reference("copy", many, 1_000)
        samples.add(.enqueueCopy, copied.rate, bare.rate)
    }

    func latency(_ samples: inout Samples) async throws {
        try await emptied()
        let ours = try await ground.run(.latency, jobs: options.samples)
        let floor = try await ground.reference("latency", options.samples)
        samples.add(.latency, ours.p99, floor.p99)
        samples.add(.latencyMedian, ours.p50, floor.p50)
    }

    private func emptied() async throws {
        try await ground.fillJobs(0, of: NoOp.kind)
        try await ground.fillReference(0)
    }
}
