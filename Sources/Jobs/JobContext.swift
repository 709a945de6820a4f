public import FoundationEssentials
public import Logging
public import Postgres
public import WorkingDays

/// What every handler is told of the attempt that it makes.
public protocol AttemptContext: Sendable {
    var run: AttemptFacts { get }
}

/// The facts of one attempt.
public struct AttemptFacts: Sendable {
    let claim: Claim
    let now: Date
    let host: AttemptHost
}

/// What all attempts of an engine share.
final class AttemptHost: Sendable {
    let clock: any Clock
    let logger: Logger
    let slowKinds: SlowKinds
    let atWork: AtWork
    /// Shows how far a job is.
    let report: @Sendable (Claim, Double, String?) async -> Void

    init(
        clock: any Clock, logger: Logger, slowKinds: SlowKinds = SlowKinds(), atWork: AtWork = AtWork(),
        report: @escaping @Sendable (Claim, Double, String?) async -> Void
    ) {
        self.clock = clock
        self.logger = logger
        self.slowKinds = slowKinds
        self.atWork = atWork
        self.report = report
    }
}

extension AttemptContext {
    public var id: JobID { run.claim.id }
    public var kind: String { run.claim.kind }
    /// 1 for the first.
    public var attempt: Int { run.claim.attempt }
    public var maxAttempts: Int { run.claim.maxAttempts }
    public var isLastAttempt: Bool { attempt >= maxAttempts }
    /// When the attempt began: the one instant that all of it bears.
    public var now: Date { run.now }
    /// The engine's clock, for a job that runs long enough to need a later time.
    public var clock: any Clock { run.host.clock }

    /// Says with each line which job it was.
    public var logger: Logger {
        var logger = run.host.logger
        logger[metadataKey: "job.id"] = "\(id)"
        logger[metadataKey: "job.kind"] = "\(kind)"
        logger[metadataKey: "job.attempt"] = "\(attempt)"
        return logger
    }

    /// The same for every attempt of this job: what an outside party can recognise a repetition by.
    public var key: String { "\(kind)/\(id)" }

    /// Shows how far the job is, outside of its transaction: `fraction` is 0 to 1. Best effort, never an error.
    public func progress(_ fraction: Double, _ note: String? = nil) async {
        await run.host.report(run.claim, min(max(fraction, 0), 1), note.map { String($0.prefix(500)) })
    }
}

/// What the handler of a `RunnableJob` is given: the transaction in which its effect and its job's completion commit
/// together. That somebody wants the job cancelled, or that its time is over, is told by the task's cancellation.
public struct JobContext: AttemptContext {
    public let transaction: Transaction
    public let run: AttemptFacts
}

/// What the handler of an `OutsideJob` is given. Its task is cancelled as any other handler's.
public struct OutsideContext: AttemptContext {
    public let run: AttemptFacts
}
