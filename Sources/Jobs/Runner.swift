import FoundationEssentials
import Logging
import Postgres
import WorkingDays

/// Runs claimed jobs.
struct Runner: Sendable {
    let pool: Pool
    let registry: Registry
    let host: AttemptHost
    /// Queues of which one job runs at a time: the next one sees what it did.
    let serialQueues: Set<String>

    /// How a run ended.
    enum Ending: Sendable {
        /// The completion committed with the effect.
        case committed(Settlement)
        /// The effect and the completion are still to be committed.
        case unsent(UnsentTransaction)
        /// The effect lies outside; the completion is still to be written.
        case returned(Settlement)
        /// The lease was lost before the completion: nothing of the run took effect in the database.
        case fenced
        /// `mayHaveHappened`: an effect that isn't repeatable had begun.
        case failed(any Error, mayHaveHappened: Bool)

        /// No connection of the pool was free: that says nothing about the job, and was no attempt.
        static var untried: Ending { .returned(.released) }

        var isUnsent: Bool { if case .unsent = self { true } else { false } }
    }

    func run(_ run: Desk.Run) async -> Ending {
        let claim = run.claim
        guard let entry = registry.entries[claim.kind] else {
            return .failed(Discard("No job of kind \(claim.kind) is registered here."), mayHaveHappened: false)
        }
        let facts = AttemptFacts(claim: claim, now: host.clock.now(), host: host)
        // The effect, outside; the handler. Before it only the engine itself uses the pool.
        var (hasBegun, isHandled) = (false, false)
        do {
            switch entry.handler {
            case .inTransaction(let handler):
                if let unsent = run.unsent { return .committed(try await commit(unsent)) }
                let (settlement, unsent) = try await pool.terseTransaction(mayStayUnsent: mayStayUnsent(claim)) {
                    transaction in
                    isHandled = true
                    return try await host.atWork.run(claim.id, on: transaction.connection) {
                        try await Self.perform(claim, handler, facts, in: transaction)
                    }
                }
                return unsent.map(Ending.unsent) ?? .committed(settlement)
            case .outside(let isRepeatable, let handler):
                if !isRepeatable {
                    try await pool.withConnection { try await claim.beginEffect(now: facts.now, in: $0) }
                    hasBegun = true
                }
                isHandled = true
                return .returned(Settlement(try await handler(claim, OutsideContext(run: facts))))
            }
        } catch let error as PostgresError where error.isForWantOfConnection && !isHandled {
            return .untried
        } catch is LeaseLost {
            return .fenced
        } catch let error as PostgresError where error.sqlState == Settlement.leaseLost {
            return .fenced
        } catch {
            return .failed(error, mayHaveHappened: hasBegun && !(error is NothingHappened))
        }
    }

    private func mayStayUnsent(_ claim: Claim) -> Bool {
        !claim.isSuspect && !serialQueues.contains(claim.queue) && !host.slowKinds.takesTurn(claim.kind)
    }

    /// Commits by itself what was undone in a group; the time of its kind holds for it as for a handler.
    private func commit(_ unsent: UnsentTransaction) async throws -> Settlement {
        // A second time where a plan turned out to be stale.
        for _ in 0..<2 {
            switch try await pool.commit([unsent], within: nil).first {
            case .committed: return .done
            case .failed(let error), .undone(let error): throw error
            case .untried, nil: continue
            }
        }
        throw PostgresError(.connectionLost, "The transaction couldn't be sent.")
    }

    /// The handler; then the completion, which where the job is done goes with COMMIT.
    static func perform(
        _ claim: Claim, _ handler: @Sendable (Claim, JobContext) async throws -> JobOutcome, _ facts: AttemptFacts,
        in transaction: Transaction
    ) async throws -> Settlement {
        let settlement = Settlement(try await handler(claim, JobContext(transaction: transaction, run: facts)))
        let now = facts.host.clock.now()
        if settlement == .done {
            try transaction.executeLater(Settlement.done(claim, now: now))
        } else {
            try await settlement.write(claim, now: now, in: transaction)
        }
        return settlement
    }
}

extension PostgresError {
    var isForWantOfConnection: Bool { code == .poolTimeout || code == .poolClosed }
}

extension Settlement {
    init(_ outcome: JobOutcome) {
        switch outcome {
        case .done: self = .done
        case .snooze(let time): self = .snoozed(until: time)
        case .cancel(let reason): self = .cancelled(reason: reason)
        }
    }
}

extension Registry {
    /// What becomes of a job whose attempt failed: another attempt after its kind's backoff, or the dead letters.
    func settlement(
        after error: any Error, mayHaveHappened: Bool = false, of claim: Claim, now: Date, roll: Double
    ) -> Settlement {
        if let discard = error as? Discard { return .dead(reason: bounded(discard.reason), error: nil) }
        if mayHaveHappened { return .inDoubt(reason: bounded("attempt \(claim.attempt): \(error)")) }
        let text = bounded("attempt \(claim.attempt): \(error)")
        guard claim.attempt < claim.maxAttempts else { return .dead(reason: "No attempt is left.", error: text) }
        let backoff = entries[claim.kind]?.policy.backoff ?? Backoff()
        let delay = backoff.seconds(afterAttempt: claim.attempt, roll: roll)
        return .retried(at: now.addingTimeInterval(delay), error: text)
    }

    private func bounded(_ text: String) -> String { String(text.prefix(2_000)) }
}
