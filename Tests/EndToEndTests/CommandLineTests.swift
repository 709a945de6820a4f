import Client
import Contract
import Foundation
import Postgres
import Support
import Testing

/// The built command line against the built daemon: what it reads, writes and ends with.
@Suite(.serialized) struct CommandLineTests {
    private static let identity = "11010519491231002X"

    @Test func `numbers given as “-” are read from the standard input, a line each`() async throws {
        try await withDesk { desk in
            let register = ["person", "register", "--name", "张三", "--organisation", "CN", "--id-number", "-"]
            let nothing = try desk.relief(register)
            #expect(nothing.status == 3)
            #expect(nothing.errors.contains("no line for “-”"))
            #expect(try desk.relief(register, input: Self.identity + "\n").status == 0)
            let found = try desk.relief(["person", "find", "--id-number", "-"], input: Self.identity + "\n")
            #expect(found.status == 0, "\(found)")
            #expect(found.output.contains("张三"))
            #expect(!found.output.contains(Self.identity))
        }
    }

    @Test func `an import that left rows out ends with 1, and what was good is in`() async throws {
        try await withDesk { desk in
            let rows = ["1,张三,\(Self.identity),,户主,,,,,", "2,李四,110105194912310021,,户主,,,,,"]
            let file = desk.folder.appending(path: "roster.csv")
            try Data((["户号,姓名,身份证号,手机,关系,用人单位,户名,开户行,联行号,账号"] + rows).joined(separator: "\n").utf8).write(to: file)
            let verb = ["household", "import", "--organisation", "CN", "--csv-file", file.path, "--mode", "valid"]
            let result = try desk.relief(verb)
            #expect(result.status == 1, "\(result)")
            #expect(result.output.contains("110105194912310021") == false)
            #expect(try desk.relief(["household", "list", "--organisation", "CN"]).output.contains("CN-H000001"))
        }
    }

    @Test func `to look says of each row what would become of it, and changes nothing`() async throws {
        try await withDesk { desk in
            let text = "花名册,,,,\r\n户号,姓名,身份证号,手机,关系\r\n1,张三,\(Self.identity),,户主\r\n"
            let file = desk.folder.appending(path: "roster.csv")
            // As a spreadsheet saves “Unicode text”: UTF-16 with a mark.
            try Data([0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }).write(to: file)
            let verb = ["household", "import", "--organisation", "CN", "--csv-file", file.path]
            let look = try desk.relief(verb + ["--look"])
            #expect(look.status == 0, "\(look)")
            #expect(look.output.contains("1 rows: 1 new, 0 same, 0 differs, 0 doubted, 0 refused."))
            #expect(look.output.contains("UTF-16") && look.output.contains("taken for a title"))
            #expect(try !desk.relief(["person", "list"]).output.contains("张三"))
            #expect(try desk.relief(verb + ["--lang", "zh"]).output.contains("共 1 行：新增 1，相同 0"))
            #expect(try desk.relief(verb).output.contains("0 new, 1 same"))
            try Data([0x50, 0x4B, 3, 4] + "xl/workbook.xml".utf8).write(to: file)
            let workbook = try desk.relief(verb)
            #expect(workbook.status == 3 && workbook.errors.contains("xlsx"))
        }
    }

