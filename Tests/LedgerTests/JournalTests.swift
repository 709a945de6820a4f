import Foundation
import Ledger
import Postgres
import Support
import Testing
import WorkingDays

/// The books outside: other people's programs add them up and agree.
@Suite(.database) struct JournalTests {
    static func hasProgram(_ name: String) -> Bool { Program.path(of: name) != nil }

    /// Books with every kind of entry, out of order in time.
    private func journal(_ format: Journal.Format) async throws -> String {
        let office = try await Office.open()
        let later = Office.morning.addingTimeInterval(3 * 86_400)
        try await office.books { books in
            try await books.allow(
                id: UUID(90), account: Office.earmarked, item: "金秋助学", from: Office.today, source: "文件")
            try await books.hold(
                Office.spending(20, 600_00, from: Office.earmarked, item: "金秋助学", reference: "XN;2026,\"1\""))
            try await books.hold(Office.spending(30, 1_01))
        }
        try await office.books(now: later) { books in
            try await books.post(Resolution(id: UUID(21), hold: UUID(20), amount: 599_99))
            try await books.void(Resolution(id: UUID(31), hold: UUID(30)))
        }
        try await office.books(now: later, day: Office.today.adding(days: 1)) { books in
            try await books.correct(UUID(10), id: UUID(40), amount: 7, code: "recall")
            try await books.hold(Office.spending(50, 2_00))
        }
        var text = ""
        try await office.pool.transaction(.repeatableRead) { transaction in
            try await Journal(ledger: Office.ledger, format: format)
                .export(from: transaction, today: Office.today) { text += $0 }
        }
        return text
    }

    @Test func `a journal holds every posted entry once, in order of days`() async throws {
        let text = try await journal(.hledger)
        let days = text.split(separator: "\n").filter { $0.hasPrefix("2026-") }.map { $0.prefix(10) }
        #expect(days == days.sorted())
        #expect(days.count == 5)
        #expect(text.contains("2026-01-08 * (00000000-0000-0000-0000-000000000015) payment"))
        #expect(text.contains("    ; item:金秋助学\n    ; reference:XN 2026 \"1\"\n"))
        #expect(text.contains("    净资产:FUND-2:中央财政--专项-  599.99 CNY\n    费用:SPENT:帮扶支出  -599.99 CNY\n"))
        #expect(text.contains("    净资产:FUND-2:中央财政--专项-  0.00 CNY = -400.01 CNY\n"))
    }

    @Test(.enabled(if: hasProgram("hledger"), "hledger is not installed"))
    func `hledger agrees with the books, and objects to one fen`() async throws {
        let text = try await journal(.hledger)
        let status = try Program.run("hledger", ["check", "-s", "ordereddates"], on: text)
        #expect(status == 0)
        let edited = text.replacing("599.99", with: "599.98")
        #expect(edited != text)
        let editedStatus = try Program.run("hledger", ["check", "-s", "ordereddates"], on: edited)
        #expect(editedStatus != 0)
    }

    @Test(.enabled(if: hasProgram("bean-check"), "beancount is not installed"))
    func `beancount agrees with the books, and objects to one fen`() async throws {
        let text = try await journal(.beancount)
        let status = try Program.run("bean-check", [], on: text)
        #expect(status == 0)
        let edited = text.replacing("599.99", with: "599.98")
        #expect(edited != text)
        let editedStatus = try Program.run("bean-check", [], on: edited)
        #expect(editedStatus != 0)
    }

    @Test func `books with nothing in them make a journal too`() async throws {
        var text = ""
        try await Database.current.appPool.transaction(.repeatableRead) { transaction in
            try await Journal(ledger: "空", format: .hledger).export(from: transaction, today: Office.today) {
                text += $0
            }
        }
        #expect(text.hasPrefix("; 空\ncommodity 1000.00 CNY\n"))
    }
}

/// A program of the machine, if it is there.
enum Program {
    static func path(of name: String) -> URL? {
        ["/usr/bin", "/usr/local/bin"].map { URL(filePath: $0).appending(path: name) }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }

    /// The exit status of a journal program run on a text.
    static func run(_ name: String, _ arguments: [String], on text: String) throws -> Int32 {
        let file = FileManager.default.temporaryDirectory.appending(path: "journal-\(UUID().uuidString)")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        let program: URL = try #require(path(of: name))
        process.executableURL = program
        process.arguments = (name == "hledger" ? ["-f", file.path] : [file.path]) + arguments
        process.environment = ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "HOME": "/tmp"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
