import FoundationEssentials
import Logging
import Postgres
import WorkingDays

/// Taking in how runs ended, and writing it down.
extension Engine {
    /// Takes in the ends of runs since the last look.
    func takeEnds() {
        for name in work.queues.keys.sorted() {
            guard let ends = work.queues[name]?.desk.takeEnds(), !ends.isEmpty else { continue }
            work.queues[name]?.pace.note(ends.lazy.map(\.seconds))
            metrics.ran(ends)
            for end in ends { take(end) }
        }
    }

    private func take(_ end: Desk.End) {
        let claim = end.claim
        if claim.id == work.suspect { (work.suspect, work.lookForSuspects) = (nil, true) }
        if claim.lane != nil { work.lookAtLanes = true }
        guard let run = end.run else {
            // It was given up, or its lease was lost, before it noticed; the row alone decides which of the two came first.
            if case .committed(let settlement) = end.ending {
                settled(claim, settlement)
            } else {
                say(.fenced(claim.id))
            }
            return
        }
        switch end.ending {
        case .committed(let settlement): settled(claim, settlement)
        case .unsent(let transaction):
            work.unsent.append(Unsent(claim: claim, run: run, transaction: transaction))
        case .returned(.done): work.finished.append(claim)
        case .returned(let settlement): work.unsettled.append((claim, settlement))
        case .fenced: fenced(claim)
        case .failed(let error, let mayHaveHappened):
            work.unsettled.append((claim, settlement(of: run, after: error, mayHaveHappened)))
        }
    }

    func fenced(_ claim: Claim) {
        logger.warning("A job's lease was lost while it ran; its work was rolled back.", metadata: about(claim))
        say(.fenced(claim.id))
    }

    func settlement(of run: Desk.Run, after error: any Error, _ mayHaveHappened: Bool) -> Settlement {
        let failure: any Error = run.timedOut ? TimedOut() : error
        if let reason = run.cancelReason, !mayHaveHappened { return .cancelled(reason: reason) }
        var metadata = about(run.claim)
        metadata["error"] = "\(failure)"
        logger.warning("A job failed.", metadata: metadata)
        return registry.settlement(
            after: failure, mayHaveHappened: mayHaveHappened, of: run.claim, now: clock.now(), roll: .random(in: 0..<1))
    }

    /// Writes the ends that aren't written yet.
    func settle(_ control: Connection) async throws {
        writeFinished()
        commitUnsent()
        while let (claim, settlement) = work.unsettled.first {
            var isLocked = false
            do {
                try await settlement.write(claim, now: clock.now(), in: control)
                settled(claim, settlement)
            } catch is LeaseLost {
                // After a lost reply to COMMIT the job may be finished; after a rescue it is another's.
                say(.fenced(claim.id))
            } catch let error as PostgresError where error.isLockTimeout {
                isLocked = true
            }
            // Meanwhile the lease may have been lost, and others have come.
            guard work.unsettled.first?.claim === claim else { continue }
            work.unsettled.removeFirst()
            guard !isLocked else {
                // An open transaction follows it. The others get their turn at the next look, the heart its beat before.
                work.unsettled.append((claim, settlement))
                return
            }
        }
    }

    /// Begins to write, in one statement and beside the next claim, that outside jobs are done.
    private func writeFinished() {
        guard work.finishing.isEmpty, let engine = lease?.engine, !work.finished.isEmpty else { return }
        let batch = Array(work.finished.prefix(1_000))
        work.finished.removeFirst(batch.count)
        work.finishing = batch
        let now = clock.now()
        Task {
            let result: Result<[Claim], any Error>
            do {
                result = .success(
                    try await pool.withConnection { try await Claim.finish(batch, of: engine, now: now, in: $0) })
            } catch {
                result = .failure(error)
            }
            wrote(batch, of: engine, result)
        }
    }

    private func wrote(_ batch: [Claim], of engine: UUID, _ result: Result<[Claim], any Error>) {
        guard !abandoned else { return }
        work.finishing = []
        switch result {
        case .success(let lost):
            let fenced = Set(lost.map(\.id))
            metrics.ended(lost.isEmpty ? batch : batch.filter { !fenced.contains($0.id) }, outcome: "done")
            if observer != nil {
                for claim in batch { say(fenced.contains(claim.id) ? .fenced(claim.id) : .done(claim.id)) }
            }
        case .failure(let error as PostgresError) where error.isLockTimeout:
            // An open transaction follows one of them: one by one, so that it holds up no other.
            if lease?.engine == engine { work.unsettled += batch.map { ($0, .done) } }
        case .failure(let error):
            // To write it again is safe: what was written doesn't count twice.
            if lease?.engine == engine { work.finished.insert(contentsOf: batch, at: 0) }
            trouble(error)
        }
        wake()
    }

