import Synchronization

/// Kinds of which a transaction took too long to be committed together with others: the next ones commit by themselves.
final class SlowKinds: Sendable {
    private let turns = Mutex<[String: Int]>([:])

    func note(_ kind: String) {
        turns.withLock { $0[kind] = 100 }
    }

    func contains(_ kind: String) -> Bool { turns.withLock { $0[kind] != nil } }

    /// Whether a job of this kind, about to run, has to commit by itself.
    func takesTurn(_ kind: String) -> Bool {
        turns.withLock { turns in
            guard let left = turns[kind] else { return false }
            turns[kind] = left > 1 ? left - 1 : nil
            return true
        }
    }
}
