import Postgres

/// A job that is done, with the transaction in which its effect and its completion are still to be committed.
struct Unsent: Sendable {
    let claim: Claim
    var run: Desk.Run
    let transaction: UnsentTransaction
}

/// Transactions on their way.
struct Group {
    var members: [Unsent]
    let task: Task<Void, Never>
}

/// Committing the transactions of which nothing had to be sent while their jobs ran: many in one round trip, each for
/// itself.
extension Engine {
    /// Groups on their way at once: the server works on one while the other is made up and taken in.
    private static let groups = 2
    /// Transactions of a group at most.
    private static let groupSize = 32
    /// How many of them tell that their kind is slow: with fewer it may be the disk.
    private static let many = 4

    /// Sends what is there, beside the next claim. While groups are on their way, the next ones gather.
    func commitUnsent() {
        while work.committing.count < Self.groups, !work.unsent.isEmpty {
            let members = Array(work.unsent.prefix(Self.groupSize))
            work.unsent.removeFirst(members.count)
            work.groupsSent += 1
            let number = work.groupsSent
            let task = Task {
                let begun = ContinuousClock.now
                let result: Result<[UnsentTransaction.Ending], any Error>
                do {
                    result = .success(
                        try await pool.commit(members.map(\.transaction), within: settings.groupPace.statement))
                } catch {
                    result = .failure(error)
                }
                committed(number, result, each: (ContinuousClock.now - begun) / members.count)
            }
            work.committing[number] = Group(members: members, task: task)
        }
    }

    private func committed(
        _ number: Int, _ result: Result<[UnsentTransaction.Ending], any Error>, each duration: Duration
    ) {
        // What was on its way when the lease was lost is fenced off by its own statements.
        guard !abandoned, let group = work.committing.removeValue(forKey: number)?.members else { return }
        if duration > settings.groupPace.each, group.count >= Self.many {
            for kind in Set(group.map(\.claim.kind)) { separate(kind) }
        }
        switch result {
        case .success(let endings):
            var untried: [Unsent] = []
            for (unsent, ending) in zip(group, endings) {
                switch ending {
                case .committed: settled(unsent.claim, .done)
                case .failed(let error): fail(unsent, error, isAlone: group.count == 1)
                case .undone:
                    separate(unsent.claim.kind)
                    goOn(unsent)
                case .untried: untried.append(unsent)
                }
            }
            for unsent in untried.reversed() { goOn(unsent) }
        case .failure(let error):
            for unsent in group { fail(unsent, error, isAlone: group.count == 1) }
        }
        wake()
    }

    /// Leaves jobs of a kind to workers, as long as they take: those to come, and those that wait for their group.
    private func separate(_ kind: String) {
        slowKinds.note(kind)
        let others = work.unsent.filter { $0.claim.kind == kind }
        work.unsent.removeAll { $0.claim.kind == kind }
        for unsent in others.reversed() { goOn(unsent) }
    }

    private func goOn(_ unsent: Unsent) {
        if let reason = unsent.run.cancelReason {
            work.unsettled.append((unsent.claim, .cancelled(reason: reason)))
        } else if slowKinds.contains(unsent.claim.kind) {
            work.queues[unsent.claim.queue]?.desk.putFirst(unsent.claim, committing: unsent.transaction)
        } else {
            work.unsent.insert(unsent, at: 0)
        }
    }

    private func fail(_ unsent: Unsent, _ error: any Error, isAlone: Bool) {
        let known = error as? PostgresError
        if known?.code == .outcomeUnknown {
            // It may be done now, and after a crash of the server ours again without our knowledge. It may also be what
            // cut the connection: the next attempts endanger no others.
            work.unheardClaims = 2
            slowKinds.note(unsent.claim.kind)
            // An attempt is counted for who is alone with the blame.
            if !isAlone {
                work.unsettled.append((unsent.claim, .released))
                return
            }
        } else if known?.isForWantOfConnection == true {
            work.unsettled.append((unsent.claim, .released))
            return
        } else if known?.sqlState == Settlement.leaseLost {
            fenced(unsent.claim)
            return
        }
        work.unsettled.append((unsent.claim, settlement(of: unsent.run, after: error, false)))
    }

    /// Cancels a job whose transaction has not committed. Returns false where there is none.
    func cancelUnsent(_ id: JobID, reason: String) -> Bool {
        if let position = work.unsent.firstIndex(where: { $0.claim.id == id }) {
            work.unsettled.append((work.unsent.remove(at: position).claim, .cancelled(reason: reason)))
            return true
        }
        // On its way it may commit all the same.
        for (number, group) in work.committing {
            guard let position = group.members.firstIndex(where: { $0.claim.id == id }) else { continue }
            work.committing[number]?.members[position].run.cancelReason = reason
            return true
        }
        return false
    }
}
