package import Contract
import FoundationEssentials
import Jobs
import Postgres

/// The daemon's jobs, queues and schedules, for those who keep it running.
enum JobOperations {
    static let handlers: [Handler] = [
        .query(ListJobs.self), .query(ShowJob.self), .command(RetryJob.self), .command(CancelJob.self),
        .command(PauseQueue.self), .command(ResumeQueue.self), .query(ListQueues.self), .query(ListSchedules.self),
    ]

    static func show(_ job: Int64, in session: some Session) async throws -> Contract.JobView {
        guard let found = try await JobsOverview.show(JobID(rawValue: job), in: session) else {
            throw Refusal.notFound("There is no job \(job), or its history is no longer kept.", field: "job")
        }
        return view(found)
    }

    static func view(_ job: StoredJob) -> Contract.JobView {
        let note = job.progressNote.map { " " + $0 } ?? ""
        return Contract.JobView(
            id: job.id.rawValue, kind: job.kind, queue: job.queue, state: state(of: job), priority: job.priority,
            attempt: job.attempt, maxAttempts: job.maxAttempts, dueAt: job.runAt, startedAt: job.startedAt,
            finishedAt: job.finishedAt, progress: job.progress.map { "\(Int($0 * 100))%" + note },
            errors: [job.reason, job.lastError].compactMap(\.self), subject: job.lane)
    }

    private static func state(of job: StoredJob) -> Contract.JobState {
        switch job.state {
        case .blocked: .blocked
        case .scheduled: job.lastError == nil ? .scheduled : .retryable
        case .laned: .waiting
        case .ready: .available
        case .running: .running
        case .done: .completed
        case .dead: .discarded
        case .inDoubt: .inDoubt
        case .cancelled, .dismissed: .cancelled
        }
    }

    /// What the engine calls a state; it tells a job that waits for its next attempt from one never tried by its error.
    static func stored(_ state: Contract.JobState) -> StoredJobState {
        switch state {
        case .blocked: .blocked
        case .available: .ready
        case .scheduled, .retryable: .scheduled
        case .waiting: .laned
        case .running: .running
        case .completed: .done
        case .discarded: .dead
        case .inDoubt: .inDoubt
        case .cancelled: .cancelled
        }
    }

    static func queues(in session: some Session) async throws -> [Contract.QueueView] {
        try await JobsOverview.queues(in: session).map(queue)
    }

    private static func queue(_ queue: StoredQueue) -> Contract.QueueView {
        Contract.QueueView(
            name: queue.name, paused: queue.pausedAt != nil, available: Int64(queue.ready + queue.laned),
            running: Int64(queue.running), scheduled: Int64(queue.scheduled), failed: Int64(queue.dead))
    }

    /// A queue as it stands; one that nobody uses is empty.
    static func queue(_ name: String, paused: Bool, in session: some Session) async throws -> Contract.QueueView {
        let found = try await queues(in: session).first { $0.name == name }
        return found
            ?? Contract.QueueView(name: name, paused: paused, available: 0, running: 0, scheduled: 0, failed: 0)
    }

    /// Refuses names that no queue can have, before the database does.
    static func check(queue name: String) throws {
        guard name.wholeMatch(of: /[a-z][a-z0-9_.-]{0,62}/) != nil else {
            throw Refusal.invalid("“\(name)” is no queue: relief queue list shows them.", field: "queue")
        }
    }
}

extension ListJobs: Answerable {
    package func answer(in context: QueryContext) async throws -> Page<Contract.JobView> {
        let size = try Paging.size(limit)
        guard let before = cursor.map({ Int64($0) }) ?? .some(.max) else {
            throw Refusal.invalid("“\(cursor ?? "")” is no cursor of this list.", field: "cursor")
        }
        let filter = JobsOverview.Filter(state: state.map(JobOperations.stored), kind: kind, queue: queue)
        let jobs = try await JobsOverview.list(
            filter, before: JobID(rawValue: before), limit: size + 1, in: context.transaction)
        return Paging.page(jobs.map(JobOperations.view), size: size) { String($0.id) }
    }
}

extension ShowJob: Answerable {
    package func answer(in context: QueryContext) async throws -> Contract.JobView {
        try await JobOperations.show(job, in: context.transaction)
    }
}

extension RetryJob: Executable {
    package func execute(in context: CommandContext) async throws -> Contract.JobView {
        let found = try await JobOperations.show(job, in: context.transaction)
        guard try await JobsOverview.retry(JobID(rawValue: job), in: context.transaction, now: context.now) else {
            throw Refusal.conflict(
                "Job \(job) is \(found.state.rawValue): only one that failed or waits can be retried.")
        }
        context.note("job", .int(job))
        return try await JobOperations.show(job, in: context.transaction)
    }
}

extension CancelJob: Executable {
    package func execute(in context: CommandContext) async throws -> Contract.JobView {
        let (id, transaction) = (JobID(rawValue: job), context.transaction)
        let found = try await JobOperations.show(job, in: transaction)
        var ended = try await JobsOverview.cancel(id, reason: reason, in: transaction, now: context.now)
        if !ended { ended = try await JobsOverview.dismiss(id, reason: reason, in: transaction, now: context.now) }
        guard ended else {
            throw Refusal.conflict("Job \(job) is \(found.state.rawValue): there is nothing to give up.")
        }
        context.note("job", .int(job))
        return try await JobOperations.show(job, in: transaction)
    }
}

extension PauseQueue: Executable {
    package func execute(in context: CommandContext) async throws -> Contract.QueueView {
        try JobOperations.check(queue: queue)
        try await JobsOverview.pause(
            queue: queue, by: context.principal.login, in: context.transaction, now: context.now)
        context.note("queue", .string(queue))
        return try await JobOperations.queue(queue, paused: true, in: context.transaction)
    }
}

extension ResumeQueue: Executable {
    package func execute(in context: CommandContext) async throws -> Contract.QueueView {
        try JobOperations.check(queue: queue)
        try await JobsOverview.resume(queue: queue, in: context.transaction)
        context.note("queue", .string(queue))
        return try await JobOperations.queue(queue, paused: false, in: context.transaction)
    }
}

extension ListQueues: Answerable {
    package func answer(in context: QueryContext) async throws -> Page<Contract.QueueView> {
        Page(items: try await JobOperations.queues(in: context.transaction))
    }
}

extension ListSchedules: Answerable {
    package func answer(in context: QueryContext) async throws -> Page<Contract.ScheduleView> {
        let calendar = try await Calendars.current(in: context)
        let rows = try await context.transaction.query(
            """
            SELECT s.name, s.settled_to, s.paused_at,
                   (SELECT max(f.instant) FROM jobs.firing AS f WHERE f.schedule = s.name) AS last_at
            FROM jobs.schedule AS s
            """)
        var known: [String: Row] = [:]
        for row in rows { known[try row["name"]] = row }
        return Page(
            items: try StandingOrders.schedules().map { schedule in
                let settled: Date? = try known[schedule.name]?["settled_to"]
                let paused: Date? = try known[schedule.name]?["paused_at"]
                return Contract.ScheduleView(
                    name: schedule.name, cron: schedule.cron.description, zone: schedule.zone.identifier,
                    rule: schedule.days.rawValue,
                    nextAt: schedule.next(after: settled ?? context.now, calendar: calendar)?.instant,
                    lastAt: try known[schedule.name]?["last_at"], paused: paused != nil)
            })
    }
}
