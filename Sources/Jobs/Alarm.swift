import Dispatch

/// The one timer of an engine: armed again and again to the earliest thing that is due.
final class Alarm {
    private let source: any DispatchSourceTimer

    init(ring: @escaping @Sendable () -> Void) {
        source = DispatchSource.makeTimerSource(queue: .global())
        source.setEventHandler(handler: ring)
        source.schedule(deadline: .distantFuture)
        source.resume()
    }

    deinit {
        source.cancel()
    }

    /// Rings once, in so many seconds, instead of whenever it was to ring before.
    func set(inSeconds delay: Double) {
        // Leeway lets the system join wake-ups; a due job isn't held up by more than a millisecond.
        let bounded = min(max(delay, 0.002), 86_400)
        source.schedule(deadline: .now() + bounded, leeway: bounded > 1 ? .milliseconds(1) : .microseconds(100))
    }
}
