package import Contract
package import FoundationEssentials
package import Logging
package import Postgres
package import WorkingDays

/// The one door: whatever changes anything comes through here, from the API, the CLI, an import or a job.
///
/// Authorise by subtree, claim the idempotency key, run, audit, commit: one transaction. A refusal is kept under its key
/// and stays refused (G5); a lost reply is answered again by the key (G8).
package final class Door: Sendable {
    package let pool: Pool
    package let clock: any Clock
    package let vault: Vault
    package let evidence: EvidenceStore
    package let auditLog: AuditLog
    /// The statements of `sql/checks` by name: each returns the rows that break a law.
    package let laws: [String: String]
    /// Folder through which files go to the bank (`to-bank`) and come from it (`from-bank`); nil: by hand only.
    package let bankFolder: URL?
    package let handlers: [String: Handler]
    /// Whether what is committed is sealed, too; nil where nobody seals.
    package let standing: LogStanding?
    /// How everything stands that the daemon stands on.
    package let health: @Sendable () async -> [DoctorCheck]
    /// Called after each commit that left something to seal or to run.
    let committed: @Sendable () -> Void
    let refusedAttempts: RefusedAttempts
    let logger: Logger

    /// How often a command is run again when PostgreSQL ended it for a conflict with another (40001, 40P01).
    private static let attempts = 4

    package init(
        pool: Pool, clock: any Clock, vault: Vault, evidence: EvidenceStore, auditLog: AuditLog, laws: [String: String],
        bankFolder: URL? = nil, standing: LogStanding? = nil, handlers: [Handler] = Handler.all,
        health: @escaping @Sendable () async -> [DoctorCheck] = { [] }, logger: Logger = Logger(label: "relief.door"),
        committed: @escaping @Sendable () -> Void = {}
    ) {
        refusedAttempts = RefusedAttempts()
        self.logger = logger
        (self.pool, self.clock, self.vault, self.evidence) = (pool, clock, vault, evidence)
        (self.auditLog, self.laws, self.health) = (auditLog, laws, health)
        (self.bankFolder, self.standing) = (bankFolder, standing)
        self.committed = {
            standing?.committed()
            committed()
        }
        self.handlers = Dictionary(uniqueKeysWithValues: handlers.map { ($0.operation.name, $0) })
    }

    /// Carries out a command. Without a key the call is its own, and can't be asked again.
    ///
    /// Throws a `Refusal` where the rules say no, and where the reply of COMMIT was lost (`unavailable`: ask again with the
    /// same key, and the first answer comes).
    package func perform<C: Executable>(
        _ command: C, as principal: Principal, key: String? = nil, dryRun: Bool = false
    ) async throws -> C.Reply {
        try await carryOut(command, as: principal, key: key, dryRun: dryRun).reply()
    }

    /// The same, with the reply in the bytes in which it is kept.
    func respond<C: Executable>(
        to command: C, as principal: Principal, key: String?, dryRun: Bool
    ) async throws -> Data {
        try await carryOut(command, as: principal, key: key, dryRun: dryRun).bytes
    }

    private func carryOut<C: Executable>(
        _ command: C, as principal: Principal, key: String?, dryRun: Bool
    ) async throws -> Answered<C.Reply> {
        if dryRun && !C.allowsDryRun {
            throw Refusal(
                .invalid,
                Phrase(
                    "“\(C.name)” can't be tried out: its answer is its effect.",
                    "“\(C.name)”不能试办：其答复本身就是结果。"), field: "Relief-Dry-Run")
        }
        let scope = try await scope(of: C.self, principal)
        if !dryRun { try requireSealed() }
        let call = try Call(command, principal: principal, key: key, vault: vault)
        var attempt = 1
        while true {
            do {
                return try await pool.transaction { transaction in
                    transaction.onCommit(self.committed)
                    let outcome = try await self.run(command, call, scope: scope, dryRun: dryRun, in: transaction)
                    if dryRun { throw DryRun(outcome: outcome) }
                    return outcome.result
                }.get()
            } catch let dry as DryRun<C.Reply> {
                // It leaves nothing but that it met what the asker may not know of: nobody looks for codes and logins unseen.
                if let clash = dry.outcome.clash {
                    _ = await noted(clash, of: C.name, by: .init(principal: principal))
                }
                return try dry.outcome.result.get()
            } catch let error as PostgresError where error.isConflict && attempt < Self.attempts {
                attempt += 1
            } catch let error as PostgresError where error.code == .outcomeUnknown {
                throw Refusal(
                    .unavailable,
                    Phrase(
                        "The database went away while it committed: ask again with the key \(call.key) to learn what happened.",
                        "提交时数据库中断：请用幂等键 \(call.key) 再问一次，以确认结果。")
                )
            }
        }
    }

    /// Carries out a command inside a job's transaction, so that effect and completion commit together.
    package func perform<C: Executable>(
        _ command: C, as principal: Principal, key: String, in transaction: Transaction
    ) async throws -> C.Reply {
        let scope = try authorise(C.self, principal)
        try requireSealed()
        transaction.onCommit(committed)
        return try await run(
            command, Call(command, principal: principal, key: key, vault: vault), scope: scope, dryRun: false,
            in: transaction
        )
        .result.get().reply()
    }

    /// Carries out a request of any operation that there is a handler for, and gives the reply as JSON.
    package func respond(to request: OperationRequest, as principal: Principal) async throws -> Data {
        guard let handler = handlers[request.operation.name] else {
            throw Refusal.notFound(
                Phrase("reliefd can't do “\(request.operation.name)” yet.", "reliefd 尚不能办理“\(request.operation.name)”。")
            )
        }
        return try await handler.respond(request, principal, self)
    }

    /// Answers a query from one snapshot, in the subtrees where the asker holds its permission.
    package func answer<Q: Answerable>(_ query: Q, as principal: Principal) async throws -> Q.Reply {
        let scope = try await scope(of: Q.self, principal)
        if Q.self is any Disclosure.Type { try requireSealed() }
        let disclosed =
            Q.self is any Disclosure.Type ? try Call(query, principal: principal, key: nil, vault: vault) : nil
        return try await pool.transaction(disclosed == nil ? .readOnly : .readWrite) { transaction in
            try await self.enter(transaction, as: principal, scope: scope, event: disclosed?.event)
            let context = QueryContext(
                transaction: transaction, principal: principal, now: self.clock.now(), door: self, notes: AuditNotes())
            do {
                let reply = try await query.answer(in: context)
                if let disclosed {
                    try await AuditTrail.append(
                        disclosed, notes: context.notes.snapshot, at: context.now, scope: scope, vault: self.vault,
                        in: transaction)
                    transaction.onCommit(self.committed)
                }
                return reply
            } catch let error as PostgresError {
                throw DatabaseRefusal.of(error) ?? error
            }
        }
    }

    /// Nothing is done that nobody could prove afterwards: while the log isn't sealed, commands and disclosures wait.
    private func requireSealed() throws {
        if let problem = standing?.problem { throw Refusal(.unavailable, problem) }
    }

    /// Refuses who may nowhere do it: before its fields are read.
    package func requirePermission(for operation: any Operation.Type, _ principal: Principal) async throws {
        _ = try await scope(of: operation, principal)
    }

    /// The subtrees in which somebody may do it; that it was tried without stands in the log.
    private func scope(of operation: any Operation.Type, _ principal: Principal) async throws -> [String] {
        do {
            return try authorise(operation, principal)
        } catch let refusal as Refusal {
            throw await noted(refusal, of: operation.name, by: .init(principal: principal))
        }
    }

    private func authorise(_ operation: any Operation.Type, _ principal: Principal) throws -> [String] {
        let scope = principal.scope(for: operation.permission)
        guard !scope.isEmpty || operation.permission == .anyone else {
            throw Refusal(
                .forbidden,
                Phrase(
                    "\(principal.login) may not do “\(operation.name)”: it takes the permission \(operation.permission.rawValue).",
                    "\(principal.login) 无权办理“\(operation.name)”：需要权限 \(operation.permission.rawValue)。")
            )
        }
        guard !operation.governsAll || principal.holdsAtRoot(operation.permission) else {
            throw Refusal(
                .forbidden,
                Phrase(
                    "“\(operation.name)” holds for every union: it takes the permission at the root of the tree.",
                    "“\(operation.name)”对所有工会生效：须在最上级工会拥有该权限。"))
        }
        return scope
    }

    /// Tells PostgreSQL who acts, what this transaction may see, and which command it belongs to.
    private func enter(
        _ transaction: Transaction, as principal: Principal, scope: [String], event: UUID?
    ) async throws {
        try await transaction.execute(
            """
            SELECT set_config('relief.scope', \(Principal.arrayText(scope)), true),
                   set_config('relief.actor', \(principal.actor), true),
                   set_config('relief.event', \(event?.uuidString ?? ""), true),
                   set_config('relief.changes', '', true), set_config('relief.unlisted', '', true),
                   set_config('relief.unions', '', true)
            """)
    }

    /// Everything from entering to the audit event; the caller commits.
    private func run<C: Executable>(
        _ command: C, _ call: Call, scope: [String], dryRun: Bool, in transaction: Transaction
    ) async throws -> Outcome<C.Reply> {
        let now = clock.now()
        try await enter(transaction, as: call.principal, scope: scope, event: call.event)
        if let earlier = try await call.claim(at: now, in: transaction, vault: vault) {
            return Outcome(result: earlier.map { Answered(bytes: Data($0)) })
        }
        let context = CommandContext(transaction: transaction, principal: call.principal, now: now, door: self)
        do {
            let reply = try await transaction.savepoint { _ in try await command.execute(in: context) }
            let clash = try await context.keepClashes()
            try await AuditTrail.append(
                call, notes: context.notes.snapshot, at: now, scope: scope, vault: vault, in: transaction)
            let answered = Answered(bytes: try JSON.encode(reply), made: reply)
            try await call.answer(answered.bytes, in: transaction, vault: vault)
            if !dryRun { try context.writeFiles() }
            return Outcome(result: .success(answered), clash: clash)
        } catch let error where !(error is CancellationError) {
            guard let refusal = error as? Refusal ?? (error as? PostgresError).flatMap({ context.refusal(of: $0) })
            else {
                throw error
            }
            let clash = try await context.keepClashes()
            if refusal.code == .forbidden || clash != nil {
                try await AuditTrail.append(
                    call, notes: context.notes.snapshot, at: now, scope: scope, refused: refusal, vault: vault,
                    in: transaction)
            }
            try await call.refuse(refusal, in: transaction)
            return Outcome(result: .failure(refusal), clash: clash)
        }
    }
}

/// A reply, in the bytes in which it is kept and sent.
private struct Answered<Reply: Codable & Sendable>: Sendable {
    let bytes: Data
    /// nil: it was made by an earlier call.
    var made: Reply?

    func reply() throws -> Reply { try made ?? JSON.decode(Reply.self, from: bytes) }
}

/// What became of a command, and whether it met what the asker may not know of.
private struct Outcome<Reply: Codable & Sendable>: Sendable {
    let result: Result<Answered<Reply>, Refusal>
    var clash: Refusal?
}

/// Carries the outcome of a dry run out of the transaction that it ends.
private struct DryRun<Reply: Codable & Sendable>: Error {
    let outcome: Outcome<Reply>
}

extension PostgresError {
    /// PostgreSQL ended the transaction because of another, or a union moved while it ran (`relief.follow`); running it
    /// again is right.
    fileprivate var isConflict: Bool {
        sqlState == "40001" || sqlState == "40P01"
            || (sqlState == "23503" && constraint?.contains("_follows_") == true)
    }
}
