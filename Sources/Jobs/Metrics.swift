import CoreMetrics
import FoundationEssentials

/// The engine's figures, with all of their labels. Handles are kept: to look one up costs more than to count.
struct JobMetrics {
    static let depth = "relief_jobs_waiting"
    static let oldest = "relief_jobs_oldest_waiting_seconds"
    static let running = "relief_jobs_running"
    static let ended = "relief_jobs_ended_total"
    static let delay = "relief_jobs_start_delay_seconds"
    static let duration = "relief_jobs_duration_seconds"
    static let attempts = "relief_jobs_attempts_total"
    static let rescued = "relief_jobs_rescued_total"
    static let fired = "relief_jobs_schedule_fired_total"

    private struct Key: Hashable {
        let label: String
        let first: String
        var second = ""
    }

    private var counters: [Key: Counter] = [:]
    private var timers: [Key: CoreMetrics.Timer] = [:]

    mutating func claimed(_ claims: [Claim]) {
        count(claims, Self.attempts, by: ("kind", \.kind), ("queue", { $0.queue }))
    }

    mutating func ran(_ ends: [Desk.End]) {
        var rest = ends[...]
        while let first = rest.first {
            let alike = rest.prefix { $0.claim.kind == first.claim.kind }
            let delay = timer(Self.delay, ("queue", first.claim.queue))
            let duration = timer(Self.duration, ("kind", first.claim.kind))
            for end in alike {
                // A second time at a worker, it was counted when its handler was done.
                guard let run = end.run, run.unsent == nil else { continue }
                delay.record(run.begunAt.timeIntervalSince(run.claim.runAt))
                duration.record(end.seconds)
            }
            rest = rest.dropFirst(alike.count)
        }
    }

    mutating func ended(_ claims: [Claim], outcome: String) {
        count(claims, Self.ended, by: ("kind", \.kind), ("outcome", { _ in outcome }))
    }

    func waiting(queue: String, depth: Int, oldestSeconds: Double) {
        Gauge(label: Self.depth, dimensions: [("queue", queue)]).record(depth)
        Gauge(label: Self.oldest, dimensions: [("queue", queue)]).record(max(oldestSeconds, 0))
    }

    func running(_ count: Int) { Gauge(label: Self.running).record(count) }

    func rescued(_ count: Int) { Counter(label: Self.rescued).increment(by: count) }

    func fired(_ schedule: String, _ count: Int) {
        Counter(label: Self.fired, dimensions: [("schedule", schedule)]).increment(by: count)
    }

    /// Counts claims by two labels, neighbours of the same labels at once.
    private mutating func count(
        _ claims: [Claim], _ label: String, by first: (String, (Claim) -> String), _ second: (String, (Claim) -> String)
    ) {
        var rest = claims[...]
        while let claim = rest.first {
            let key = Key(label: label, first: first.1(claim), second: second.1(claim))
            let run = rest.prefix { first.1($0) == key.first && second.1($0) == key.second }.count
            let counter =
                counters[key] ?? Counter(label: label, dimensions: [(first.0, key.first), (second.0, key.second)])
            counters[key] = counter
            counter.increment(by: run)
            rest = rest.dropFirst(run)
        }
    }

    private mutating func timer(_ label: String, _ dimension: (String, String)) -> CoreMetrics.Timer {
        let key = Key(label: label, first: dimension.1)
        let timer = timers[key] ?? CoreMetrics.Timer(label: label, dimensions: [dimension])
        timers[key] = timer
        return timer
    }
}

extension CoreMetrics.Timer {
    fileprivate func record(_ seconds: Double) { recordNanoseconds(Int64(min(max(seconds, 0), 9e9) * 1e9)) }
}
