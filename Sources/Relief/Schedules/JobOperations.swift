package import Contract
import FoundationEssentials
import Jobs
import Postgres
import WorkingDays

/// The daemon's jobs, for those who keep it running.
enum JobOperations {
    static func find(_ job: Int64, in session: some Session) async throws -> StoredJob {
        guard let found = try await JobsOverview.show(JobID(rawValue: job), in: session) else {
            throw Refusal.notFound(
                Phrase(
                    "There is no job \(job), or its history is no longer kept.",
                    "没有任务 \(job)，或其历史已不再保存。"), field: "job")
        }
        return found
    }

    static func show(_ job: Int64, in session: some Session) async throws -> Contract.JobView {
        view(try await find(job, in: session))
    }

    /// The job as it stands after a command, whose leaf says what changed.
    static func changed(_ before: Contract.JobView, in context: CommandContext) async throws -> Contract.JobView {
        let after = try await show(before.id, in: context.transaction)
        context.note("job", .int(before.id))
        context.changed(
            "jobs.job", String(before.id), from: ["state": .string(before.state.rawValue)],
            to: ["state": .string(after.state.rawValue)])
        return after
    }

    /// Two jobs of one unique key would do one thing twice.
    static func refuseBesideRival(_ job: Int64, in session: some Session) async throws {
        guard let rival = try await JobsOverview.rival(of: JobID(rawValue: job), in: session) else { return }
        throw Refusal.conflict(
            Phrase(
                "Job \(rival) is there for the same thing and may still run. Wait for its end (relief job show \(rival)), or give up one of the two (relief job cancel).",
                "任务 \(rival) 办的是同一件事，仍可能运行。请等它结束（relief job show \(rival)），或放弃其一（relief job cancel）。"))
    }

    static func view(_ job: StoredJob) -> Contract.JobView {
        let note = job.progressNote.map { " " + $0 } ?? ""
        return Contract.JobView(
            id: job.id.rawValue, kind: job.kind, queue: job.queue, state: state(of: job), subject: job.subject,
            attempt: job.attempt, maxAttempts: job.maxAttempts, losses: job.losses, priority: job.priority,
            lane: job.lane, createdAt: job.createdAt, dueAt: job.runAt, startedAt: job.startedAt,
            finishedAt: job.finishedAt, progress: job.progress.map { "\(Int($0 * 100))%" + note },
            errors: [job.reason, job.lastError].compactMap(\.self))
    }

