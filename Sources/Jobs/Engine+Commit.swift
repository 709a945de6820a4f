import Postgres

/// A job that is done, with the transaction in which its effect and its completion are still to be committed.
struct Unsent: Sendable {
    let claim: Claim
    let run: Desk.Run
    let transaction: UnsentTransaction
}

/// Committing the transactions of which nothing had to be sent while their jobs ran: many in one round trip, each for
/// itself.
extension Engine {
    /// Groups on their way at once: the server works on one while the other is made up and taken in.
    private static let groups = 2
    /// Transactions of a group at most: those behind a slow one wait for it.
    private static let groupSize = 32
    /// How long a statement of theirs may take.
    private static let patience = Duration.milliseconds(50)

    /// Sends what is there, beside the next claim. While groups are on their way, the next ones gather.
    func commitUnsent() {
        while work.committing.count < Self.groups, !work.unsent.isEmpty {
            let group = Array(work.unsent.prefix(Self.groupSize))
            work.unsent.removeFirst(group.count)
            work.groupsSent += 1
            let number = work.groupsSent
            work.committing[number] = group
            Task {
                let result: Result<[UnsentTransaction.Ending], any Error>
                do {
                    result = .success(try await pool.commit(group.map(\.transaction), within: Self.patience))
                } catch {
                    result = .failure(error)
                }
                committed(number, result)
            }
        }
    }

    private func committed(_ number: Int, _ result: Result<[UnsentTransaction.Ending], any Error>) {
        guard !abandoned, let group = work.committing.removeValue(forKey: number) else { return }
        // What was on its way when the lease was lost is fenced off by its own statements.
        switch result {
        case .success(let endings):
            for (unsent, ending) in zip(group, endings) { take(unsent, ending) }
            let untried = zip(group, endings).filter { if case .untried = $1 { true } else { false } }
            work.unsent.insert(contentsOf: untried.map(\.0), at: 0)
        case .failure(let error):
            for unsent in group { fail(unsent, error) }
        }
        wake()
    }

    private func take(_ unsent: Unsent, _ ending: UnsentTransaction.Ending) {
        switch ending {
        case .committed: settled(unsent.claim, .done)
        case .failed(let error): fail(unsent, error)
        case .undone:
            // A worker goes on with it, as long as it takes.
            slowKinds.note(unsent.claim.kind)
            work.queues[unsent.claim.queue]?.desk.putFirst(Claim(unsent.claim, unsent: unsent.transaction))
        case .untried: break
        }
    }

    private func fail(_ unsent: Unsent, _ error: any Error) {
        let known = error as? PostgresError
        guard known?.sqlState != Settlement.leaseLost else { return say(.fenced(unsent.claim.id)) }
        // It may be done now, and after a crash of the server ours again without our knowledge.
        if known?.code == .outcomeUnknown { work.unheardClaims = 2 }
        work.unsettled.append((unsent.claim, settlement(of: unsent.run, after: error, false)))
    }
}
