import Contract
import Crypto
import FoundationEssentials
import Postgres

/// The store of everything that was ever shown to somebody who decided, each by the SHA-256 of its bytes.
enum Sheets {
    /// A sheet as it was kept.
    struct Kept: Sendable {
        let id: String
        let content: String
        let madeAt: Date

        init(_ row: Row) throws {
            (id, content, madeAt) = (try row["id"], try row["content"], try row["created_at"])
        }

        func decode<Sheet: Decodable>(_ type: Sheet.Type) throws -> Sheet {
            try JSON.decode(type, from: Data(content.utf8))
        }
    }

    /// Keeps a sheet under its SHA-256 (hex), which it gives; the same sheet is kept once.
    static func keep(_ sheet: some Encodable, subject: String, in context: CommandContext) async throws -> String {
        let content = try JSON.encode(sheet)
        let id = id(of: content)
        // No conflict target: with one, PostgreSQL asks that the new row be visible, and a run's is only once the run is.
        try await context.transaction.execute(
            """
            INSERT INTO relief.sheet (id, subject, content, created_at)
            VALUES (\(id), \(subject), \(String(decoding: content, as: UTF8.self)), \(context.now))
            ON CONFLICT DO NOTHING
            """)
        return id
    }

    static func id(of content: Data) -> String { Hex.encode(SHA256.hash(data: content)) }

    /// A sheet of what is named by `subject`: by its number, or by the beginning of it.
    static func find(_ wanted: String, of subject: String, in context: some OperationContext) async throws -> Kept {
        let digits = wanted.lowercased()
        guard (8...64).contains(digits.utf8.count), digits.utf8.allSatisfy(Self.isHexadecimal) else {
            throw Refusal.invalid(
                Phrase(
                    "A sheet must be named by its 64 hexadecimal digits, or by the first eight or more.",
                    "表单号应为64位十六进制数，或其前八位以上。"), field: "sheet")
        }
        let rows = try await context.transaction.query(
            """
            SELECT id, content, created_at FROM relief.sheet WHERE subject = \(subject) AND starts_with(id, \(digits)) LIMIT 2
            """)
        guard let row = rows.first, rows.count == 1 else {
            throw Refusal.notFound(
                rows.isEmpty
                    ? Phrase("There is no such sheet.", "没有这份表单。")
                    : Phrase("More than one sheet begins so: give more of its digits.", "有多份表单以此开头：请多写几位。"),
                field: "sheet")
        }
        return try Kept(row)
    }

    /// What is signed is what was shown: here it has changed since.
    static func changed(_ what: Phrase, look verb: String) -> Refusal {
        .conflict(
            Phrase(
                "\(what.en) has changed since it was shown, or this is not its sheet: look at it again (\(verb)) and sign what it shows.",
                "\(what.zh)在查看之后有变动，或表单号不符：请重新查看（\(verb)）后再签。"), field: "sheet")
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...102).contains(byte)
    }
}

extension CommandContext {
    /// Puts in the leaf what was signed, and whether it had been looked at.
    func noteSigned(_ sheet: String, unseen: Bool?) {
        note("sheet", .string(sheet))
        note("signed", .string(unseen == true ? "unseen" : "shown"))
    }
}
