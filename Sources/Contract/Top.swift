package import FoundationEssentials

/// The engine room at one instant: what `relief top` shows.
package struct ShowTop: Query {
    package typealias Reply = TopView
    package static let name = "top"
    package static let summary = Phrase(
        "Shows queues, engines, running jobs, failures and what is due next.",
        "查看队列、引擎、运行中的任务、失败和即将运行的计划。")
    package static let permission = Permission.operateJobs
    package static let route = Route.get("/v1/top")
    package static let governsAll = true

    package init() {}
}

/// Queues, engines, jobs and schedules as one transaction sees them.
package struct TopView: Codable, Sendable {
    /// The daemon's clock, which a demonstration sets.
    package var now: Date
    /// The clock on the wall, by which leases go.
    package var realNow: Date
    package var queues: [QueueView]
    package var engines: [EngineView]
    /// The longest first, fifty at most.
    package var running: [JobView]
    /// The latest first, fifty at most: jobs that failed for good, are in doubt, or wait for another attempt.
    package var failures: [JobView]
    /// In the order of their next times.
    package var schedules: [ScheduleView]

    package init(
        now: Date, realNow: Date, queues: [QueueView], engines: [EngineView], running: [JobView],
        failures: [JobView], schedules: [ScheduleView]
    ) {
        self.now = now
        self.realNow = realNow
        self.queues = queues
        self.engines = engines
        self.running = running
        self.failures = failures
        self.schedules = schedules
    }
}

/// A process that runs jobs.
package struct EngineView: Codable, Sendable {
    package var host: String
    package var processID: Int
    package var queues: [String]
    package var running: Int64
    package var startedAt: Date
    /// Renewed long before; when it has passed, another engine takes its jobs.
    package var leaseUntil: Date

    package init(
        host: String, processID: Int, queues: [String], running: Int64, startedAt: Date, leaseUntil: Date
    ) {
        self.host = host
        self.processID = processID
        self.queues = queues
        self.running = running
        self.startedAt = startedAt
        self.leaseUntil = leaseUntil
    }
}
