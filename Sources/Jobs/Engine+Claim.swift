import FoundationEssentials
import Logging
import Postgres
import WorkingDays

/// Bringing jobs to where they can be claimed, claiming them, and giving them to workers.
extension Engine {
    /// Brings due jobs and the heads of free lanes to where they can be claimed.
    func advance(_ control: Connection, _ now: Date) async throws {
        while work.lookForDue || (work.nextDue.map({ $0 <= now }) == true && work.nextAdvance <= .now) {
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
            guard moved == 0, let due = work.nextDue, due <= now else {
                work.vainAdvances = 0
                continue
            }
            // What is due and didn't move came just now, or is being moved by another engine, or locked by somebody for
            // longer: we look again, ever less often.
            work.vainAdvances = min(work.vainAdvances + 1, 6)
            work.nextAdvance = .now + .milliseconds(1 << work.vainAdvances)
            break
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
        if work.queues[queue].map({ work.room(in: $0, settings: settings) < count }) ?? true {
            try await control.execute("SELECT pg_notify('jobs', \("ready " + queue))")
        }
    }

    /// Claims once from each queue that may have something; what is left over rings the bell for another look.
    func claim(_ control: Connection, _ now: Date, _ leaseNow: Date) async throws {
        try await claimSuspect(control, now, leaseNow)
        for name in work.queues.keys.sorted() {
            work.queues[name]?.lookAfterward(until: settings.fallbackTick)
            guard let queue = work.queues[name], queue.look, let lease, !mustStop else { continue }
            let room = work.room(in: queue, settings: settings)
            guard room > 0 else { continue }
            // Late commits and urgent jobs lie behind the cursor: begin again now and then.
            let cursor = queue.cursor.uses < 16 ? queue.cursor : Claim.Cursor()
            // Cleared before the statement, so that a notification during it isn't forgotten.
            work.queues[name]?.look = false
            let claims: [Claim]
            do {
                if queue.isLimited {
                    try await claimWithinLimits(name, room, lease, control, now, leaseNow)
                    continue
                }
                claims = try await Claim.take(
                    queue: name, room: room, from: cursor, registry: registry, lease: lease, now: now,
                    leaseNow: leaseNow, in: control)
            } catch {
                work.queues[name]?.look = true
                work.unheardClaims = 2
                throw error
            }
            hold(claims, of: name)
            work.queues[name]?.note(claims, room: room, from: cursor)
        }
        try await tellWhetherBusy(control)
    }

    /// A job that was with an engine when it stopped may be what stopped it. Such jobs run one at a time, so that the
    /// guilty one takes none of the others with it a second time.
    private func claimSuspect(_ control: Connection, _ now: Date, _ leaseNow: Date) async throws {
        guard work.lookForSuspects, work.suspect == nil, let lease, !mustStop else { return }
        let stuck = Set(work.stuck(settings: settings))
        let names = work.queues.keys.filter { !stuck.contains($0) }.sorted()
        // Of those that are stuck at the next look: it comes when a worker is done.
        work.lookForSuspects = !stuck.isEmpty
        guard !names.isEmpty else { return }
        let queues = try await control.query(
            """
            SELECT DISTINCT queue FROM jobs.job
             WHERE stage = 'ready' AND losses > 0 AND owner IS NULL AND queue = ANY (\(names))
            """)
        for row in queues {
            let name: String = try row["queue"]
            let claims: [Claim]
            do {
                claims =
                    work.queues[name]?.isLimited == true
                    ? try await admitted(.suspect, name, 1, lease, control, now, leaseNow).claims
                    : try await Claim.take(
                        .suspect, queue: name, room: 1, registry: registry, lease: lease, now: now, leaseNow: leaseNow,
                        in: control)
            } catch let error as PostgresError where error.isLockTimeout {
                work.lookForSuspects = true
                lookLater(name)
                continue
            } catch {
                work.lookForSuspects = true
                work.unheardClaims = 2
                throw error
            }
            guard let claim = claims.first else { continue }
            work.suspect = claim.id
            hold([claim], of: name)
            return
        }
    }

    /// Tells those who enqueue which queues this engine needn't hear of, when that has changed.
    private func tellWhetherBusy(_ control: Connection) async throws {
        guard let lease, work.queues.values.contains(where: { $0.isBusy != $0.isBacklogged }) else { return }
        let busy = work.queues.filter(\.value.isBacklogged).keys.sorted()
        try await control.execute("UPDATE jobs.engine SET busy_queues = \(busy) WHERE id = \(lease.engine)")
        for (name, queue) in work.queues where queue.isBusy != queue.isBacklogged {
            work.queues[name]?.isBusy = queue.isBacklogged
            if !queue.isBacklogged {
                // Those who enqueued before this statement committed didn't notify.
                work.queues[name]?.look = true
                work.queues[name]?.aftercare = Aftercare(now: .now, until: settings.fallbackTick)
            }
        }
    }

    func hold(_ claims: [Claim], of queue: String) {
        guard !claims.isEmpty else { return }
        metrics.claimed(claims)
        if observer != nil { for claim in claims { say(.claimed(claim.id)) } }
        guard claims.contains(where: { $0.cancelReason != nil }) else {
            work.queues[queue]?.desk.put(claims)
            return
        }
        for claim in claims {
            guard let reason = claim.cancelReason else { continue }
            work.unsettled.append((claim, .cancelled(reason: reason)))
            if claim.id == work.suspect { (work.suspect, work.lookForSuspects) = (nil, true) }
            wake()
        }
        work.queues[queue]?.desk.put(claims.filter { $0.cancelReason == nil })
    }

    /// Gives the queues with waiting jobs their workers, those with the fewest first.
    func hire() {
        while work.workers < settings.maxRunning {
            let short = work.queues.values.filter { $0.needsWorker }
            guard let next = short.min(by: { $0.desk.counts.workers < $1.desk.counts.workers }) else { return }
            next.desk.hire(begin: begin, run: runner.run)
        }
        // All are taken. A queue without any gets its turn from the one with most.
        let starved = work.queues.values.contains {
            $0.desk.counts.workers == 0 && ($0.look || $0.desk.counts.waiting > 0)
        }
        guard starved, let most = work.queues.values.max(by: { $0.desk.counts.workers < $1.desk.counts.workers }),
            most.desk.counts.workers > 1
        else { return }
        most.desk.dismissOne()
    }

    private var begin: @Sendable (Claim) -> Desk.Run {
        { [clock, leaseClock, registry] claim in
            let timeout = registry.entries[claim.kind]?.policy.timeout
            return Desk.Run(
                claim: claim, begunAt: clock.now(),
                deadline: timeout.map { leaseClock.now().addingTimeInterval($0.inSeconds) })
        }
    }

    private var runner: Runner {
        Runner(
            pool: pool, registry: registry,
            host: AttemptHost(clock: clock, logger: logger, slowKinds: slowKinds, atWork: atWork) { [weak self] in
                await self?.report($0, $1, $2)
            },
            serialQueues: Set(work.queues.values.filter { $0.limit == 1 || settings.maxRunning == 1 }.map(\.name)))
    }

    private func report(_ claim: Claim, _ fraction: Double, _ note: String?) async {
        guard let control else { return }
        claim.noteMove()
        do {
            try await control.execute(
                """
                UPDATE jobs.job SET progress = \(fraction)::real, progress_note = \(note)
                 WHERE id = (SELECT id FROM jobs.job
                              WHERE id = \(claim.id.rawValue) AND token = \(claim.token)::int AND owner = \(claim.owner)
                                FOR NO KEY UPDATE SKIP LOCKED)
                """)
        } catch {
            logger.debug("A job's progress wasn't written.", metadata: about(claim))
        }
    }
}

extension QueueState {
    /// More is there than the engine can take for now, and was so for a while.
    var isBacklogged: Bool { fullClaims >= 3 && !isLimited }

