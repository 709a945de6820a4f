/// Where a job stands.
package enum JobState: String, Codable, CaseIterable, Sendable {
    /// Waits for other jobs to be done.
    case blocked
    case available
    case scheduled
    case waiting
    case running
    case retryable
    case completed
    case discarded
    /// Nobody knows whether its effect happened: a person has to find out, and says it (`job.resolve`).
    case inDoubt = "in_doubt"
    case cancelled
}

extension JobState: Choice {
    package var title: Phrase {
        switch self {
        case .blocked: Phrase("blocked", "等待前置任务")
        case .available: Phrase("available", "可运行")
        case .scheduled: Phrase("scheduled", "定时")
        case .waiting: Phrase("waiting", "排队")
        case .running: Phrase("running", "运行中")
        case .retryable: Phrase("retryable", "待重试")
        case .completed: Phrase("completed", "已完成")
        case .discarded: Phrase("discarded", "已失败")
        case .inDoubt: Phrase("in doubt", "存疑")
        case .cancelled: Phrase("cancelled", "已取消")
        }
    }
}

package struct ListJobs: Query {
    package typealias Reply = Page<JobView>
    package static let name = "job.list"
    package static let summary = Phrase("Lists jobs, the newest first.", "列出后台任务，最新的在前。")
    package static let permission = Permission.operateJobs
    package static let route = Route.get("/v1/jobs")
    // Jobs name cases and runs of every union.
    package static let governsAll = true
    package static let fields = [
        "subject": FieldNote("What they are about: case/NUMBER or run/NUMBER.", "所涉对象：case/编号 或 run/编号。"),
        "kind": FieldNote("Kind of the jobs, as notice.clear.", "任务类别，如 notice.clear。"),
    ]

    package let state: JobState?
    package let kind: String?
    package let queue: String?
    package let subject: String?
    package let limit: Int?
    package let cursor: String?

    package init(
        state: JobState? = nil, kind: String? = nil, queue: String? = nil, subject: String? = nil, limit: Int? = nil,
        cursor: String? = nil
    ) {
        self.state = state
        self.kind = kind
        self.queue = queue
        self.subject = subject
        self.limit = limit
        self.cursor = cursor
    }
}

/// Follows jobs: those that were made, began or ended since the cursor of the answer before, the oldest first.
///
/// The first answer has the latest ends and what runs. Each answer has a cursor for the next; a job that changed twice in
/// between is there once, as it is now. Ask at a modest interval: `relief job tail` asks once a second.
package struct TailJobs: Query {
    package typealias Reply = Page<JobView>
    package static let name = "job.tail"
    package static let summary = Phrase("Follows jobs as they change and end.", "持续跟踪后台任务的变化和结束。")
    package static let permission = Permission.operateJobs
    package static let route = Route.get("/v1/job-changes")
    package static let governsAll = true
    package static let fields = [
        "subject": FieldNote("What they are about: case/NUMBER or run/NUMBER.", "所涉对象：case/编号 或 run/编号。"),
        "kind": FieldNote("Kind of the jobs, as notice.clear.", "任务类别，如 notice.clear。"),
    ]

    package let state: JobState?
    package let kind: String?
    package let queue: String?
    package let subject: String?
    package let cursor: String?

    package init(
        state: JobState? = nil, kind: String? = nil, queue: String? = nil, subject: String? = nil, cursor: String? = nil
    ) {
        self.state = state
        self.kind = kind
        self.queue = queue
        self.subject = subject
        self.cursor = cursor
    }
}

/// Shows a job: how far it is, why it waits, what went wrong, and what it did.
package struct ShowJob: Query {
    package typealias Reply = JobView
    package static let name = "job.show"
    package static let summary = Phrase("Shows a job, why it waits and what it did.", "查看任务、等待原因和执行情况。")
    package static let permission = Permission.operateJobs
    package static let route = Route.get("/v1/jobs/{job}")
    package static let governsAll = true

    package let job: Int64

    package init(job: Int64) {
        self.job = job
    }
}

package struct RetryJob: Command {
    package typealias Reply = JobView
    package static let name = "job.retry"
    package static let summary = Phrase("Runs a failed or waiting job now.", "立即运行失败或等待中的任务。")
    package static let permission = Permission.operateJobs
    package static let route = Route.post("/v1/jobs/{job}/retry")
    package static let governsAll = true

    package let job: Int64

    package init(job: Int64) {
        self.job = job
    }
}

/// Gives all dead jobs of a kind their attempts again; those in doubt stay for `job.resolve`.
package struct RetryDeadJobs: Command {
    package typealias Reply = RetriedJobs
    package static let name = "job.retryDead"
    package static let summary = Phrase("Runs all failed jobs of a kind again.", "重新运行某类所有失败的任务。")
    package static let permission = Permission.operateJobs
    package static let route = Route.post("/v1/dead-jobs/retry")
    package static let governsAll = true
    package static let fields = [
        "kind": FieldNote("All that failed for good, of this kind.", "该类中所有最终失败的任务。")
    ]

    package let kind: String

    package init(kind: String) {
        self.kind = kind
    }
}

/// Says whether the effect of a job in doubt happened: then the job is done, otherwise it runs again.
package struct ResolveJob: Command {
    package typealias Reply = JobView
    package static let name = "job.resolve"
    package static let summary = Phrase("Says whether the effect of a job in doubt happened.", "说明存疑任务的效果是否已经发生。")
    package static let permission = Permission.operateJobs
    package static let route = Route.post("/v1/jobs/{job}/resolve")
    package static let governsAll = true
    package static let fields = [
        "happened": FieldNote(
            "Whether its effect happened: then the job is done; otherwise it runs again.",
            "效果是否已经发生：已发生则任务完成，未发生则重新运行。"),
        "reason": FieldNote("How that was found out.", "如何得知。"),
    ]

    package let job: Int64
    package let happened: Bool
    package let reason: String

    package init(job: Int64, happened: Bool, reason: String) {
        self.job = job
        self.happened = happened
        self.reason = reason
    }
}

package struct CancelJob: Command {
    package typealias Reply = JobView
    package static let name = "job.cancel"
    package static let summary = Phrase("Gives a job up.", "放弃任务。")
    package static let permission = Permission.operateJobs
    package static let route = Route.post("/v1/jobs/{job}/cancel")
    package static let governsAll = true

    package let job: Int64
    package let reason: String

    package init(job: Int64, reason: String) {
        self.job = job
        self.reason = reason
    }
}
