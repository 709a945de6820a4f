/// A session that can move many rows at once.
public protocol CopySession: Session {
    /// The connection on which COPY runs; throws `.misuse` once the session is over.
    func copyConnection(at place: Place) throws -> Connection
}

extension Connection: CopySession {
    public nonisolated func copyConnection(at place: Place) -> Connection { self }
}

extension Transaction: CopySession {
    public func copyConnection(at place: Place) throws -> Connection { try open(at: place) }
}

extension CopySession {
    /// Sends rows to a `COPY … FROM STDIN` (text format); returns how many were taken. Either all rows are or none.
    @discardableResult
    public func copyIn(
        _ sql: SQL, rows: some Sequence<[any ParameterEncodable]>, fileID: String = #fileID, line: Int = #line
    ) async throws -> Int {
        try await copyIn(sql, at: Place(fileID: fileID, line: line)) { send in
            for row in rows { try await send(row) }
        }
    }

    /// Sends rows as they come to a `COPY … FROM STDIN`; memory stays flat however many there are.
    @discardableResult
    public func copyIn<Rows: AsyncSequence>(
        _ sql: SQL, rows: Rows, fileID: String = #fileID, line: Int = #line
    ) async throws -> Int where Rows.Element == [any ParameterEncodable] {
        try await copyIn(sql, at: Place(fileID: fileID, line: line)) { send in
            for try await row in rows { try await send(row) }
        }
    }

    private func copyIn(
        _ sql: SQL, at place: Place,
        _ produce: ((_ row: [any ParameterEncodable]) async throws -> Void) async throws -> Void
    ) async throws -> Int {
        let connection = try copyConnection(at: place)
        let turn = try await connection.beginCopy(sql, .copyIn, at: place)
        var text = CopyText()
        do {
            try await produce { row in
                text.append(row)
                guard text.bytes.count >= Connection.copyChunk else { return }
                try Task.checkCancellation()
                try await connection.copy(text.take())
            }
            try await connection.copy(text.take())
        } catch {
            _ = try? await connection.endCopyIn(turn, refusing: "the sender stopped")
            if error is CancellationError {
                throw PostgresError(.cancelled, "the task was cancelled").at(place, statement: sql.text)
            }
            throw (error as? PostgresError)?.at(place, statement: sql.text) ?? error
        }
        do {
            return try await connection.endCopyIn(turn, refusing: nil)
        } catch let error as PostgresError {
            throw error.at(place, statement: sql.text)
        }
    }

    /// Hands the rows of a `COPY … TO STDOUT` to the body, some whole rows at a time, as fast as it takes them.
    /// Returns how many rows there were; if the body throws, the rest is stopped.
    @discardableResult
    public func copyOut(
        _ sql: SQL, fileID: String = #fileID, line: Int = #line, _ body: (ArraySlice<UInt8>) async throws -> Void
    ) async throws -> Int {
        let place = Place(fileID: fileID, line: line)
        let connection = try copyConnection(at: place)
        let turn = try await connection.beginCopy(sql, .copyOut, at: place)
        do {
            while let rows = try await connection.copiedRows(of: turn) { try await body(rows[...]) }
        } catch {
            _ = try? await connection.endCopyOut(turn, stopping: true)
            throw (error as? PostgresError)?.at(place, statement: sql.text) ?? error
        }
        do {
            return try await connection.endCopyOut(turn, stopping: false)
        } catch let error as PostgresError {
            throw error.at(place, statement: sql.text)
        }
    }
}
