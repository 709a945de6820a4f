import CLibPQ
import Synchronization

/// One message of an exchange.
enum Step {
    case prepare(StatementCache.Key, name: String, SQL)
    case executePrepared(name: String, SQL)
    case executeOnce(SQL)
    case forget(StatementCache.Key, name: String)
}

/// What came back: a result per step up to the first failure, and the loss of the connection if it came in between.
struct Reply {
    var results: [ResultSet] = []
    var error: PostgresError?
    /// The server's routine that raised the error.
    var routine: String?
}

extension Connection: Session {
    public func run(_ sql: SQL, at place: Place) async throws -> ResultSet {
        try await exchange([sql], at: place)[0]
    }

    public func run(pipeline statements: [SQL], at place: Place) async throws -> [ResultSet] {
        statements.isEmpty ? [] : try await exchange(statements, at: place)
    }

    public func run(script: String, at place: Place) async throws {
        try await turn(at: place, statement: script) {
            try await sendPending()
            let reply = try await simple(script)
            if let error = reply.error { throw error }
        }
    }

    /// A statement that must reach its end whatever becomes of the task, as ROLLBACK.
    func runToTheEnd(_ statement: String, at place: Place) async throws -> Reply {
        try await turn(at: place, statement: statement, cancellable: false) { try await simple(statement) }
    }

    /// COMMIT, after what was put off, which a cancelled task stops. The tag is COMMIT's own, nil where it had no answer.
    /// The error is one of the answer.
    func commitPending(at place: Place) async throws -> (tag: String?, error: PostgresError?) {
        let pending = takePending()
        return try await turn(at: place, statement: "COMMIT", cancellable: !pending.isEmpty) {
            let (results, error, _) = try await attempt(committing: pending + ["COMMIT"])
            return (results.count > pending.count ? results.last?.commandTag : nil, error)
        }
    }

    /// Sends, once, a batch in which there are COMMITs. Throws where nothing was sent; every other error is one of the answer.
    /// The caller holds the turn.
    func attempt(committing batch: [SQL]) async throws -> Answer {
        guard state.loss == nil else { throw lossError }
        let warnings = notices.warnings
        do {
            let (results, error, isStale) = try await attempt(batch)
            // A commit whose wait for a standby was given up has happened here, and may be lost with this server: all that
            // the server says of it is a warning.
            if error == nil, state.isCancelled, notices.warnings > warnings {
                let message = "the task was cancelled while COMMIT waited for a standby"
                return ([], PostgresError(.outcomeUnknown, message), false)
            }
            return (results, state.isCancelled && error?.sqlState == "57014" ? error?.cancelled : error, isStale)
        } catch let error as PostgresError {
            return ([], error, false)
        }
    }

    /// Sends what was to go with the next statement, where that one can't take it along. The caller holds the turn.
    func sendPending() async throws {
        _ = try await sendPending(before: [])
    }

    /// What is pending and then these; nil where nothing is pending.
    private func sendPending(before statements: [SQL]) async throws -> [ResultSet]? {
        let pending = takePending()
        guard !pending.isEmpty else { return nil }
        let (results, error, _) = try await attempt(pending + statements)
        guard let error else { return Array(results.dropFirst(pending.count)) }
        // BEGIN itself failed. What the body sends next must not run outside of a transaction.
        if isOutside { abandon() }
        throw error
    }

    func sendPending(at place: Place) async throws {
        try await turn(at: place, statement: nil) { try await sendPending() }
    }

    private func takePending() -> [SQL] { pending.withLock { $0.take() }.inOrder }

    private func exchange(_ statements: [SQL], at place: Place) async throws -> [ResultSet] {
        try await turn(at: place, statement: statements.count == 1 ? statements[0].text : nil) {
            if let results = try await sendPending(before: statements) { return results }
            var isSecondTry = false
            while true {
                let wasIdle = handle.map { PQtransactionStatus($0) == PQTRANS_IDLE } ?? false
                let (results, error, isStale) = try await attempt(statements)
                guard let error else { return results }
                // Nothing of the batch has taken effect: a plan is found stale before its statement runs, and outside
                // a transaction the server undoes what stood before it.
                guard isStale, wasIdle, !isSecondTry else { throw error }
                isSecondTry = true
            }
        }
    }

