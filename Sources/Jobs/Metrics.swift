import CoreMetrics
import FoundationEssentials

/// The engine's figures, with all of their labels.
struct JobMetrics: Sendable {
    static let depth = "relief_jobs_waiting"
    static let oldest = "relief_jobs_oldest_waiting_seconds"
    static let running = "relief_jobs_running"
    static let ended = "relief_jobs_ended_total"
    static let delay = "relief_jobs_start_delay_seconds"
    static let duration = "relief_jobs_duration_seconds"
    static let attempts = "relief_jobs_attempts_total"
    static let rescued = "relief_jobs_rescued_total"
    static let fired = "relief_jobs_schedule_fired_total"

    func started(_ claim: Claim) {
        Counter(label: Self.attempts, dimensions: [("kind", claim.kind), ("queue", claim.queue)]).increment()
        record(Self.delay, claim.startedAt.timeIntervalSince(claim.runAt), [("queue", claim.queue)])
    }

    func ended(_ claim: Claim, outcome: String, now: Date) {
        Counter(label: Self.ended, dimensions: [("kind", claim.kind), ("outcome", outcome)]).increment()
        record(Self.duration, now.timeIntervalSince(claim.startedAt), [("kind", claim.kind)])
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

    private func record(_ label: String, _ seconds: Double, _ dimensions: [(String, String)]) {
        Timer(label: label, dimensions: dimensions).recordNanoseconds(Int64(max(seconds, 0) * 1e9))
    }
}
