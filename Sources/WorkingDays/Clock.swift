public import FoundationEssentials
import Synchronization

/// Where the present comes from. Every transaction asks once, so that all it writes bears one time.
public protocol Clock: Sendable {
    /// The present instant, to the microsecond, which is what PostgreSQL stores.
    func now() -> Date
}

/// The machine's clock.
public struct SystemClock: Clock {
    public init() {}

    public func now() -> Date {
        Date(timeIntervalSince1970: (Date().timeIntervalSince1970 * 1_000_000).rounded(.down) / 1_000_000)
    }
}

/// A clock that shows what it was set to, and moves only when told: of tests.
public final class ManualClock: Clock {
    private let instant: Mutex<Date>

    public init(_ instant: Date) {
        self.instant = Mutex(instant)
    }

    public func now() -> Date { instant.withLock { $0 } }

    public func set(_ new: Date) { instant.withLock { $0 = new } }

    public func advance(bySeconds seconds: Double) { instant.withLock { $0 = $0.addingTimeInterval(seconds) } }
}