    /// The results up to the first failure; whether a prepared statement turned out to be of no more use.
    typealias Answer = (results: [ResultSet], error: PostgresError?, isStale: Bool)

    /// Sends the batch once.
    func attempt(_ batch: [SQL]) async throws -> Answer {
        let steps = plan(batch)
        let reply = steps.count == 1 ? try await single(steps[0].step) : try await pipelined(steps.map(\.step))
        var results: [ResultSet] = []
        for (position, step) in steps.enumerated() {
            let isDone = position < reply.results.count
            switch step.step {
            case .prepare(let key, let name, _):
                if isDone { statements.insert(key, name: name) }
            case .forget(let key, _):
                if isDone || reply.routine == "FetchPreparedStatement" { statements.remove(key) }
            case .executePrepared, .executeOnce:
                guard isDone else { continue }
                results.append(reply.results[position])
                noteTag(reply.results[position])
            }
        }
        guard let error = reply.error, reply.results.count < steps.count else { return (results, reply.error, false) }
        let failed = steps[reply.results.count]
        let key = StatementCache.Key(batch[failed.statement])
        let isFresh = steps.contains { if case .prepare(key, _, _) = $0.step { true } else { false } }
        let isStale = !isFresh && (error.sqlState == "26000" || reply.routine == "RevalidateCachedQuery")
        if isStale { statements.remove(key) }
        return (results, error.at(nil, statement: batch[failed.statement].text), isStale)
    }

    /// The steps for a batch, each with the position of the statement that it serves.
    private func plan(_ batch: [SQL]) -> [(step: Step, statement: Int)] {
        var steps: [(Step, Int)] = []
        var names: [StatementCache.Key: String] = [:]
        var incoming = 0
        for (position, sql) in batch.enumerated() {
            guard statements.capacity > 0, sql.isPreparable else {
                steps.append((.executeOnce(sql), position))
                continue
            }
            let key = StatementCache.Key(sql)
            if let name = names[key] ?? statements.name(of: key) {
                names[key] = name
                steps.append((.executePrepared(name: name, sql), position))
            } else {
                let name = statements.newName()
                names[key] = name
                incoming += 1
                steps.append((.prepare(key, name: name, sql), position))
                steps.append((.executePrepared(name: name, sql), position))
            }
        }
        guard incoming > 0 else { return steps }
        let surplus = statements.surplus(incoming: incoming, keeping: Set(names.keys))
        let place = steps.firstIndex { if case .prepare = $0.0 { true } else { false } } ?? 0
        // Not before a BEGIN, nor before what sets an isolation level, which has to come first.
        steps.insert(
            contentsOf: surplus.compactMap { key in
                statements.name(of: key).map { (.forget(key, name: $0), steps[place].1) }
            }, at: place)
        return steps
    }

    private func noteTag(_ result: ResultSet) {
        guard result.status == PGRES_COMMAND_OK else { return }
        switch result.commandTag {
        case "DEALLOCATE ALL", "DISCARD ALL": statements.removeAll()
        default: break
        }
    }

    /// Starts listening; what is said arrives in `notifications`.
    public func listen(_ channel: String, fileID: String = #fileID, line: Int = #line) async throws {
        isListening = true
        _ = try await run(
            "LISTEN \(identifier: channel)", at: Place(fileID: fileID, line: line))
    }
}

// The exchanges with libpq; the caller holds the turn.
extension Connection {
    func simple(_ text: String, isCopyExpected: Bool = false) async throws -> Reply {
        guard let handle, state.loss == nil else { throw lossError }
        guard PQsendQuery(handle, text) == 1 else { throw sendError() }
        return await collect(isCopyExpected: isCopyExpected)
    }

