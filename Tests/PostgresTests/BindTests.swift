import Foundation
import Postgres
import Testing

/// Whatever goes out as a bind comes back the same from a column of its type.
struct BindTests {
    private func roundTrip<T: ParameterEncodable & ColumnDecodable & Equatable>(
        _ values: [T], _ type: String, _ location: SourceLocation = #_sourceLocation
    ) async throws {
        let connection = try await Server.connect()
        try await connection.execute("CREATE TEMP TABLE kept (number int, value \(unescaped: type))")
        for (number, value) in values.enumerated() {
            try await connection.execute("INSERT INTO kept VALUES (\(number), \(value))")
        }
        let rows = try await connection.query("SELECT value FROM kept ORDER BY number")
        let kept: [T] = try rows.map { try $0["value"] }
        #expect(kept == values, sourceLocation: location)
        let nothing: T? = nil
        let echo: T? = try await connection.value("SELECT \(nothing)::\(unescaped: type)")
        #expect(echo == nil, sourceLocation: location)
        await connection.close()
    }

    @Test func `numbers`() async throws {
        try await roundTrip([0, -1, Int.max, Int.min], "bigint")
        try await roundTrip([0, -1, Int64.max, Int64.min], "bigint")
        try await roundTrip([0, Int32.max, Int32.min], "integer")
        try await roundTrip([0.0, -0.1, 1e300, .pi, .infinity, -.infinity], "double precision")
        try await roundTrip(["0", "12345678901234567890.123456789"], "numeric")
    }

    @Test func `texts, truths, names and bytes`() async throws {
        try await roundTrip(["", "工会帮扶", "it's \"quoted\" \\ \n\t{}", "🧧"], "text")
        try await roundTrip([true, false], "boolean")
        try await roundTrip([UUID(), UUID()], "uuid")
        try await roundTrip([[], [0, 1, 255, 92, 39], (0...255).map { UInt8($0) }] as [[UInt8]], "bytea")
        try await roundTrip([Data(), Data([0, 7, 0])], "bytea")
        try await roundTrip([JSON(#"{"a": [1, null, "x"]}"#)], "jsonb")
        try await roundTrip(["{\"b\": 1}"], "jsonb")
        try await roundTrip(["2026-02-28"], "date")
    }

    @Test func `a text with a zero is refused, not cut off`() async throws {
        let connection = try await Server.connect()
        for statement: SQL in ["SELECT \("a\u{0}b")::text", "SELECT \(JSON(#"{"a": "\u0000"}"#))"] {
            let error = await #expect(throws: PostgresError.self) { try await connection.query(statement) }
            #expect(error?.code == .server && ["22021", "22P05"].contains(error?.sqlState))
        }
        let texts: SQL = "SELECT \(["a\u{0}b"])::text[]"
        await #expect(throws: PostgresError.self) { try await connection.query(texts) }
        #expect(try await connection.value("SELECT 1") == 1)
        await connection.close()
    }

    @Test func `arrays`() async throws {
        try await roundTrip([[], ["", "NULL", "a,b", "{\"x\"}", "\\", "帮 扶"]] as [[String]], "text[]")
        try await roundTrip([[nil, "a", nil, "NULL"]] as [[String?]], "text[]")
        try await roundTrip([[1, -2, Int.max]], "bigint[]")
        try await roundTrip([[UUID(), UUID()]], "uuid[]")
        try await roundTrip([[true, false]], "boolean[]")
        try await roundTrip([[[0, 255], [], [92]]] as [[[UInt8]]], "bytea[]")
        try await roundTrip([[Date(timeIntervalSince1970: 1.000001)]], "timestamptz[]")
        try await roundTrip([[1.5, -2]], "double precision[]")
        try await roundTrip([[nil, 5]] as [[Int?]], "bigint[]")
    }

    @Test func `instants keep their microseconds`() async throws {
        let base = Date(timeIntervalSince1970: 1_795_000_000)
        let dates = [1, 999_999, 123_456, 0, 500_000, 7].map { base.addingTimeInterval(Double($0) / 1e6) }
        try await roundTrip(dates, "timestamptz")
        let connection = try await Server.connect()
        let text: String = try await connection.value("SELECT to_char(\(dates[1]) AT TIME ZONE 'UTC', 'US')")
        #expect(text == "999999")
        // Every microsecond of a second, and years far from ours.
        let wrong = try await connection.query(
            """
            SELECT moment, extract(epoch FROM moment)::text AS epoch
              FROM (SELECT timestamptz '2031-07-01 12:00:00+00' + n * interval '0.9999 ms' AS moment
                      FROM generate_series(1, 1000) AS n
                    UNION ALL VALUES (timestamptz '0001-01-01 00:00:00+00'), ('1582-10-15 00:00:00+00'),
                      ('1969-12-31 23:59:59.999999+00'), ('2000-02-29 23:59:59+00'), ('2400-02-29 00:00:00+00')) AS moments
            """
        ).filter { row in
            let date: Date = try row["moment"]
            let echo: String = try row["epoch"]
            return abs(date.timeIntervalSince1970 - (Double(echo) ?? .nan)) > 2e-6
        }
        #expect(wrong.isEmpty)
        await connection.close()
    }

    @Test func `enums travel as their raw value`() async throws {
        enum Step: String, ParameterEncodable, ColumnDecodable { case review, visit }
        let connection = try await Server.connect()
        let step: Step = try await connection.value("SELECT \(Step.visit)")
        #expect(step == .visit)
        let error = await failure { let _: Step = try await connection.value("SELECT 'neither'") }
        #expect(error?.code == .decoding)
        await connection.close()
    }

    @Test func `a value of another type is refused and not quoted`() async throws {
        let connection = try await Server.connect()
        let row = try await connection.one("SELECT 'secret' AS a, NULL::int AS b, 99999999999 AS c")
        for error in [
            await failure { let _: Int = try row["a"] }, await failure { let _: Int = try row["b"] },
            await failure { let _: Int32 = try row["c"] }, await failure { let _: Date = try row["a"] },
            await failure { let _: UUID = try row["a"] }, await failure { let _: String = try row["none"] },
            await failure { let _: Bool = try row[0] }, await failure { let _: String = try row[3] },
        ] {
            #expect(error?.code == .decoding)
            #expect(error?.fileID == #fileID)
            #expect(error?.description.contains("secret") == false)
        }
        await connection.close()
    }
}
