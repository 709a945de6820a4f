import Contract
import Synchronization

/// What a running command says about itself for its leaf.
final class AuditNotes: Sendable {
    private struct Notes {
        var subjects: Set<String> = []
        var facts: [String: JSONValue] = [:]
    }

    private let notes = Mutex(Notes())

    func add(subject: String) {
        notes.withLock { _ = $0.subjects.insert(subject) }
    }

    func add(fact name: String, _ value: JSONValue) {
        notes.withLock { $0.facts[name] = value }
    }

    var subjects: [String] { notes.withLock { $0.subjects.sorted() } }
    var facts: [String: JSONValue] { notes.withLock { $0.facts } }
}
