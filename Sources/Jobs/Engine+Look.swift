import FoundationEssentials
import Logging
import Postgres
import WorkingDays

/// One look: everything that is due by now, and then the alarm for what is due next.
extension Engine {
    func look() async {
        if let troubledUntil, ContinuousClock.now < troubledUntil {
            arm()
            return
        }
        // One moment for all of a look: a clock that jumps in the middle mustn't make us rescue ourselves.
        let (now, leaseNow) = (clock.now(), leaseClock.now())
        do {
            let control = try await connection(now, leaseNow)
            if lease == nil { try await takeLease(control, leaseNow) }
            try await beat(control, leaseNow)
            takeEnds()
            endOverdue(leaseNow)
            try await settle(control)
            if stopping != nil {
                try await handBackWaiting(control)
            } else {
                // A clock that was put back must not put off the tick for as long.
                if leaseNow >= work.nextTick || work.nextTick > leaseNow + settings.fallbackTick.inSeconds {
                    // Set before, so that a notification in the midst of a tick calls for another.
                    work.nextTick = leaseNow.addingTimeInterval(settings.fallbackTick.inSeconds)
                    do {
                        try await tick(control, now, leaseNow)
                    } catch {
                        work.nextTick = .distantPast
                        throw error
                    }
                }
                fireSchedules(now)
                try await handBackStranded(control)
                try await advance(control, now)
                try await lookAtLimits(control, now)
                do {
                    try await claim(control, now, leaseNow)
                } catch {
                    // What was claimed before it needn't wait.
                    hire()
                    throw error
                }
                hire()
            }
            try await giveBack(control, now)
            (troubles, troubledUntil) = (0, nil)
            if canClaimMore { wake() }
        } catch {
            trouble(error)
        }
        if work.isIdle && troubledUntil == nil { say(.idle) }
        arm()
    }

    private var canClaimMore: Bool {
        stopping == nil && work.queues.values.contains { $0.look && work.room(in: $0, settings: settings) > 0 }
    }

    /// A failed look is repeated a little later, ever less often while it goes on failing.
    func trouble(_ error: any Error) {
        guard !abandoned else { return }
        troubles += 1
        let delay = min(0.05 * Double(1 << min(troubles, 10)), 5)
        troubledUntil = .now + .seconds(delay)
        logger.warning(
            "The job engine can't reach its database or was refused; it tries again.",
            metadata: ["error": "\(error)", "retry.seconds": "\(delay)"])
        if let control, !control.isAlive { drop() }
        // Others may think us dead by now. Fencing keeps our runs from committing; ending them keeps two from running. What
        // has ended is still written if it can be: it is known what became of it.
        if let lease, leaseClock.now() >= lease.until { dropRuns() }
    }

    /// The engine's own connection; a new one looks everywhere, since notifications were missed.
    private func connection(_ now: Date, _ leaseNow: Date) async throws -> Connection {
        if let control, control.isAlive { return control }
        drop()
        let fresh = try await Connection.open(listen, logger: logger)
        do {
            try await fresh.listen("jobs")
            try await schedules.remember(in: fresh, now: now)
        } catch {
            await fresh.close()
            throw error
        }
        control = fresh
        listener = Task { [weak self] in
            for await notification in fresh.notifications { await self?.hear(notification.payload) }
            await self?.lost(fresh)
        }
        work.lookEverywhere()
        work.nextTick = .distantPast
        say(.connected)
        return fresh
    }

    private func hear(_ payload: String) {
        work.hear(payload)
        wake()
    }

    private func lost(_ connection: Connection) {
        guard control === connection, !abandoned else { return }
        drop()
        wake()
    }

    private func drop() {
        guard control != nil else { return }
        listener?.cancel()
        (control, listener) = (nil, nil)
        say(.connectionLost)
    }

    private func takeLease(_ control: Connection, _ now: Date) async throws {
        lease = try await Lease.take(
            queues: work.queues.keys.sorted(), registry: registry, host: settings.host,
            processID: Int(ProcessInfo.processInfo.processIdentifier), now: now, seconds: settings.lease.inSeconds,
            in: control)
        work.nextBeat = now.addingTimeInterval(settings.lease.inSeconds / 3)
        // Those who enqueued before this statement committed didn't notify.
        for name in work.queues.keys {
            work.queues[name]?.aftercare = Aftercare(now: .now, until: settings.fallbackTick)
        }
    }

    /// Renews the lease when a third of it has passed, or at once when a cancellation was announced.
    private func beat(_ control: Connection, _ now: Date) async throws {
        guard var lease, now >= work.nextBeat || work.beatNow || lease.until > now + settings.lease.inSeconds else {
            return
        }
        work.beatNow = false
        guard
            let cancelled = try await lease.renew(
                holding: work.held, now: now, seconds: settings.lease.inSeconds, in: control)
        else {
            // A rescuer took our jobs. What still runs will be fenced off; it needn't go on.
            logger.warning("The engine's lease was lost.", metadata: ["engine.id": "\(lease.engine)"])
            self.lease = nil
            dropAll()
            say(.leaseLost)
            try await takeLease(control, now)
            return
        }
        self.lease = lease
        work.nextBeat = now.addingTimeInterval(settings.lease.inSeconds / 3)
        for (id, reason) in cancelled { cancel(id, reason: reason) }
    }

