package import FoundationEssentials
package import Logging
package import Postgres

/// What a handler is given: the transaction in which its effect and its job's completion commit together, and the one
/// instant that all of it bears.
///
/// An effect outside of the database (a file, a message to a bank) is done before the handler returns, and has to be
/// idempotent: if the transaction doesn't commit, the job runs again. `key` names the effect over all attempts.
package struct JobContext: Sendable {
    package let transaction: Transaction
    package let id: JobID
    package let kind: String
    /// 1 for the first.
    package let attempt: Int
    package let maxAttempts: Int
    package let now: Date
    package let logger: Logger
    let report: @Sendable (Double, String?) async -> Void

    package var isLastAttempt: Bool { attempt >= maxAttempts }

    /// The same for every attempt of this job: what an outside party can recognise a repetition by.
    package var key: String { "\(kind)/\(id)" }

    /// Shows how far the job is, outside of its transaction: `fraction` is 0 to 1. Best effort, never an error.
    package func progress(_ fraction: Double, _ note: String? = nil) async {
        await report(min(max(fraction, 0), 1), note.map { String($0.prefix(500)) })
    }
}
