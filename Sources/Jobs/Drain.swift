import FoundationEssentials
public import Logging
public import Postgres
public import WorkingDays

/// Runs what is due, here and now, in the caller's transaction, without an engine: for tests, and for commands that
/// have to see their jobs' effects.
public enum Drain {
    /// Runs due jobs until none is left that this registry knows, in the order an engine of one worker would take.
    /// An error of a handler undoes its own effect only, and is settled as an engine would. Returns how many ran.
    @discardableResult
    public static func run(
        _ registry: Registry, in transaction: Transaction, clock: any Clock, logger: Logger, limit: Int = 10_000
    ) async throws -> Int {
        let now = clock.now()
        let lease = try await Lease.take(
            queues: [], registry: registry, host: "drain", processID: 0, now: now, seconds: 3_600, in: transaction)
        let host = AttemptHost(clock: clock, logger: logger) { _, _, _ in }
        var ran = 0
        while ran < limit {
            try await transaction.execute("SELECT FROM jobs.advance_due(\(clock.now()), 10000)")
            try await transaction.execute("SELECT FROM jobs.advance_lanes()")
            guard let claim = try await next(registry, lease, in: transaction, now: clock.now(), leaseNow: now) else {
                break
            }
            if let reason = claim.cancelReason {
                try await Settlement.cancelled(reason: reason).write(claim, now: clock.now(), in: transaction)
                continue
            }
            ran += 1
            let facts = AttemptFacts(claim: claim, now: clock.now(), host: host)
            do {
                switch registry.entries[claim.kind]?.handler {
                case .inTransaction(let handler):
                    try await transaction.savepoint { inner in
                        _ = try await Runner.perform(claim, handler, facts, in: inner)
                    }
                case .outside(_, let handler):
                    let settlement = Settlement(try await handler(claim, OutsideContext(run: facts)))
                    try await settlement.write(claim, now: clock.now(), in: transaction)
                case nil: continue
                }
            } catch {
                logger.warning("A job failed.", metadata: ["job.id": "\(claim.id)", "error": "\(error)"])
                let settlement = registry.settlement(after: error, of: claim, now: clock.now(), roll: 0)
                try await settlement.write(claim, now: clock.now(), in: transaction)
            }
        }
        try await lease.giveUp(now: clock.now(), in: transaction)
        return ran
    }

    private static func next(
        _ registry: Registry, _ lease: Lease, in transaction: Transaction, now: Date, leaseNow: Date
    ) async throws -> Claim? {
        let queues = try await transaction.query(
            "SELECT DISTINCT queue FROM jobs.job WHERE stage = 'ready' AND owner IS NULL ORDER BY queue")
        for row in queues {
            for sort in [Claim.Sort.ordinary, .suspect] {
                let claims = try await Claim.take(
                    sort, queue: try row["queue"], room: 1, registry: registry, lease: lease, now: now,
                    leaseNow: leaseNow, in: transaction)
                if let claim = claims.first { return claim }
            }
        }
        return nil
    }
}
