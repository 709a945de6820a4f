import Synchronization

/// Kinds whose transactions took too long to be committed together with others: the next ones commit by themselves, twice
/// as many each time they are found slow again.
final class SlowKinds: Sendable {
    private struct Turns {
        var left: Int
        let length: Int
    }

    private let turns = Mutex<[String: Turns]>([:])

    func note(_ kind: String) {
        turns.withLock { turns in
            let length = min((turns[kind]?.length ?? 50) * 2, 10_000)
            turns[kind] = Turns(left: length, length: length)
        }
    }

    func contains(_ kind: String) -> Bool { turns.withLock { $0[kind].map { $0.left > 0 } ?? false } }

    /// Whether a job of this kind, about to run, has to commit by itself.
    func takesTurn(_ kind: String) -> Bool {
        turns.withLock { turns in
            guard let left = turns[kind]?.left, left > 0 else { return false }
            turns[kind]?.left = left - 1
            return true
        }
    }
}
