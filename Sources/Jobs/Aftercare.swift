/// The looks after a busy time, and after an engine has come, at ever longer intervals.
///
/// Before it has come, and while it is busy with a queue, nobody notifies an engine. A transaction that enqueued then, and
/// commits only after the engine found the queue empty, is found by one of these: at the latest after three times as long
/// as it stayed open since, and after the fallback tick where that is sooner.
struct Aftercare: Sendable {
    private var interval = Duration.milliseconds(5)
    private(set) var next: ContinuousClock.Instant

    /// nil where the tick is no later than the first of these looks.
    init?(now: ContinuousClock.Instant, until tick: Duration) {
        guard interval < tick else { return nil }
        next = now + interval
    }

    /// The look was made. Returns false after the last one.
    mutating func advance(now: ContinuousClock.Instant, until tick: Duration) -> Bool {
        interval *= 3
        next = now + interval
        return interval < tick
    }
}
