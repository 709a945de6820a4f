import Dispatch
import Synchronization

// Lending and taking back. Decisions are `PoolState`'s; continuations are resumed and connections opened outside the
// lock.
extension Pool {
    /// A connection that is alive, as far as its socket tells: those found dead are replaced.
    func lend(at place: Place) async throws -> Lease {
        while true {
            guard !Task.isCancelled else { throw PostgresError(.cancelled, "the task was cancelled").at(place) }
            let lease: Lease
            do {
                lease = try await next()
            } catch let error as PostgresError {
                throw error.at(place)
            }
            if await lease.connection.check() { return lease }
            giveBack(lease)
        }
    }

    private func next() async throws -> Lease {
        let waiter = guarded.withLock { $0.state.newWaiter() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { request($0, as: waiter) }
        } onCancel: {
            leave(waiter)
        }
    }

    private func request(_ continuation: CheckedContinuation<Lease, any Error>, as waiter: PoolState.WaiterID) {
        let request = guarded.withLock { guarded in
            let request = guarded.state.request(waiter, now: .now)
            if case .wait = request { guarded.waiters[waiter] = continuation }
            return request
        }
        switch request {
        case .lend(let id): continuation.resume(returning: lease(id))
        case .refuse: continuation.resume(throwing: PostgresError(.poolClosed, "the pool is closed"))
        case .wait(let new):
            if let new { open(new) }
            setTimer()
            // The handler may have run before the waiter was put down.
            if Task.isCancelled { leave(waiter) }
        }
    }

    private func leave(_ waiter: PoolState.WaiterID) {
        let continuation = guarded.withLock { guarded in
            guarded.state.leave(waiter) ? guarded.waiters.removeValue(forKey: waiter) : nil
        }
        continuation?.resume(throwing: PostgresError(.cancelled, "the task was cancelled while it waited"))
    }

    func giveBack(_ lease: Lease) {
        // It was taken back, and another may be in its place.
        guard guarded.withLock({ $0.state.used.contains(lease.id) }) else { return }
        if lease.connection.wasSilent.load(ordering: .acquiring) { dropIdle() }
        switch lease.connection.health.load(ordering: .acquiring) {
        // What was never sent is not for the next user either.
        case .idle where lease.connection.pending.withLock(\.isEmpty): free(lease.id, lease.connection)
        case .idle, .occupied, .lost: drop(lease)
        }
    }

    private func free(_ id: PoolState.ConnectionID, _ connection: Connection) {
        let (isKept, waiter) = guarded.withLock { guarded in
            switch guarded.state.free(id) {
            case .keep:
                guarded.connections[id] = connection
                return (true, CheckedContinuation<Lease, any Error>?.none)
            case .lend(_, let waiter):
                guarded.connections[id] = connection
                return (true, guarded.waiters.removeValue(forKey: waiter))
            case .close:
                guarded.connections[id] = nil
                return (false, nil)
            }
        }
        waiter?.resume(returning: Lease(id: id, connection: connection))
        if !isKept { Task { await connection.close() } }
    }

    func drop(_ lease: Lease) {
        let replacement = guarded.withLock { guarded in
            guarded.connections[lease.id] = nil
            return guarded.state.drop(lease.id)
        }
        Task { await lease.connection.close() }
        if let new = replacement.open { open(new) }
    }

    /// One connection found the server silent: who comes next isn't to find it out anew.
    private func dropIdle() {
        let (closed, new) = guarded.withLock { guarded in
            let (ids, new) = guarded.state.dropIdle()
            return (ids.compactMap { guarded.connections.removeValue(forKey: $0) }, new)
        }
        for connection in closed { Task { await connection.close() } }
        if let new { open(new) }
    }

    /// Opens in a task of its own, so that a waiter who gives up doesn't stop what others wait for.
    private func open(_ id: PoolState.ConnectionID) {
        Task {
            do {
                free(id, try await Connection.open(settings, logger: logger))
            } catch {
                let (replacement, waiter) = guarded.withLock { guarded in
                    let replacement = guarded.state.openFailed(id)
                    return (replacement, replacement.fail.flatMap { guarded.waiters.removeValue(forKey: $0) })
                }
                waiter?.resume(throwing: error)
                if let new = replacement.open { open(new) }
            }
        }
    }

    private func lease(_ id: PoolState.ConnectionID) -> Lease {
        Lease(id: id, connection: guarded.withLock { $0.connections[id]! })
    }

    /// One timer serves all waiters: their deadlines stand in the order of their coming.
    private func setTimer() {
        let wait: Duration? = guarded.withLock { guarded in
            guard !guarded.isTimerSet, let deadline = guarded.state.nextDeadline else { return nil }
            guarded.isTimerSet = true
            return max(.zero, ContinuousClock.now.duration(to: deadline))
        }
        guard let wait else { return }
        let (seconds, attoseconds) = wait.components
        let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000 + 1
        queue.asyncAfter(deadline: .now() + .nanoseconds(Int(nanoseconds))) { [weak self] in self?.expire() }
    }

    private func expire() {
        let expired = guarded.withLock { guarded in
            guarded.isTimerSet = false
            return guarded.state.expire(now: .now).compactMap { guarded.waiters.removeValue(forKey: $0) }
        }
        for waiter in expired {
            waiter.resume(throwing: PostgresError(.poolTimeout, "no connection became free in time"))
        }
        setTimer()
    }
}
