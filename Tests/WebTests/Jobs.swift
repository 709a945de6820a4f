import Contract
import Foundation
import WorkingDays

/// The engine room as the stand-in knows it: noon of 23 November 2026 in China.
enum EngineRoom {
    static let noon = Date(timeIntervalSince1970: 1_795_406_400)

    static func at(_ seconds: Double) -> Date { noon.addingTimeInterval(seconds) }

    static let queues = [
        QueueView(
            name: "bank", paused: true, pausedBy: "li.ming", available: 1_204, running: 0, scheduled: 2, failed: 1,
            inDoubt: 1, oldestDueAt: at(-3_960), maxRunning: 4, rate: "10/minute"),
        QueueView(name: "standing", paused: false, available: 0, running: 1, scheduled: 18, waiting: 3, failed: 0),
    ]

    static func job(_ id: Int64, _ state: JobState, progress: String? = nil, finishedAt: Date? = nil) -> JobView {
        JobView(
            id: id, kind: "run.handOver", queue: "standing", state: state, subject: "run/XN-F-1", attempt: 2,
            maxAttempts: 20, priority: 100, createdAt: at(-60), dueAt: at(-60), startedAt: at(-8),
            finishedAt: finishedAt, progress: progress,
            errors: state == .discarded ? ["No space is left on the bank's device,\nand 王芳 waits."] : [])
    }

    static let top = TopView(
        now: noon, realNow: noon, queues: queues,
        engines: [
            EngineView(
                host: "node-1", processID: 4_711, queues: ["standing", "bank"], running: 1, startedAt: at(-7_500),
                leaseUntil: at(23)),
            EngineView(
                host: "node-2", processID: 99, queues: ["standing"], running: 0, startedAt: at(-100),
                leaseUntil: at(-3)),
        ], running: [job(18, .running, progress: "45% half")], failures: [job(17, .discarded, finishedAt: at(-200))],
        schedules: [
            ScheduleView(
                name: "notices", cron: "*/5 * * * *", zone: "Asia/Shanghai", rule: "everyDay", nextAt: at(300),
                lastAt: at(0), paused: false),
            ScheduleView(
                name: "runs.daily", cron: "0 8 * * *", zone: "Asia/Shanghai", rule: "onlyWorkingDays", paused: true,
                pausedBy: "li.ming"),
        ])

    /// 20 firings of one schedule and one of another, in two parts.
    static func firings(after cursor: String?) -> Page<FiringView> {
        let often = (0..<20).map {
            FiringView(
                at: at(Double($0) * 300), schedule: "notices", kind: "notice.closeDue", businessDate: Day(noon))
        }
        let daily = FiringView(
            at: at(72_000), schedule: "runs.daily", kind: "run.prepareDue", businessDate: Day(at(72_000)))
        return cursor == nil ? Page(items: often, next: "more") : Page(items: [daily])
    }

    /// A job runs, runs on, and ends; then the daemon goes away, and is back with tokens revoked.
    static func changes(after cursor: String?, isBack: Bool) throws -> Page<JobView> {
        switch cursor {
        case nil: return Page(items: [job(18, .running)], next: "1")
        case "1": return Page(items: [job(18, .running)], next: "2")
        case "2": return Page(items: [job(18, .completed, finishedAt: noon)], next: "3")
        default:
            throw isBack
                ? Refusal.unauthenticated(Phrase(asGiven: "This token was revoked."))
                : .unavailable(Phrase(asGiven: "reliefd is stopping."))
        }
    }

    /// The stand-in's answer to what is asked of the engine room, and for which time; nil for anything else.
    static func answer(_ operation: any Contract.Operation, time: Int) throws -> (any Encodable & Sendable)? {
        switch operation {
        case let pause as PauseQueue:
            QueueView(name: pause.queue, paused: true, available: 0, running: 0, scheduled: 0, failed: 0)
        case is LimitQueue: queues[0]
        case is ListQueues: Page<QueueView>(items: queues)
        case is ListSchedules: Page<ScheduleView>(items: top.schedules)
        case let next as NextFirings: firings(after: next.cursor)
        case let retry as RetryDeadJobs: RetriedJobs(kind: retry.kind, retried: 2, left: 1)
        case let resolve as ResolveJob: job(resolve.job, resolve.happened ? .completed : .available)
        case let tail as TailJobs: try changes(after: tail.cursor, isBack: time.isMultiple(of: 2))
        case is ShowTop: top
        default: nil
        }
    }
}
