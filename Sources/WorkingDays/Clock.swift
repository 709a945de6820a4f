package import FoundationEssentials
import Synchronization

/// Where the present comes from. Every transaction asks once, so that all it writes bears one time.
package protocol Clock: Sendable {
    /// The present instant, to the microsecond, which is what PostgreSQL stores.
    func now() -> Date
}

/// The machine's clock.
package struct SystemClock: Clock {
    package init() {}

    package func now() -> Date {
        Date(timeIntervalSince1970: (Date().timeIntervalSince1970 * 1_000_000).rounded(.down) / 1_000_000)
    }
}

/// A clock that shows what it was set to, and moves only when told: of tests.
package final class ManualClock: Clock {
    private let instant: Mutex<Date>

    package init(_ instant: Date) {
        self.instant = Mutex(instant)
    }

    package func now() -> Date { instant.withLock { $0 } }

    package func set(_ new: Date) { instant.withLock { $0 = new } }

    package func advance(bySeconds seconds: Double) { instant.withLock { $0 = $0.addingTimeInterval(seconds) } }
}
