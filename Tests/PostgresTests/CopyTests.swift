import Foundation
import Postgres
import Testing

/// COPY in both directions.
@Suite(.timeLimit(.minutes(10)))
struct CopyTests {
    private func connect() async throws -> Connection {
        let connection = try await Server.connect()
        try await connection.execute(
            "CREATE TEMP TABLE roll (id bigint PRIMARY KEY, name text, born timestamptz, seal bytea, tags text[])")
        return connection
    }

    private func row(_ number: Int) -> [any ParameterEncodable] {
        [
            number, number % 3 == 0 ? nil : "职工\t\(number)\\\n\r" as String?, Date(timeIntervalSince1970: 0.000_001),
            [UInt8(number & 255), 0, 92], ["a,\"b\"", "\\"],
        ]
    }

    @Test func `100,000 rows go in and come out`() async throws {
        let connection = try await connect()
        let taken = try await connection.transaction { transaction in
            try await transaction.copyIn("COPY roll FROM STDIN", rows: (1...100_000).lazy.map { row($0) })
        }
        #expect(taken == 100_000)
        #expect(try await connection.value("SELECT sum(id) FROM roll") == 5_000_050_000)
        #expect(try await connection.value("SELECT count(*) FROM roll WHERE name IS NULL") == 33_333)
        let last = try await connection.one("SELECT * FROM roll WHERE id = \(100_000)")
        #expect(try last["name"] == "职工\t100000\\\n\r")
        #expect(try last["born"] == Date(timeIntervalSince1970: 0.000_001))
        #expect(try last["seal"] == [160, 0, 92] as [UInt8])
        #expect(try last["tags"] == ["a,\"b\"", "\\"])
        var (lines, chunks) = (0, 0)
        let sent = try await connection.copyOut("COPY roll TO STDOUT") { rows in
            #expect(rows.last == UInt8(ascii: "\n"))
            lines += rows.count { $0 == UInt8(ascii: "\n") }
            chunks += 1
        }
        #expect(sent == 100_000)
        #expect(lines == 100_000)
        #expect(chunks > 10)
        // The end of an idle connection is still noticed after it streamed.
        await connection.close()
        for await _ in connection.notifications {}
    }

    @Test func `rows may come from a stream`() async throws {
        let connection = try await connect()
        let rows = AsyncStream<[any ParameterEncodable]> { stream in
            for number in 1...10 { stream.yield([number, "x", Date(), [UInt8](), [String]()]) }
            stream.finish()
        }
        #expect(try await connection.copyIn("COPY roll FROM STDIN", rows: rows) == 10)
        await connection.close()
    }

    @Test func `one bad row refuses all, and says so`() async throws {
        let connection = try await connect()
        let error = await failure {
            try await connection.copyIn(
                "COPY roll FROM STDIN", rows: (1...20_000).lazy.map { row($0 == 300 ? 299 : $0) })
        }
        #expect(error?.sqlState == "23505")
        #expect(error?.constraint == "roll_pkey")
        #expect(error?.fileID == #fileID)
        #expect(try await connection.value("SELECT count(*) FROM roll") == 0)
        await connection.close()
    }

    @Test func `a sender or a reader that stops leaves a good connection`() async throws {
        struct Stop: Error {}
        let connection = try await connect()
        let failing = AsyncThrowingStream<[any ParameterEncodable], any Error> { stream in
            for number in 1...10 { stream.yield(row(number)) }
            stream.finish(throwing: Stop())
        }
        await #expect(throws: Stop.self) { try await connection.copyIn("COPY roll FROM STDIN", rows: failing) }
        #expect(try await connection.value("SELECT count(*) FROM roll") == 0)
        await #expect(throws: Stop.self) {
            try await connection.copyOut("COPY (SELECT repeat('x', 1000) FROM generate_series(1, 1000000)) TO STDOUT") {
                _ in throw Stop()
            }
        }
        #expect(try await connection.value("SELECT 1") == 1)
        await connection.close()
    }

    @Test func `COPY in another place is refused`() async throws {
        let connection = try await connect()
        #expect(await failure { try await connection.copyOut("SELECT 1") { _ in } }?.code == .misuse)
        #expect(try await connection.value("SELECT 1") == 1)
        #expect(await failure { try await connection.execute("COPY roll FROM STDIN") } != nil)
        await connection.close()
    }

    @Test func `a cancelled COPY ends`() async throws {
        let connection = try await connect()
        let lock = try await HeldLock.taken()
        let started = AsyncStream<Void>.makeStream()
        let task = Task {
            // Rows come, and then no more: the rest waits for the lock.
            try await connection.copyOut(
                SQL(
                    unescaped:
                        "COPY (SELECT g, CASE g WHEN 30000 THEN pg_advisory_xact_lock(\(lock.key))::text END"
                        + " FROM generate_series(1, 1000000) AS g) TO STDOUT")
            ) {
                _ in started.continuation.yield()
            }
        }
        for await _ in started.stream { break }
        task.cancel()
        #expect(await failure { _ = try await task.value }?.code == .cancelled)
        #expect(try await connection.value("SELECT 1") == 1)
        await lock.release()
        await connection.close()
    }
}