    @Test func `what is fetched is for its user alone, also where a file stood open before`() async throws {
        try await withDesk { desk in
            let log = desk.folder.appending(path: "log")
            try FileManager.default.createDirectory(at: log, withIntermediateDirectories: true)
            let checkpoint = log.appending(path: "checkpoint")
            try Data().write(to: checkpoint)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: checkpoint.path)
            let result = try desk.relief(["audit", "export", "--to", log.path], token: nil)
            #expect(result.status == 0, "\(result)")
            let entries = try #require(FileManager.default.enumerator(atPath: log.path)).compactMap { $0 as? String }
            #expect(entries.count > 5)
            for entry in entries {
                let facts = try FileManager.default.attributesOfItem(atPath: log.appending(path: entry).path)
                let rights = try #require(facts[.posixPermissions] as? NSNumber).uint16Value
                #expect(rights & 0o077 == 0, "\(entry) has \(String(rights, radix: 8))")
            }
        }
    }

    @Test func `a plan says which schedules are paused and not in it`() async throws {
        try await withDesk { desk in
            let name = try #require(try await desk.daemon.client.send(ListSchedules()).items.first?.name)
            let plan = ["schedule", "next", "--to", "2099-01-01", "--from", "2098-12-01"]
            #expect(try desk.relief(plan, token: nil).output.contains(name))
            #expect(try desk.relief(["schedule", "pause", name, "--reason", "盘点"], token: nil).status == 0)
            let thinned = try desk.relief(plan, token: nil)
            #expect(thinned.status == 0)
            #expect(!thinned.output.contains(name))
            #expect(thinned.errors == "Schedule \(name) is paused: it isn't in this plan.\n")
        }
    }

    @Test func `a day in another form is refused with the form that is wanted`() async throws {
        try await withDesk { desk in
            for day in ["22/11/2026", "2026-+8-03", "2026-02-30", "٢٠٢٦-٠٨-٠٣", "26-8-3"] {
                let result = try desk.relief(["person", "died", "--person", "CN-P000009", "--on", day])
                #expect(result.status == 64, "\(day)")
                #expect(result.errors.contains("must be a day: 2026-11-22"))
            }
            // Read as a day, and then there is no such person.
            for day in ["2026-11-22", "2026/11/22", "2026年11月22日", "20261122"] {
                #expect(
                    try desk.relief(["person", "died", "--person", "CN-P000009", "--on", day]).status == 4, "\(day)")
            }
        }
    }

    @Test func `an error's control characters don't reach the terminal`() async throws {
        try await withDesk { desk in
            let lock = desk.daemon.data.appending(path: "postgres/data/postmaster.pid")
            let socket = try String(contentsOf: lock, encoding: .utf8).split(
                separator: "\n", omittingEmptySubsequences: false)[4]
            let connection = try await Connection.open(
                Settings("host='\(socket)' dbname=relief user=postgres"), logger: quiet)
            let hostile = "\u{1B}]0;mine\u{07}\u{9B}2J\u{08}"
            try await connection.transaction { transaction in
                try await transaction.execute(
                    """
                    INSERT INTO jobs.job (id, run_at, created_at, attempt, max_attempts, stage, kind, last_error)
                    VALUES (900001, \(at("2999-01-01T00:00:00Z")), \(at("2026-01-01T00:00:00Z")), 1, 9, 'scheduled',
                            'case.markOverdue', \(hostile))
                    """)
                try await transaction.execute(
                    """
                    INSERT INTO jobs.dead_letter
                    SELECT created_at, \(hostile), last_error, false, j.* FROM jobs.job AS j WHERE id = 900001
                    """)
                try await transaction.execute("UPDATE jobs.dead_letter SET id = 900002")
            }
            await connection.close()
            for verb in [
                ["job", "show", "900001"], ["job", "show", "900002"], ["job", "list"], ["top", "--once"],
            ] {
                let result = try desk.relief(verb, token: nil)
                #expect(result.status == 0, "\(result)")
                let control = result.output.unicodeScalars.filter {
                    $0.properties.generalCategory == .control && $0 != "\n"
                }
                #expect(control.isEmpty, "\(verb): \(control.map(\.value))")
            }
        }
    }

    /// A running daemon, and a case worker of its root.
    private func withDesk(_ body: @Sendable (Desk) async throws -> Void) async throws {
        try await House.with { house in
            let daemon = try await house.serve()
            _ = try await daemon.client.send(
                CreateUser(
                    login: "lin", name: "林工", idNumber: "630102198003045012", organisation: "CN"))
            _ = try await daemon.client.send(GrantRole(user: "lin", role: .caseWorker, organisation: "CN"))
            let token = try await daemon.client.send(IssueToken(user: "lin")).token
            try await body(Desk(daemon: daemon, folder: house.folder, token: token))
        }
    }
}

/// Somebody at a terminal.
private struct Desk: Sendable {
    let daemon: DaemonProcess
    let folder: URL
    let token: String

    /// Runs the command line to its end, as the case worker; without a token as who started the daemon.
    func relief(
        _ arguments: [String], input: String = "", token: String?
    ) throws -> (status: Int32, output: String, errors: String) {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: tests).deletingLastPathComponent().appending(path: "relief")
        process.arguments = arguments
        process.environment = [
            "PATH": "/usr/bin:/bin", "RELIEF_URL": "\(daemon.endpoint)", "RELIEF_TOKEN": token ?? "",
        ]
        let files = ["in", "out", "err"].map { folder.appending(path: "\(UUID().uuidString).\($0)") }
        try Data(input.utf8).write(to: files[0])
        for file in files.dropFirst() { try Data().write(to: file) }
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        try process.run()
        process.waitUntilExit()
        return (
            process.terminationStatus, try String(contentsOf: files[1], encoding: .utf8),
            try String(contentsOf: files[2], encoding: .utf8)
        )
    }

    func relief(_ arguments: [String], input: String = "") throws -> (status: Int32, output: String, errors: String) {
        try relief(arguments, input: input, token: token)
    }
}