    private func single(_ step: Step) async throws -> Reply {
        guard handle != nil, state.loss == nil else { throw lossError }
        try send(step)
        return await collect()
    }

    private func pipelined(_ steps: [Step]) async throws -> Reply {
        guard let handle, state.loss == nil else { throw lossError }
        guard PQenterPipelineMode(handle) == 1 else { throw sendError() }
        for step in steps { try send(step) }
        guard PQpipelineSync(handle) == 1 else { throw sendError() }
        let reply = await collect(untilSync: true)
        if state.loss == nil, PQexitPipelineMode(handle) == 0 {
            lose(PostgresError(.connectionLost, "the pipeline did not end: \(String(cString: PQerrorMessage(handle)))"))
        }
        return reply
    }

    private func send(_ step: Step) throws {
        guard let handle else { throw lossError }
        let isSent: Int32 =
            switch step {
            case .prepare(_, let name, let sql):
                PQsendPrepare(
                    handle, name, sql.text, Int32(sql.parameters.count), sql.parameters.map(\.type.rawValue))
            case .executePrepared(let name, let sql):
                Binds(sql.parameters).withPointers { count, values, lengths, formats in
                    PQsendQueryPrepared(handle, name, count, values, lengths, formats, 0)
                }
            case .executeOnce(let sql):
                Binds(sql.parameters).withPointers { count, values, lengths, formats in
                    PQsendQueryParams(
                        handle, sql.text, count, sql.parameters.map(\.type.rawValue), values, lengths, formats, 0)
                }
            case .forget(_, let name):
                PQsendQueryParams(handle, "DEALLOCATE \(name)", 0, nil, nil, nil, nil, 0)
            }
        guard isSent == 1 else { throw sendError() }
    }

    /// libpq refused to send. What it may have buffered already would upset the next exchange, so this one is the last.
    private func sendError() -> PostgresError {
        let message = handle.map { String(cString: PQerrorMessage($0)).trimmed } ?? ""
        lose(PostgresError(.connectionLost, message))
        return lossError
    }

    /// Waits for the whole answer. The loss of the connection in between is an error of the reply, not of this call:
    /// what was answered before it counts.
    func collect(untilSync: Bool = false, isCopyExpected: Bool = false) async -> Reply {
        var reply = Reply()
        flush()
        while let result = await nextResult(endsWithNil: !untilSync) {
            if result.status == PGRES_PIPELINE_SYNC { break }
            if result.status == PGRES_PIPELINE_ABORTED { continue }
            if let error = result.error {
                if reply.error == nil { (reply.error, reply.routine) = (error, result.errorRoutine) }
            } else if reply.error == nil {
                reply.results.append(result)
            }
            guard isCopy(result.status) else { continue }
            if !isCopyExpected {
                lose(PostgresError(.misuse, "COPY needs copyIn or copyOut"))
            }
            break
        }
        if var error = state.loss {
            error.sqlState = reply.error?.sqlState ?? error.sqlState
            if let said = reply.error, said.sqlState != nil { error.message = said.message }
            reply.error = error
            state.explainLoss(error)
        }
        return reply
    }

    /// The next result, nil at the end of the answer; in a pipeline each answer ends with a nil of its own, so there
    /// only two in a row, which a lost connection gives, end it.
    func nextResult(endsWithNil: Bool = true) async -> ResultSet? {
        var nils = 0
        while let handle, nils < 2 {
            while state.loss == nil, PQisBusy(handle) == 1 {
                if hasUnreadBytes { consume() } else { await somethingArrives() }
            }
            if let result = PQgetResult(handle) { return ResultSet(result) }
            if PQstatus(handle) == CONNECTION_BAD {
                lose(PostgresError(.connectionLost, String(cString: PQerrorMessage(handle)).trimmed))
            }
            if endsWithNil { return nil }
            nils = state.loss == nil ? 0 : nils + 1
        }
        return nil
    }

    func isCopy(_ status: ExecStatusType) -> Bool {
        status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH
    }
}
