import Contract
import FoundationEssentials
import Logging
import Postgres
import Synchronization
import WorkingDays

/// What was tried at the door by somebody who may not, or whom nobody knows: it leaves a leaf, however often it is tried.
///
/// The first attempt of an actor is written at once, the others are counted and written together, at most one leaf for each
/// actor and pause: whoever hammers at the door fills no log.
final class RefusedAttempts: Sendable {
    /// Who tried: a user with a credential, or somebody unknown with a kind of credential.
    struct Actor: Hashable, Sendable {
        let principal: Principal
        /// Set where the credential is nobody's.
        var isUnknown = false

        static func == (one: Actor, other: Actor) -> Bool {
            (one.principal.user, one.principal.credential) == (other.principal.user, other.principal.credential)
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(principal.user)
            hasher.combine(principal.credential)
        }
    }

    struct Count: Sendable {
        var operations: [String: Int64] = [:]
        var refusal: Refusal

        mutating func add(_ operation: String, _ refusal: Refusal) {
            operations[operation, default: 0] += 1
            self.refusal = refusal
        }
    }

    private struct State {
        var waiting: [Actor: Count] = [:]
        var written: [Actor: ContinuousClock.Instant] = [:]
    }

    private let state = Mutex(State())
    private let pause: Duration
    private let now: @Sendable () -> ContinuousClock.Instant

    init(pause: Duration = .seconds(10), now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        (self.pause, self.now) = (pause, now)
    }

    /// Counts an attempt, and gives what is to be written at once.
    func add(_ operation: String, _ refusal: Refusal, by actor: Actor) -> Count? {
        state.withLock { state in
            state.waiting[actor, default: Count(refusal: refusal)].add(operation, refusal)
            return take(actor, from: &state)
        }
    }

    /// Everything whose pause is over, or (at the end) that is there.
    func due(all: Bool = false) -> [(Actor, Count)] {
        state.withLock { state in
            let due = state.waiting.keys.compactMap { actor in
                (all ? state.waiting.removeValue(forKey: actor) : take(actor, from: &state)).map { (actor, $0) }
            }
            let time = now()
            state.written = state.written.filter { $0.value.advanced(by: pause) > time }
            return due
        }
    }

    /// Takes back what couldn't be written.
    func putBack(_ count: Count, of actor: Actor) {
        state.withLock { state in
            var sum = state.waiting[actor] ?? Count(refusal: count.refusal)
            sum.operations.merge(count.operations, uniquingKeysWith: +)
            state.waiting[actor] = sum
        }
    }

    private func take(_ actor: Actor, from state: inout State) -> Count? {
        let time = now()
        if let last = state.written[actor], last.advanced(by: pause) > time { return nil }
        guard let count = state.waiting.removeValue(forKey: actor) else { return nil }
        state.written[actor] = time
        return count
    }
}

extension Door {
    /// Writes what was refused since the last leaf of its actor; at the end of a daemon all of it.
    package func writeRefusedAttempts(all: Bool = false) async {
        for (actor, count) in refusedAttempts.due(all: all) { await write(count, of: actor) }
    }

    /// Notes that somebody tried what he or she may not, and gives the refusal to answer with.
    func noted(_ refusal: Refusal, of operation: String, by actor: RefusedAttempts.Actor) async -> Refusal {
        if let count = refusedAttempts.add(operation, refusal, by: actor) { await write(count, of: actor) }
        return refusal
    }

    private func write(_ count: RefusedAttempts.Count, of actor: RefusedAttempts.Actor) async {
        do {
            try await pool.transaction { transaction in
                transaction.onCommit(self.committed)
                let tried = count.operations.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
                let call = Call(attempt: tried.first?.key ?? "", principal: actor.principal, vault: self.vault)
                let notes = AuditNotes()
                notes.add(fact: "times", .int(count.operations.values.reduce(0, +)))
                if tried.count > 1 { notes.add(fact: "operations", .object(count.operations.mapValues { .int($0) })) }
                if actor.isUnknown { notes.add(fact: "unknown", true) }
                try await AuditTrail.append(
                    call, notes: notes.snapshot, at: self.clock.now(), scope: actor.principal.grants.map(\.path),
                    refused: count.refusal, vault: self.vault, in: transaction)
            }
        } catch {
            // The refusal stands; what was counted waits for the next time.
            refusedAttempts.putBack(count, of: actor)
            logger.warning("audit.refusal.unwritten", metadata: ["error": "\(error)"])
        }
    }
}