    /// What doesn't need to be done at once: rescue, partitions, and a look everywhere in case a notification was lost.
    private func tick(_ control: Connection, _ now: Date, _ leaseNow: Date) async throws {
        let rescued = try await Lease.rescue(now: leaseNow, in: control)
        if !rescued.isEmpty { metrics.rescued(rescued.count) }
        tell(rescued, "A job was rescued from an engine that stopped.", EngineEvent.rescued)
        try await handBackUnheard(control, now)
        try await tidy(control, now)
        work.schedules = try await schedules.due(in: control, calendar: calendar(), clock: clock)
        try await measure(control)
        work.lookEverywhere()
        work.lookAtLimits = true
        say(.ticked)
    }

    /// Depth and age of the queues, over the first 10,000 waiting rows of each, so that it costs the same in every state.
    private func measure(_ control: Connection) async throws {
        for queue in work.queues.keys {
            let row = try await control.one(
                """
                SELECT count(*) AS depth, min(run_at) AS oldest FROM (
                    SELECT run_at FROM jobs.job WHERE queue = \(queue) AND stage = 'ready' AND owner IS NULL LIMIT 10000) AS waiting
                """)
            let (depth, oldest): (Int, Date?) = (try row["depth"], try row["oldest"])
            let age = oldest.map { clock.now().timeIntervalSince($0) } ?? 0
            metrics.waiting(queue: queue, depth: depth, oldestSeconds: age)
        }
        metrics.running(work.workers)
    }

    /// Begins to fire what is due, beside the look: it takes a connection of the pool, and others may hold them all.
    private func fireSchedules(_ now: Date) {
        for schedule in schedules.all where !work.firing.contains(schedule.name) {
            guard let due = work.schedules[schedule.name], due <= now else { continue }
            let calendar = calendar()
            // Until the next tick nothing but success asks again, so that a schedule which fails can't spin.
            work.schedules[schedule.name] = nil
            work.firing.insert(schedule.name)
            Task {
                let result: Result<[Firing], any Error>
                do {
                    let fired = try await pool.transaction { transaction in
                        try await Schedules.fire(schedule, in: transaction, now: now, calendar: calendar)
                    }
                    result = .success(fired)
                } catch {
                    result = .failure(error)
                }
                fired(schedule, result, now, calendar)
            }
        }
    }

    private func fired(
        _ schedule: Schedule, _ result: Result<[Firing], any Error>, _ now: Date, _ calendar: WorkingCalendar
    ) {
        guard !abandoned else { return }
        work.firing.remove(schedule.name)
        switch result {
        case .success(let fired):
            metrics.fired(schedule.name, fired.count)
            for firing in fired { say(.fired(firing)) }
            // The notification of what they made may still be on its way: until that is looked for, we aren't idle.
            if !fired.isEmpty { work.lookEverywhere() }
            let reached = schedule.catchUp == .all ? fired.last?.instant ?? now : now
            work.schedules[schedule.name] = schedule.next(after: reached, calendar: calendar)?.instant
        case .failure(let error):
            logger.error(
                "A schedule couldn't fire.", metadata: ["schedule": "\(schedule.name)", "error": "\(error)"])
        }
        wake()
    }

    /// Arms the alarm to the earliest thing that is due, on whichever clock.
    private func arm() {
        let (now, leaseNow) = (clock.now(), leaseClock.now())
        var delay = work.nextTick.timeIntervalSince(leaseNow)
        delay = min(delay, work.nextBeat.timeIntervalSince(leaseNow), settings.fallbackTick.inSeconds)
        for queue in work.queues.values {
            if let deadline = queue.desk.nextDeadline { delay = min(delay, deadline.timeIntervalSince(leaseNow)) }
            // What waits for a worker who seemed to be done soon.
            let (waiting, workers, _) = queue.desk.counts
            if waiting > 0 {
                let mayHire = work.capacity(of: queue, settings: settings) > workers
                delay = min(delay, (mayHire ? QueueState.patience : QueueState.stranding).inSeconds)
            }
            if let aftercare = queue.aftercare { delay = min(delay, (aftercare.next - .now).inSeconds) }
        }
        // Somebody had the row of an end locked.
        if !work.unsettled.isEmpty { delay = min(delay, 0.1) }
        if let stopping {
            delay = min(delay, stopping.timeIntervalSince(leaseNow))
        } else {
            for time in work.queues.values.compactMap(\.notBefore) { delay = min(delay, time.timeIntervalSince(now)) }
            if let due = work.nextDue {
                delay = min(delay, max(due.timeIntervalSince(now), (work.nextAdvance - .now).inSeconds))
            }
            if let due = work.schedules.values.min() { delay = min(delay, due.timeIntervalSince(now)) }
        }
        if let troubledUntil {
            delay = (troubledUntil - ContinuousClock.now).inSeconds
        }
        alarm.set(inSeconds: delay)
    }
}
