package import FoundationEssentials
package import Postgres

/// A clock that went back shows in the log: the last command bears a time that hasn't come yet.
package enum ClockBehind {
    /// By how many seconds the clock is behind the last command's time; 0 where it isn't, by more than clocks of several hosts
    /// may differ.
    package static func seconds(now: Date, in session: some Session) async throws -> Double {
        let last: Date? = try await session.first("SELECT at FROM audit.event ORDER BY seq DESC LIMIT 1")?["at"]
        let behind = last.map { $0.timeIntervalSince(now) } ?? 0
        return behind > 60 ? behind : 0
    }
}
