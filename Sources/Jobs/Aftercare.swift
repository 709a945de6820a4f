/// The looks after a busy time, at ever longer intervals.
///
/// While an engine is busy with a queue, nobody notifies it. A transaction that enqueued then, and commits only after the
/// engine found the queue empty, is found by one of these: at the latest after three times as long as it stayed open
/// since, and after the fallback tick where that is sooner.
struct Aftercare: Sendable {
    private var interval = Duration.milliseconds(5)
    private(set) var next: ContinuousClock.Instant

    init(now: ContinuousClock.Instant) {
        next = now + interval
    }

    /// The look was made. Returns false after the last one.
    mutating func advance(now: ContinuousClock.Instant, until tick: Duration) -> Bool {
        interval *= 3
        next = now + interval
        return interval < tick
    }
}
