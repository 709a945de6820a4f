import FoundationEssentials
import Logging
import Postgres
import WorkingDays

/// Claiming, running and settling.
extension Engine {
    /// Brings due jobs and the heads of free lanes to where they can be claimed.
    func advance(_ control: Connection, _ now: Date) async throws {
        while work.lookForDue || work.nextDue.map({ $0 <= now }) == true {
            work.lookForDue = false
            let batch = 500
            let rows = try await control.query(
                "SELECT queue, stage, moved FROM jobs.advance_due(\(now), \(batch)::int)")
            var moved = 0
            for row in rows {
                let (queue, stage, count): (String, String, Int) = (
                    try row["queue"], try row["stage"], try row["moved"]
                )
                moved += count
                if stage == "laned" { work.lookAtLanes = true } else { try await offer(queue, count, control) }
            }
            let next = try await control.one("SELECT min(run_at) AS at FROM jobs.job WHERE stage = 'scheduled'")
            work.nextDue = try next["at"]
            // What is due and didn't move is being moved by another engine.
            if moved == 0 { break }
        }
        if work.lookAtLanes {
            work.lookAtLanes = false
            for row in try await control.query("SELECT queue FROM jobs.advance_lanes()") {
                try await offer(try row["queue"], 1, control)
            }
        }
    }

    /// Jobs of a queue became ready: ours if we have room, otherwise the others hear of them.
    private func offer(_ queue: String, _ count: Int, _ control: Connection) async throws {
        work.queues[queue]?.look = true
        if work.room(in: queue, settings: settings) < count {
            try await control.execute("SELECT pg_notify('jobs', \("ready " + queue))")
        }
    }

    func claim(_ control: Connection, _ now: Date, _ leaseNow: Date) async throws {
        for queue in work.queues.keys.sorted() {
            while let state = work.queues[queue], state.look, let lease {
                let room = work.room(in: queue, settings: settings)
                guard room > 0 else { break }
                // Late commits and urgent jobs lie behind the cursor: begin again now and then.
                let cursor = state.cursor.uses < 16 ? state.cursor : Claim.Cursor()
                // Cleared before the statement, so that a notification during it isn't forgotten.
                work.queues[queue]?.look = false
                let claims: [Claim]
                do {
                    claims = try await Claim.take(
                        queue: queue, room: room, from: cursor, registry: registry, lease: lease, now: now,
                        leaseNow: leaseNow, in: control)
                } catch {
                    work.queues[queue]?.look = true
                    throw error
                }
                var next = cursor
                if claims.count == room, let last = claims.last {
                    next = Claim.Cursor(priority: last.priority, id: last.id.rawValue, uses: cursor.uses + 1)
                } else {
                    next = Claim.Cursor()
                }
                work.queues[queue]?.cursor = next
                if claims.count == room || !cursor.atStart { work.queues[queue]?.look = true }
                for claim in claims { start(claim) }
            }
        }
    }

    private func start(_ claim: Claim) {
        let timeout = registry.entries[claim.kind]?.policy.timeout
        work.begin(claim, deadline: timeout.map { leaseClock.now().addingTimeInterval($0.inSeconds) })
        metrics.started(claim)
        say(.claimed(claim.id))
        let runner = Runner(pool: pool, registry: registry, clock: clock, logger: logger) { [weak self] in
            await self?.report($0, $1, $2)
        }
        work.running[claim.id]?.task = Task { [weak self] in
            let ending = await runner.run(claim)
            await self?.ended(claim, ending)
        }
    }

    private func ended(_ claim: Claim, _ ending: Runner.Ending) {
        guard !abandoned else { return }
        defer { wake() }
        guard let run = work.end(claim) else {
            // It was given up, or its lease was lost, before it noticed; the row alone decides which of the two came first.
            if case .committed(let settlement) = ending { settled(claim, settlement) } else { say(.fenced(claim.id)) }
            return
        }
        switch ending {
        case .committed(let settlement): settled(claim, settlement)
        case .fenced:
            logger.warning("A job's lease was lost while it ran; its work was rolled back.", metadata: about(claim))
            say(.fenced(claim.id))
        case .failed(let error): work.unsettled.append((claim, settlement(of: run, after: error)))
        }
    }

