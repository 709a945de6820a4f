import Dispatch
import Synchronization

/// The one timer of an engine: armed again and again to the earliest thing that is due.
final class Alarm {
    private let source: any DispatchSourceTimer
    /// When it will ring; nil once it has rung.
    private let armed = Armed()

    private final class Armed: Sendable {
        let time = Mutex<DispatchTime?>(nil)
    }

    init(ring: @escaping @Sendable () -> Void) {
        source = DispatchSource.makeTimerSource(queue: .global())
        source.schedule(deadline: .distantFuture)
        source.setEventHandler { [armed] in
            armed.time.withLock { $0 = nil }
            ring()
        }
        source.resume()
    }

    deinit {
        source.cancel()
    }

    /// Rings in so many seconds at the latest. An earlier time that it was set to stands: it costs less to ring once too
    /// often than to set the timer at each look.
    func set(inSeconds delay: Double) {
        let bounded = min(max(delay, 0.002), 86_400)
        let time = DispatchTime.now() + bounded
        let isLater = armed.time.withLock { armed in
            guard let standing = armed, standing <= time else {
                armed = time
                return false
            }
            return true
        }
        guard !isLater else { return }
        // Leeway lets the system join wake-ups; a due job isn't held up by more than a millisecond.
        source.schedule(deadline: time, leeway: bounded > 1 ? .milliseconds(1) : .microseconds(100))
    }
}
