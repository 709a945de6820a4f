import Dispatch
import Synchronization

/// Wakes one loop: rings that come while it works are one ring.
final class Bell: Sendable {
    let rings: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (rings, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    func ring() { continuation.yield() }

    func ring(after seconds: Double) {
        DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { [continuation] in continuation.yield() }
    }

    /// Ends the loop after the rings that came.
    func finish() { continuation.finish() }
}

/// Rings a bell again and again, until it is let go.
final class Ticker: Sendable {
    private let timer: Mutex<any DispatchSourceTimer>

    init(_ bell: Bell, every seconds: Double) {
        let source = DispatchSource.makeTimerSource(queue: .global())
        source.setEventHandler { bell.ring() }
        source.schedule(deadline: .now() + seconds, repeating: seconds, leeway: .milliseconds(Int(seconds * 100)))
        source.resume()
        timer = Mutex(source)
    }

    deinit {
        timer.withLock { $0.cancel() }
    }
}
