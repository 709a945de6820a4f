/// How long a failed job waits for its next attempt: a growing delay, bounded, and spread so that jobs which failed
/// together don't come back together.
public struct Backoff: Sendable, Equatable {
    public var first: Duration
    /// What each further failure multiplies the delay by.
    public var factor: Double
    public var cap: Duration
    /// The share of the delay that chance may take away, 0 to 1.
    public var jitter: Double

    public init(
        first: Duration = .seconds(5), factor: Double = 2, cap: Duration = .seconds(3600), jitter: Double = 0.2
    ) {
        self.first = first
        self.factor = factor
        self.cap = cap
        self.jitter = jitter
    }

    public static func constant(_ delay: Duration) -> Backoff {
        Backoff(first: delay, factor: 1, cap: delay, jitter: 0)
    }

    /// Seconds to wait after the attempt of this number failed (1 = the first), `roll` being a chance in 0 ..< 1.
    package func seconds(afterAttempt attempt: Int, roll: Double) -> Double {
        var delay = first.inSeconds
        // A loop, not a power: it stops at the cap, so that no attempt number overflows.
        for _ in 1..<max(attempt, 1) where delay < cap.inSeconds { delay *= factor }
        return min(delay, cap.inSeconds) * (1 - jitter * roll)
    }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
