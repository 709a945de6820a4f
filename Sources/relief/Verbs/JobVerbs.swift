import ArgumentParser
import Client
import Contract
import Terminal

/// Runs one job again, or all of a kind that failed.
struct JobRetry: CommandVerb {
    static var configuration: CommandConfiguration { described }
    static let operationNames = [RetryJob.name, RetryDeadJobs.name]
    @OptionGroup var common: CommonOptions
    @OptionGroup var sending: SendingOptions
    @Option(help: RetryJob.help("job")) var job: Int64?
    @Option(help: ArgumentHelp("All that failed for good, of this kind.", "该类中所有最终失败的任务。", valueName: "kind"))
    var dead: String?

    func validate() throws {
        if (job == nil) == (dead == nil) {
            throw ValidationError(
                Phrase("Name a job, or a kind with --dead.", "请指明一个任务，或用 --dead 指明类别。").shown)
        }
    }

    func operation() -> RetryJob { RetryJob(job: job ?? 0) }

    func carryOut(with client: ReliefClient) async throws {
        guard let dead else {
            return try show(try await client.send(operation(), key: sent.key, dryRun: sent.dryRun))
        }
        try show(try await client.send(RetryDeadJobs(kind: dead), key: sent.key, dryRun: sent.dryRun))
    }
}

/// Says what became of a job in doubt; one of both must be said.
struct JobResolve: CommandVerb {
    static var configuration: CommandConfiguration { described }
    @OptionGroup var common: CommonOptions
    @OptionGroup var sending: SendingOptions
    @Option(help: ResolveJob.help("job")) var job: Int64
    @Flag(
        help: ArgumentHelp(
            "It happened: the job is done; or it did not: the job runs again.", "已发生：任务完成；未发生：重新运行。"))
    var effect: Effect
    @Option(help: ResolveJob.help("reason")) var reason: String

    enum Effect: EnumerableFlag {
        case happened, didNotHappen
    }

    func operation() -> ResolveJob {
        ResolveJob(job: job, happened: effect == .happened, reason: reason)
    }
}

/// Limits a queue, or lifts its limits.
struct QueueLimit: CommandVerb {
    static var configuration: CommandConfiguration { described }
    @OptionGroup var common: CommonOptions
    @OptionGroup var sending: SendingOptions
    @Option(help: LimitQueue.help("queue")) var queue: String
    @Option(help: LimitQueue.help("running")) var running: Int?
    @Option(help: LimitQueue.help("rate")) var rate: String?
    @Flag(help: ArgumentHelp("Lift all limits.", "取消全部限制。")) var none = false

    func validate() throws {
        if none == (running != nil || rate != nil) {
            throw ValidationError(
                Phrase(
                    "Give --running, --rate or both; or --none.", "请给出 --running、--rate 或两者；或用 --none。"
                ).shown)
        }
    }

    func operation() -> LimitQueue {
        LimitQueue(queue: queue, running: running, rate: rate)
    }
}
