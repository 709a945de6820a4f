import CLibPQ

/// Which way the rows of a COPY go.
enum CopyDirection {
    case copyIn
    case copyOut

    var status: ExecStatusType { self == .copyIn ? PGRES_COPY_IN : PGRES_COPY_OUT }
}

// COPY holds one turn over many calls, since its rows come from or go to the caller's own isolation.
extension Connection {
    /// Bytes handed over at once, in either direction.
    static let copyChunk = 1 << 16

    func beginCopy(_ sql: SQL, _ direction: CopyDirection, at place: Place) async throws -> ConnectionState.Turn {
        guard sql.parameters.isEmpty else {
            throw PostgresError(.misuse, "COPY takes no binds").at(place, statement: sql.text)
        }
        let turn = try await beginTurn(at: place, statement: sql.text, cancellable: true)
        do {
            if Task.isCancelled {
                throw PostgresError(.cancelled, "the task was cancelled before the statement was sent")
            }
            try await sendPending()
            let reply = try await simple(sql.text, isCopyExpected: true)
            if let error = reply.error { throw error }
            guard reply.results.last?.status == direction.status else {
                if reply.results.last.map({ isCopy($0.status) }) == true { abandon() }
                throw PostgresError(.misuse, "the statement is no COPY in this direction")
            }
            return turn
        } catch let error as PostgresError {
            await endTurn(turn)
            throw error.at(place, statement: sql.text)
        }
    }

    /// Sends rows; returns when the socket has taken them, so that a slow server slows the caller.
    func copy(_ bytes: [UInt8]) async throws {
        guard let handle, state.loss == nil else { throw lossError }
        let isTaken = bytes.withUnsafeBytes {
            PQputCopyData(handle, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
        }
        guard isTaken == 1 else { throw copyError() }
        flush()
        while state.loss == nil, isWriting { await somethingArrives() }
        if state.loss != nil { throw lossError }
    }

    /// Ends COPY IN, with a reason if the rows are not to be taken; returns the number of rows.
    func endCopyIn(_ turn: ConnectionState.Turn, refusing reason: String?) async throws -> Int {
        let reply: Reply
        if let handle, state.loss == nil {
            reply = PQputCopyEnd(handle, reason) == 1 ? await collect() : Reply(error: copyError())
        } else {
            reply = Reply(error: lossError)
        }
        await endTurn(turn)
        if let error = reply.error { throw error }
        return reply.results.last?.rowsAffected ?? 0
    }

    /// The next rows of a COPY OUT; a task cancelled while it waits for them stops the server.
    func copiedRows(of turn: ConnectionState.Turn) async throws -> [UInt8]? {
        try await withTaskCancellationHandler {
            try await copiedRows()
        } onCancel: {
            enter { $0.withdraw(turn) }
        }
    }

    /// Whole rows that have come, at least one; nil at the end.
    func copiedRows() async throws -> [UInt8]? {
        var chunk: [UInt8] = []
        chunk.reserveCapacity(Self.copyChunk)
        while let handle, state.loss == nil {
            var row: UnsafeMutablePointer<CChar>?
            let count = PQgetCopyData(handle, &row, 1)
            if count > 0, let row {
                chunk += UnsafeRawBufferPointer(start: row, count: Int(count))
                PQfreemem(row)
                if chunk.count >= Self.copyChunk { return chunk }
            } else if count == 0 {
                if hasUnreadBytes {
                    consume()
                } else if chunk.isEmpty {
                    await somethingArrives()
                } else {
                    return chunk
                }
            } else {
                return chunk.isEmpty ? nil : chunk
            }
        }
        throw lossError
    }

    /// Ends COPY OUT. After a row that the reader could not take the rest is stopped and thrown away.
    func endCopyOut(_ turn: ConnectionState.Turn, stopping: Bool) async throws -> Int {
        if stopping {
            withdraw(turn)
            while let rows = try? await copiedRows() { _ = rows }
        }
        let reply = await collect()
        let isCancelled = state.isCancelled && reply.error?.sqlState == "57014"
        await endTurn(turn)
        if let error = reply.error { throw isCancelled ? error.cancelled : error }
        return reply.results.last?.rowsAffected ?? 0
    }

    private func copyError() -> PostgresError {
        let message = handle.map { String(cString: PQerrorMessage($0)).trimmed } ?? ""
        lose(PostgresError(.connectionLost, message))
        return lossError
    }
}