    private func settlement(of run: Work.Running, after error: any Error) -> Settlement {
        if let reason = run.cancelReason { return .cancelled(reason: reason) }
        let failure: any Error
        if run.timedOut {
            failure = TimedOut()
        } else if stopping != nil, run.task?.isCancelled == true {
            return .released
        } else {
            failure = error
        }
        var metadata = about(run.claim)
        metadata["error"] = "\(failure)"
        logger.warning("A job failed.", metadata: metadata)
        return registry.settlement(after: failure, of: run.claim, now: clock.now(), roll: .random(in: 0..<1))
    }

    /// Writes the ends that aren't written yet.
    func settle(_ control: Connection) async throws {
        while let (claim, settlement) = work.unsettled.first {
            do {
                try await settlement.write(claim, now: clock.now(), in: control)
                settled(claim, settlement)
            } catch is LeaseLost {
                // After a lost reply to COMMIT the job may be finished; after a rescue it is another's.
                say(.fenced(claim.id))
            }
            if !work.unsettled.isEmpty { work.unsettled.removeFirst() }
        }
    }

    private func settled(_ claim: Claim, _ settlement: Settlement) {
        let now = clock.now()
        switch settlement {
        case .done:
            metrics.ended(claim, outcome: "done", now: now)
            say(.done(claim.id))
        case .cancelled:
            metrics.ended(claim, outcome: "cancelled", now: now)
            say(.cancelled(claim.id))
        case .snoozed(let time):
            metrics.ended(claim, outcome: "snoozed", now: now)
            work.lookForDue = true
            say(.snoozed(claim.id, until: time))
        case .retried(let time, _):
            metrics.ended(claim, outcome: "retried", now: now)
            work.lookForDue = true
            say(.retried(claim.id, at: time))
        case .dead(let reason, let error):
            metrics.ended(claim, outcome: "dead", now: now)
            var metadata = about(claim)
            metadata["reason"] = "\(reason)"
            metadata["error"] = "\(error ?? "")"
            logger.error("A job is dead.", metadata: metadata)
            say(.died(claim.id))
        case .released:
            metrics.ended(claim, outcome: "released", now: now)
            work.queues[claim.queue]?.look = true
            say(.released(claim.id))
        }
        if claim.lane != nil { work.lookAtLanes = true }
    }

    /// Cancels jobs whose time is over, and lets go of those that didn't notice within the grace period.
    func endOverdue(_ now: Date) {
        for (id, running) in work.running {
            guard let deadline = running.deadline, now >= deadline else { continue }
            if running.timedOut {
                _ = work.end(running.claim)
                work.unsettled.append((running.claim, settlement(of: running, after: TimedOut())))
                say(.givenUp(id))
                wake()
            } else {
                work.running[id]?.timedOut = true
                work.running[id]?.deadline = now.addingTimeInterval(settings.grace.inSeconds)
                running.task?.cancel()
                say(.timedOut(id))
            }
        }
    }

    /// Ends all runs of a lease that is lost.
    func cancelAll() {
        for running in work.running.values {
            running.task?.cancel()
            _ = work.end(running.claim)
        }
    }

    private func report(_ claim: Claim, _ fraction: Double, _ note: String?) async {
        guard let control, work.running[claim.id]?.claim.token == claim.token else { return }
        do {
            try await control.execute(
                """
                UPDATE jobs.job SET progress = \(fraction)::real, progress_note = \(note)
                 WHERE id = \(claim.id.rawValue) AND token = \(claim.token)::int AND owner = \(claim.owner)
                """)
        } catch {
            logger.debug("A job's progress wasn't written.", metadata: about(claim))
        }
    }

    private func about(_ claim: Claim) -> Logger.Metadata {
        ["job.id": "\(claim.id)", "job.kind": "\(claim.kind)", "job.attempt": "\(claim.attempt)"]
    }
}

/// The job ran longer than the policy of its kind allows.
struct TimedOut: Error, CustomStringConvertible {
    var description: String { "The attempt ran longer than its kind may." }
}
