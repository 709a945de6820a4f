import FoundationEssentials
import Logging
import Postgres
import WorkingDays

/// Runs one claimed job: handler and completion in one transaction.
struct Runner: Sendable {
    let pool: Pool
    let registry: Registry
    let clock: any Clock
    let logger: Logger
    let report: @Sendable (Claim, Double, String?) async -> Void

    /// How a run ended.
    enum Ending: Sendable {
        case committed(Settlement)
        /// The lease was lost before the completion: all of the run was rolled back.
        case fenced
        case failed(any Error)
    }

    @concurrent
    func run(_ claim: Claim) async -> Ending {
        guard let entry = registry.entries[claim.kind] else {
            return .failed(Discard("No job of kind \(claim.kind) is registered here."))
        }
        var logger = logger
        logger[metadataKey: "job.id"] = "\(claim.id)"
        logger[metadataKey: "job.kind"] = "\(claim.kind)"
        logger[metadataKey: "job.attempt"] = "\(claim.attempt)"
        let log = logger
        do {
            return .committed(
                try await pool.transaction { transaction in
                    try await Self.perform(
                        claim, entry: entry, in: transaction, clock: clock, logger: log,
                        report: { await report(claim, $0, $1) })
                })
        } catch is LeaseLost {
            return .fenced
        } catch {
            return .failed(error)
        }
    }

    /// The handler and then, as the transaction's last statement, the completion.
    static func perform(
        _ claim: Claim, entry: Registry.Entry, in transaction: Transaction, clock: any Clock, logger: Logger,
        report: @escaping @Sendable (Double, String?) async -> Void
    ) async throws -> Settlement {
        let context = JobContext(
            transaction: transaction, id: claim.id, kind: claim.kind, attempt: claim.attempt,
            maxAttempts: claim.maxAttempts, now: clock.now(), logger: logger, report: report)
        let settlement: Settlement
        switch try await entry.run(claim.args, claim.version, context) {
        case .done: settlement = .done
        case .snooze(let time): settlement = .snoozed(until: time)
        case .cancel(let reason): settlement = .cancelled(reason: reason)
        }
        try await settlement.write(claim, now: clock.now(), in: transaction)
        return settlement
    }
}

extension Registry {
    /// What becomes of a job whose attempt failed: another attempt after its kind's backoff, or the dead letters.
    func settlement(after error: any Error, of claim: Claim, now: Date, roll: Double) -> Settlement {
        if let discard = error as? Discard { return .dead(reason: bounded(discard.reason), error: nil) }
        // A pool without a free connection says nothing about the job: this was no attempt.
        if let error = error as? PostgresError, error.code == .poolTimeout || error.code == .poolClosed {
            return .released
        }
        let text = bounded("attempt \(claim.attempt): \(error)")
        guard claim.attempt < claim.maxAttempts else { return .dead(reason: "No attempt is left.", error: text) }
        let backoff = entries[claim.kind]?.policy.backoff ?? Backoff()
        let delay = backoff.seconds(afterAttempt: claim.attempt, roll: roll)
        return .retried(at: now.addingTimeInterval(delay), error: text)
    }

    private func bounded(_ text: String) -> String { String(text.prefix(2_000)) }
}
