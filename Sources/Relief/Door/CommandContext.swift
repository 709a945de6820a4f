package import Contract
package import FoundationEssentials
package import Postgres
import Synchronization
package import WorkingDays

/// What every operation has at hand: one transaction, one time, who asks.
package protocol OperationContext: Sendable {
    var transaction: Transaction { get }
    var principal: Principal { get }
    /// The one time of the transaction (UTC, microseconds).
    var now: Date { get }
    var door: Door { get }
}

extension OperationContext {
    /// The civil day of `now` in China.
    package var today: Day { Day(now) }
    package var vault: Vault { door.vault }

    /// Looks over the whole tree, for the few checks whose verdict must count what the asker may not see: duplicates, a
    /// parent's funds and parameters. Nothing but the verdict may leave it. Also for an act on what was found in the asker's
    /// own subtree: whoever may act on a run, a notice or a case acts on all of it, wherever the unions in it stand today.
    package func seeingAll<R>(_ body: (Transaction) async throws -> R) async throws -> R {
        let scope: String = try await transaction.value("SELECT coalesce(current_setting('relief.scope', true), '')")
        try await transaction.execute("SELECT set_config('relief.scope', '{\"\"}', true)")
        let result = try await body(transaction)
        try await transaction.execute("SELECT set_config('relief.scope', \(scope), true)")
        return result
    }
}

/// What a command works with; what it changes, notes and enqueues commits together or not at all.
package final class CommandContext: OperationContext {
    package let transaction: Transaction
    package let principal: Principal
    package let now: Date
    package let door: Door
    let notes: AuditNotes
    private let files = Mutex<[Data]>([])
    private let clashes = Mutex<[Clash]>([])

    init(transaction: Transaction, principal: Principal, now: Date, door: Door) {
        (self.transaction, self.principal, self.now, self.door) = (transaction, principal, now, door)
        notes = AuditNotes()
    }

    /// Keeps an evidence file where the command commits, and gives its SHA-256: what is tried out or refused leaves none.
    func keep(_ content: Data) -> String {
        files.withLock { $0.append(content) }
        return EvidenceStore.name(of: content)
    }

    /// Has a clash with what the asker may not know of kept, whether the command is refused for it or not.
    func met(_ clash: Clash) {
        clashes.withLock { $0.append(clash) }
    }

    /// The refusal of what clashes with something that the asker may not know of, and has the clash kept.
    func waits(
        _ kind: ConfirmationKind, _ asked: String, own: String, other: String, field: String?
    ) -> Refusal {
        met(Clash(kind, asked: asked, own: own, other: other))
        return Clash.refusal(asked, field: field)
    }

    /// Keeps the clashes that were met; gives what the asker is told of the first.
    func keepClashes() async throws -> Refusal? {
        let met = clashes.withLock { $0 }
        for clash in met { try await clash.keep(in: self) }
        return met.first.map { Clash.refusal($0.asked, field: nil) }
    }

    /// Writes what the command keeps. Before its COMMIT: a row without a file would be a hole, a file without a row is only
    /// an orphan.
    func writeFiles() throws {
        for content in files.withLock({ $0 }) { _ = try door.evidence.store(content) }
    }

    /// Carries out a part that may fail alone: when it throws, what it changed and said is taken back, and a law of the
    /// database that it hit becomes a refusal.
    package func attempt<R>(_ body: () async throws -> R) async throws -> R {
        let before = notes.snapshot
        do {
            return try await transaction.savepoint { _ in try await body() }
        } catch {
            notes.restore(before)
            throw (error as? PostgresError).flatMap({ refusal(of: $0) }) ?? error
        }
    }

    /// The refusal that a law of the database means, told as far as the asker may know; nil for a failure.
    func refusal(of error: PostgresError) -> Refusal? {
        switch error.sqlState {
        case "RR001": waits(.role, error, field: "role") ?? DatabaseRefusal.of(error)
        case "RR012": waits(.archive, error, field: "household") ?? DatabaseRefusal.of(error)
        default: DatabaseRefusal.of(error)
        }
    }

    /// The refusal where a law of the database met something in a union that the asker may not know of. Such a law's detail
    /// names what was asked for, its union and the other's.
    func waits(
        _ kind: ConfirmationKind, _ error: PostgresError, field: String?, asked: (String) -> String = { $0 }
    ) -> Refusal? {
        let place = error.detail?.split(separator: " ").map(String.init) ?? []
        guard place.count == 3, !principal.mayKnow(place[2]) else { return nil }
        return waits(kind, asked(place[0]), own: place[1], other: place[2], field: field)
    }

    /// Names what the command is about, so that its place in the log is found by it: a case, run or fund number; never
    /// personal data.
    package func concerns(_ subject: String) {
        notes.add(subject: subject)
    }

    /// Says of something in no watched table (a queue, a job, the clock) what it was and became; never personal data.
    package func changed(
        _ table: String, _ row: String, from old: [String: JSONValue] = [:], to new: [String: JSONValue]
    ) {
        let fields = Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }
        guard !fields.isEmpty else { return }
        notes.add(
            RowChange(
                table: table, row: row, op: old.isEmpty ? .insert : .update, person: nil,
                fields: Dictionary(
                    uniqueKeysWithValues: fields.map { ($0, RowChange.Field(old: old[$0], new: new[$0])) })))
    }

    /// Puts a public fact in the leaf: amounts in fen, states, codes, digests; never personal data.
    package func note(_ name: String, _ value: JSONValue) {
        notes.add(fact: name, value)
    }
}

/// What a query reads with; its transaction is read-only.
package struct QueryContext: OperationContext {
    package let transaction: Transaction
    package let principal: Principal
    package let now: Date
    package let door: Door
    let notes: AuditNotes

    /// Names what a disclosure is about, for its leaf.
    package func concerns(_ subject: String) {
        notes.add(subject: subject)
    }

    /// Says in its leaf what was disclosed: digests, ids; never personal data.
    package func note(_ name: String, _ value: JSONValue) {
        notes.add(fact: name, value)
    }
}