    /// Whether one more worker would be of use: not where those at work are done with what waits before it came. Of one who
    /// has been at his job for long nobody knows when he will be.
    var needsWorker: Bool {
        let (waiting, workers, coming) = desk.counts
        guard workers < limit, waiting > coming else { return false }
        return waiting > (workers - desk.stuck(longerThan: Self.patience)) * pace.jobs(within: 0.002)
    }

    /// How long a job waits for a worker who seemed to be done soon.
    static let patience = Duration.milliseconds(5)

    /// How long workers may be at one job before what waits for them is given to other engines. No job was claimed ahead for
    /// longer than a tenth of this.
    static let stranding = Duration.seconds(1)

    /// Draws the conclusions from a claim.
    mutating func note(_ claims: [Claim], room: Int, from cursor: Claim.Cursor) {
        if claims.count == room, let last = claims.last {
            self.cursor = Claim.Cursor(priority: last.priority, id: last.id.rawValue, uses: cursor.uses + 1)
            fullClaims += 1
        } else {
            self.cursor = Claim.Cursor()
            if cursor.atStart { fullClaims = 0 }
        }
        if claims.count == room || !cursor.atStart { look = true }
    }

    /// Makes the look that is due after a busy time.
    mutating func lookAfterward(until tick: Duration) {
        let now = ContinuousClock.now
        guard var aftercare, aftercare.next <= now else { return }
        look = true
        self.aftercare = aftercare.advance(now: now, until: tick) ? aftercare : nil
    }
}
