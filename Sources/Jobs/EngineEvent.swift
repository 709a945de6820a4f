public import FoundationEssentials

/// What an engine did: the signal that a test waits for instead of sleeping, and the feed of a live view.
public enum EngineEvent: Sendable, Equatable, Codable {
    case connected
    case connectionLost
    case claimed(JobID)
    case done(JobID)
    case cancelled(JobID)
    case snoozed(JobID, until: Date)
    case retried(JobID, at: Date)
    case died(JobID)
    /// Nobody knows whether its effect happened.
    case doubted(JobID)
    case released(JobID)
    /// A run whose lease was lost: it was rolled back.
    case fenced(JobID)
    case rescued(JobID)
    /// A job's time was over: it was cancelled.
    case timedOut(JobID)
    /// A job that didn't end when its time was over: its lease was withdrawn.
    case givenUp(JobID)
    case fired(Firing)
    /// The fallback look at the database.
    case ticked
    /// A look found nothing to do: nothing runs, nothing more can be claimed.
    case idle
    case leaseLost
    case stopped
}