    static func state(of job: StoredJob) -> Contract.JobState {
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
    static func stored(_ state: Contract.JobState) -> (states: [StoredJobState], hasFailed: Bool?) {
        switch state {
        case .blocked: ([.blocked], nil)
        case .available: ([.ready], nil)
        case .scheduled: ([.scheduled], false)
        case .retryable: ([.scheduled], true)
        case .waiting: ([.laned], nil)
        case .running: ([.running], nil)
        case .completed: ([.done], nil)
        case .discarded: ([.dead], nil)
        case .inDoubt: ([.inDoubt], nil)
        case .cancelled: ([.cancelled, .dismissed], nil)
        }
    }
}

extension ListJobs: Answerable {
    package func answer(in context: QueryContext) async throws -> Page<Contract.JobView> {
        let size = try Paging.size(limit)
        guard let before = cursor.map({ Int64(digits: $0) }) ?? .some(.max) else {
            throw Paging.noCursor(cursor ?? "")
        }
        let (states, hasFailed) = state.map(JobOperations.stored) ?? ([], nil)
        let filter = JobsOverview.Filter(
            states: states, hasFailed: hasFailed, kind: kind, queue: queue, subject: subject)
        let jobs = try await JobsOverview.list(
            filter, before: JobID(rawValue: before), limit: size + 1, in: context.transaction)
        return Paging.page(jobs.map(JobOperations.view), size: size) { String($0.id) }
    }
}

extension TailJobs: Answerable {
    package func answer(in context: QueryContext) async throws -> Page<Contract.JobView> {
        let followed = try cursor.map { text in
            guard let followed = JobsFollowed(text) else {
                throw Refusal.invalid(
                    Phrase(
                        "“\(text)” is no cursor of job.tail.",
                        "“\(text)”不是 job.tail 的续页位置。"), field: "cursor")
            }
            return followed
        }
        // What only the state leaves out must be followed all the same: it may come to that state next.
        let filter = JobsOverview.Filter(kind: kind, queue: queue, subject: subject)
        let (jobs, next) = try await JobsOverview.changes(
            filter, since: followed, in: context.transaction, now: context.now)
        let views = jobs.map(JobOperations.view).filter { state == nil || $0.state == state }
        return Page(items: views, next: next.description)
    }
}

extension ShowJob: Answerable {
    package func answer(in context: QueryContext) async throws -> Contract.JobView {
        let job = try await JobOperations.find(job, in: context.transaction)
        var view = JobOperations.view(job)
        // Leases go by real time, whatever clock a demonstration set.
        view.why = try await JobsOverview.explain(
            job.id, in: context.transaction, now: context.now, leaseNow: SystemClock().now()
        ).description
        view.concerned = try await SubjectJobs.concerned(by: job.id, in: context)
        return view
    }
}

extension RetryJob: Executable {
    package func execute(in context: CommandContext) async throws -> Contract.JobView {
        let found = try await JobOperations.show(job, in: context.transaction)
        guard found.state != .inDoubt else {
            throw Refusal.conflict(
                Phrase(
                    "Nobody knows whether job \(job) did its work: find out, and say it (relief job resolve).",
                    "任务 \(job) 是否已经生效无人知晓：请查明并写明（relief job resolve）。"))
        }
        guard try await JobsOverview.retry(JobID(rawValue: job), in: context.transaction, now: context.now) else {
            try await JobOperations.refuseBesideRival(job, in: context.transaction)
            throw Refusal.conflict(
                Phrase(
                    "Job \(job) is \(found.state.rawValue): only one that failed or waits can be retried.",
                    "任务 \(job) 目前为“\(found.state.rawValue)”：只有失败或等待中的才能重试。"))
        }
        return try await JobOperations.changed(found, in: context)
    }
}

extension RetryDeadJobs: Executable {
    package func execute(in context: CommandContext) async throws -> RetriedJobs {
        let retried = try await JobsOverview.retryDead(kind: kind, in: context.transaction, now: context.now)
        let left: Int = try await context.transaction.value(
            "SELECT count(*) FROM jobs.dead_letter WHERE kind = \(kind)")
        guard retried + left > 0 else {
            throw Refusal.notFound(
                Phrase(
                    "No job of kind \(kind) has failed for good (relief job list --state discarded).",
                    "没有最终失败的 \(kind) 类任务（relief job list --state discarded）。"))
        }
        context.note("kind", .string(kind))
        context.note("retried", .int(Int64(retried)))
        context.changed(
            "jobs.dead_letter", kind, from: ["jobs": .int(Int64(retried + left))], to: ["jobs": .int(Int64(left))])
        return RetriedJobs(kind: kind, retried: retried, left: left)
    }
}

extension ResolveJob: Executable {
    package func execute(in context: CommandContext) async throws -> Contract.JobView {
        let found = try await JobOperations.show(job, in: context.transaction)
        let reason = try PublicReason.checked(reason)
        guard
            try await JobsOverview.resolve(
                JobID(rawValue: job), happened: happened, reason: reason, in: context.transaction, now: context.now)
        else {
            try await JobOperations.refuseBesideRival(job, in: context.transaction)
            throw Refusal.conflict(
                Phrase(
                    "Job \(job) is \(found.state.rawValue), and not in doubt.",
                    "任务 \(job) 目前为“\(found.state.rawValue)”，并非存疑。"))
        }
        context.note("happened", .bool(happened))
        context.note("reason", .string(reason))
        return try await JobOperations.changed(found, in: context)
    }
}

extension CancelJob: Executable {
    package func execute(in context: CommandContext) async throws -> Contract.JobView {
        let (id, transaction) = (JobID(rawValue: job), context.transaction)
        let reason = try PublicReason.checked(reason)
        let found = try await JobOperations.show(job, in: transaction)
        guard found.state != .inDoubt else {
            throw Refusal.conflict(
                Phrase(
                    "Nobody knows whether job \(job) did its work: find out, and say it (relief job resolve).",
                    "任务 \(job) 是否已经生效无人知晓：请查明并写明（relief job resolve）。"))
        }
        var ended = try await JobsOverview.cancel(id, reason: reason, in: transaction, now: context.now)
        if !ended { ended = try await JobsOverview.dismiss(id, reason: reason, in: transaction, now: context.now) }
        guard ended else {
            throw Refusal.conflict(
                Phrase(
                    "Job \(job) is \(found.state.rawValue): there is nothing to give up.",
                    "任务 \(job) 目前为“\(found.state.rawValue)”：没有可放弃的。"))
        }
        context.note("reason", .string(reason))
        return try await JobOperations.changed(found, in: context)
    }
}
