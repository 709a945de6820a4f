import Contract
import Synchronization

/// What a running command says about itself for its leaf.
final class AuditNotes: Sendable {
    struct Notes: Sendable {
        fileprivate(set) var subjects: Set<String> = []
        fileprivate(set) var facts: [String: JSONValue] = [:]
        /// Of things that are in no watched table.
        fileprivate(set) var changes: [RowChange] = []
    }

    private let notes = Mutex(Notes())

    func add(subject: String) {
        notes.withLock { _ = $0.subjects.insert(subject) }
    }

    func add(fact name: String, _ value: JSONValue) {
        notes.withLock { $0.facts[name] = value }
    }

    func add(_ change: RowChange) {
        notes.withLock { $0.changes.append(change) }
    }

    /// What was said so far.
    var snapshot: Notes { notes.withLock { $0 } }

    func restore(_ earlier: Notes) {
        notes.withLock { $0 = earlier }
    }
}