    func settled(_ claim: Claim, _ settlement: Settlement) {
        metrics.ended([claim], outcome: settlement.name)
        switch settlement {
        case .done: say(.done(claim.id))
        case .cancelled: say(.cancelled(claim.id))
        case .snoozed(let time):
            work.lookForDue = true
            say(.snoozed(claim.id, until: time))
        case .retried(let time, _):
            work.lookForDue = true
            say(.retried(claim.id, at: time))
        case .dead(let reason, let error):
            complain("A job is dead.", claim, reason, error)
            say(.died(claim.id))
        case .inDoubt(let reason):
            complain("Whether a job's effect happened is in doubt; a person has to find out.", claim, reason, nil)
            say(.doubted(claim.id))
        case .released:
            work.queues[claim.queue]?.look = true
            say(.released(claim.id))
        }
        if claim.lane != nil { work.lookAtLanes = true }
    }

    private func complain(_ message: Logger.Message, _ claim: Claim, _ reason: String, _ error: String?) {
        var metadata = about(claim)
        metadata["reason"] = "\(reason)"
        metadata["error"] = error.map { "\($0)" }
        logger.error(message, metadata: metadata)
    }

    /// Cancels jobs whose time is over, and lets go of those that didn't notice within the grace period.
    func endOverdue(_ now: Date) {
        for queue in work.queues.values {
            for run in queue.desk.runs {
                guard let deadline = run.deadline, now >= deadline else { continue }
                let id = run.claim.id
                if run.timedOut {
                    guard queue.desk.letGo(id) else { continue }
                    atWork.end(id, in: pool)
                    if id == work.suspect { (work.suspect, work.lookForSuspects) = (nil, true) }
                    work.unsettled.append(
                        (run.claim, settlement(of: run, after: TimedOut(), isUnrepeatable(run.claim))))
                    say(.givenUp(id))
                    wake()
                } else {
                    queue.desk.timeOut(id, until: now.addingTimeInterval(settings.grace.inSeconds))
                    say(.timedOut(id))
                }
            }
        }
    }

    private func isUnrepeatable(_ claim: Claim) -> Bool {
        if case .outside(isRepeatable: false, _) = registry.entries[claim.kind]?.handler { true } else { false }
    }

    /// Somebody wants a job of ours cancelled.
    func cancel(_ id: JobID, reason: String) {
        if cancelUnsent(id, reason: reason) { return }
        for queue in work.queues.values {
            if let claim = queue.desk.takeBack(id) {
                if claim.id == work.suspect { (work.suspect, work.lookForSuspects) = (nil, true) }
                work.unsettled.append((claim, .cancelled(reason: reason)))
            } else {
                queue.desk.cancel(id, reason: reason)
            }
        }
    }

    /// Hands back what no worker has begun: the engine is about to stop.
    func handBackWaiting(_ control: Connection) async throws {
        try await release(work.queues.values.flatMap { $0.desk.takeBack() }, control)
    }

    /// Hands back what waits for workers of whom none comes to an end: other engines may have some that do.
    func handBackStranded(_ control: Connection) async throws {
        var stranded: [Claim] = []
        for name in work.stuck(settings: settings) {
            guard let back = work.queues[name]?.desk.takeBackNew(), !back.isEmpty else { continue }
            stranded += back
            // They were claimed by the pace of better times.
            work.queues[name]?.pace.note(CollectionOfOne(QueueState.stranding.inSeconds))
            logger.notice(
                "Jobs that waited behind others which hang are left to other engines.",
                metadata: ["job.queue": "\(name)", "job.count": "\(back.count)"])
        }
        try await release(stranded, control)
    }

    private func release(_ claims: [Claim], _ control: Connection) async throws {
        guard !claims.isEmpty, let engine = lease?.engine else { return }
        if claims.contains(where: { $0.id == work.suspect }) { (work.suspect, work.lookForSuspects) = (nil, true) }
        do {
            // What is locked is handed back later, as what the answer of a claim was lost of.
            if try await Claim.release(claims, of: engine, in: control) < claims.count { work.unheardClaims = 2 }
        } catch {
            // Nobody here holds them any more.
            work.unheardClaims = 2
            throw error
        }
        metrics.ended(claims, outcome: "released")
        for claim in claims { say(.released(claim.id)) }
    }

    /// Ends all runs. Where the lease turns out to be ours still, their jobs are handed back.
    func dropRuns() {
        // What ended before this was noticed may have committed, and is told in any case.
        takeEnds()
        for (name, queue) in work.queues {
            queue.desk.abandon()
            work.queues[name]?.held = nil
        }
        atWork.endAll(in: pool)
        (work.suspect, work.lookForSuspects) = (nil, true)
        work.unheardClaims = 2
    }

    /// Ends all runs of a lease that is lost, and forgets what is still to be written of it.
    func dropAll() {
        dropRuns()
        for (claim, _) in work.unsettled { say(.fenced(claim.id)) }
        for claim in work.finished + work.unsent.map(\.claim) { say(.fenced(claim.id)) }
        (work.unsettled, work.finished, work.unsent) = ([], [], [])
    }

    func about(_ claim: Claim) -> Logger.Metadata {
        ["job.id": "\(claim.id)", "job.kind": "\(claim.kind)", "job.attempt": "\(claim.attempt)"]
    }
}

/// The job ran longer than the policy of its kind allows.
struct TimedOut: Error, CustomStringConvertible {
    var description: String { "The attempt ran longer than its kind may." }
}
