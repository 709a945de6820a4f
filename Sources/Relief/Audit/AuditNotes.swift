import Contract
import Synchronization

/// What a running command says about itself for its leaf.
final class AuditNotes: Sendable {
    struct Notes: Sendable {
        fileprivate var subjects: Set<String> = []
        fileprivate var facts: [String: JSONValue] = [:]
    }

    private let notes = Mutex(Notes())

    func add(subject: String) {
        notes.withLock { _ = $0.subjects.insert(subject) }
    }

    func add(fact name: String, _ value: JSONValue) {
        notes.withLock { $0.facts[name] = value }
    }

    /// What was said so far, to go back to.
    var snapshot: Notes { notes.withLock { $0 } }

    func restore(_ earlier: Notes) {
        notes.withLock { $0 = earlier }
    }

    var subjects: [String] { notes.withLock { $0.subjects.sorted() } }
    var facts: [String: JSONValue] { notes.withLock { $0.facts } }
}
