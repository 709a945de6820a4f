package import Contract
import FoundationEssentials
import Jobs
import Postgres

/// Queues of jobs: their depth, and the hands on their taps.
enum QueueOperations {
    static func views(in session: some Session) async throws -> [Contract.QueueView] {
        try await JobsOverview.queues(in: session).map(view)
    }

    private static func view(_ queue: StoredQueue) -> Contract.QueueView {
        Contract.QueueView(
            name: queue.name, paused: queue.pausedAt != nil, pausedBy: queue.pausedBy, available: Int64(queue.ready),
            running: Int64(queue.running), scheduled: Int64(queue.scheduled),
            waiting: Int64(queue.laned + queue.blocked), failed: Int64(queue.dead), inDoubt: Int64(queue.inDoubt),
            oldestDueAt: queue.oldest, maxRunning: queue.maxRunning, rate: queue.rate)
    }

    /// A queue as it stands; one that nobody uses is empty.
    static func view(_ name: String, in session: some Session) async throws -> Contract.QueueView {
        let found = try await views(in: session).first { $0.name == name }
        return found
            ?? Contract.QueueView(name: name, paused: false, available: 0, running: 0, scheduled: 0, failed: 0)
    }

    /// The queue as it stands after a command, whose leaf says what changed.
    static func changed(_ before: Contract.QueueView, in context: CommandContext) async throws -> Contract.QueueView {
        let after = try await view(before.name, in: context.transaction)
        context.note("queue", .string(before.name))
        context.changed("jobs.queue", before.name, from: settings(before), to: settings(after))
        return after
    }

    private static func settings(_ queue: Contract.QueueView) -> [String: JSONValue] {
        var settings: [String: JSONValue] = ["paused": .bool(queue.paused)]
        if let running = queue.maxRunning { settings["running"] = .int(Int64(running)) }
        if let rate = queue.rate { settings["rate"] = .string(rate) }
        return settings
    }

    /// Refuses the name of a queue that isn't there: who mistypes it would believe that something had happened.
    static func check(queue name: String, in session: some Session) async throws {
        let names = try await views(in: session).map(\.name)
        guard names.contains(name) else {
            throw Refusal.notFound(
                Phrase(
                    "There is no queue “\(name.prefix(70))”; there are: \(names.joined(separator: ", ")).",
                    "没有队列“\(name.prefix(70))”；有：\(names.joined(separator: "、"))。"), field: "queue")
        }
    }
}

extension PauseQueue: Executable {
    package func execute(in context: CommandContext) async throws -> Contract.QueueView {
        try await QueueOperations.check(queue: queue, in: context.transaction)
        let before = try await QueueOperations.view(queue, in: context.transaction)
        try await JobsOverview.pause(
            queue: queue, by: context.principal.login, in: context.transaction, now: context.now)
        return try await QueueOperations.changed(before, in: context)
    }
}

extension ResumeQueue: Executable {
    package func execute(in context: CommandContext) async throws -> Contract.QueueView {
        try await QueueOperations.check(queue: queue, in: context.transaction)
        let before = try await QueueOperations.view(queue, in: context.transaction)
        try await JobsOverview.resume(queue: queue, in: context.transaction)
        return try await QueueOperations.changed(before, in: context)
    }
}

extension LimitQueue: Executable {
    package func execute(in context: CommandContext) async throws -> Contract.QueueView {
        try await QueueOperations.check(queue: queue, in: context.transaction)
        guard running.map({ (1...100_000).contains($0) }) ?? true else {
            throw Refusal.invalid(
                Phrase(
                    "At least one job of a queue has to run at once; or pause it.",
                    "队列至少须能同时运行一个任务；或者暂停队列。"), field: "running")
        }
        let limit = try rate.map { text in
            guard let limit = QueueRate(text) else {
                throw Refusal.invalid(
                    Phrase(
                        "“\(text)” is no rate: write 10/minute, with second, minute, hour or day.",
                        "“\(text)”不是频率：请写 10/minute，单位为 second、minute、hour 或 day。"), field: "rate")
            }
            return limit
        }
        let before = try await QueueOperations.view(queue, in: context.transaction)
        try await JobsOverview.limit(queue: queue, maxRunning: running, rate: limit, in: context.transaction)
        return try await QueueOperations.changed(before, in: context)
    }
}

extension ListQueues: Answerable {
    package func answer(in context: QueryContext) async throws -> Page<Contract.QueueView> {
        Page(items: try await QueueOperations.views(in: context.transaction))
    }
}
