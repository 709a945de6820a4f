import Client
import Contract
import Foundation
import Output
import Testing

/// What the built programs do when nobody reads what they say, or when it can't be written.
@Suite(.serialized) struct OutputTests {
    static let helps = [
        "relief --help", "relief help case", "relief verbs", "relief --generate-completion-script bash",
        "reliefd --help",
        "reliefd --version", "relief-banksim --help", "relief-banksim run --help",
    ]
    static let answers = [
        "relief whoami", "relief organisation list --csv", "relief organisation list --json", "relief audit log",
        "relief top", "relief top --json", "relief schedule next --to 2099-01-01 --from 2098-12-01",
        "relief user create --login a --name 甲", "relief audit export --to \"$FOLDER/log\"",
        "reliefd doctor --data \"$FOLDER/data\"", "relief-banksim status --dir \"$FOLDER/bank\"",
    ]

    @Test func `what drives a terminal or turns a line never reaches one, and JSON keeps it escaped`() throws {
        let hostile = "查\u{1B}]0;x\u{07}验\u{9B}31m\u{202E}abc\r\u{2066}\n\t完"
        #expect(hostile.legible == "查\u{FFFD}]0;x\u{FFFD}验\u{FFFD}31m\u{FFFD}abc\u{FFFD}\u{FFFD}\n\t完")
        let json = "{\"a\":\"\u{202E}\u{9B}x\"}".legibleJSON
        #expect(json == #"{"a":"\u202e\u009bx"}"#)
        let value = try JSONDecoder().decode([String: String].self, from: Data(json.utf8))
        #expect(value["a"] == "\u{202E}\u{9B}x")
    }

    @Test(arguments: helps) func `help that nobody reads ends by SIGPIPE, without a word`(line: String) throws {
        let ending = try Built.unread("exec " + line)
        #expect(ending.status == Built.endedBySIGPIPE)
        #expect(ending.errors == "")
    }

    @Test(arguments: helps, ["> /dev/full", ">&-"])
    func `help that can't be written is a sentence and 74`(line: String, where redirection: String) throws {
        let ending = try Built.shell("exec \(line) \(redirection)")
        #expect(ending.status == 74)
        #expect(ending.errors.contains("could not be written"))
    }

    @Test func `every program ends quietly when its reader does`() async throws {
        try await inHouse { environment in
            for line in Self.answers {
                let ending = try Built.unread("exec " + line, environment: environment)
                #expect(ending.status == Built.endedBySIGPIPE, "\(line): \(ending)")
                #expect(ending.errors == "", "\(line)")
            }
        }
    }

    @Test func `what can't be written is a sentence in the terminal's language, and 74`() async throws {
        try await inHouse { environment in
            for line in Self.answers {
                let full = try Built.shell("exec \(line) > /dev/full", environment: environment)
                #expect(full.status == 74, "\(line): \(full)")
                #expect(full.errors.contains("The answer could not be written: the disk is full."), "\(line)")
                let closed = try Built.shell(
                    "exec \(line) >&-", environment: environment.merging(["LC_ALL": "zh_CN.UTF-8"]) { $1 })
                // A user can be created once.
                guard !line.contains("create") else { continue }
                #expect(closed.status == 74, "\(line): \(closed)")
                #expect(closed.errors.contains("结果没能写出：标准输出已关闭。"), "\(line): \(closed)")
            }
        }
    }

    @Test func `a command whose answer is lost says that it is done`() async throws {
        try await inHouse { environment in
            let make =
                "relief organisation create --code QH --name 青海省总工会 --level province --line territory --parent CN"
            let ending = try Built.shell(make + " > /dev/full", environment: environment)
            #expect(ending.status == 74)
            #expect(ending.errors.contains("is done: look before you ask again"))
            let dry = try Built.shell(
                make.replacing("QH", with: "GS") + " --dry-run > /dev/full", environment: environment)
            #expect(dry.status == 74)
            #expect(!dry.errors.contains("is done"))
            let list = try Built.shell("relief organisation list", environment: environment)
            #expect(list.output.contains("青海省总工会"))
        }
    }

    @Test func `errors that nobody can read end nothing`() async throws {
        try await inHouse { environment in
            for redirection in ["2> /dev/full", "2>&-"] {
                let ending = try Built.shell("relief person show X \(redirection)", environment: environment)
                #expect(ending.status == 4, "\(ending)")
                let list = try Built.shell("relief audit log --limit 1 \(redirection)", environment: environment)
                #expect(list.status == 0)
                #expect(list.output.contains("relief.initialise"), "\(list)")
            }
        }
    }

    @Test func `who follows jobs ends when the reader does, though nothing more happens`() async throws {
        try await inHouse { environment in
            let made = "name=$(relief schedule list --csv | sed -n '2s/,.*//p'); relief schedule run $name --reason 试"
            #expect(try Built.shell(made, environment: environment).status == 0)
            let ending = try Built.readOnce("exec relief job tail", environment: environment)
            #expect(ending.status == Built.endedBySIGPIPE)
            #expect(ending.errors == "")
            #expect(!ending.output.isEmpty)
            #expect(try Built.unread("exec relief job tail", environment: environment).status == Built.endedBySIGPIPE)
        }
    }

    @Test func `of a file that has no room nothing is left, and the old one stays`() async throws {
        try await inHouse { environment in
            let export = "exec relief audit export --to \"$FOLDER/log\""
            // A file may have a block, and no more.
            let little = "trap '' XFSZ; ulimit -f 1; "
            #expect(try Built.shell(export, environment: environment).status == 0)
            let log = URL(fileURLWithPath: try #require(environment["FOLDER"])).appending(path: "log")
            let before = try Self.files(log)
            for number in 1...4 {
                let make = "relief user create --login u\(number) --name 用户\(number)"
                #expect(try Built.shell(make, environment: environment).status == 0)
            }
            for sort in ["", "trap - XFSZ; "] {
                let ending = try Built.shell(little + sort + export, environment: environment)
                #expect(ending.status == 74, "\(ending)")
                #expect(ending.errors.contains("a file may not be so large here"))
                #expect(ending.errors.contains("nothing of it is there"))
                #expect(try Self.files(log) == before)
            }
        }
    }

    @Test(arguments: ["2> /dev/full", "2>&-", "2>&- < /dev/null"])
    func `a log that can't be written ends nothing`(redirections: String) async throws {
        try await House.with { house in
            let daemon = try await house.serve(redirected: redirections, "--log-level", "trace")
            #expect(try await daemon.client.send(WhoAmI()).login.isEmpty == false)
            _ = try await daemon.client.send(CreateUser(login: "lin", name: "林工"))
            daemon.send(SIGTERM)
            #expect(await daemon.untilEnded() == 0)
        }
    }

    @Test func `a log whose reader goes ends nothing, neither the daemon nor its PostgreSQL`() async throws {
        try await House.with { house in
            let pipe = house.folder.appending(path: "log").path
            #expect(mkfifo(pipe, 0o600) == 0)
            let reader = open(pipe, O_RDONLY | O_NONBLOCK)
            #expect(reader >= 0)
            let daemon = try await house.serve(redirected: "2> '\(pipe)'")
            close(reader)
            for number in 1...3 { _ = try await daemon.client.send(CreateUser(login: "u\(number)", name: "林工")) }
            #expect(try await daemon.client.send(VerifyAudit()).intact)
            daemon.send(SIGTERM)
            #expect(await daemon.untilEnded() == 0)
        }
    }

    @Test func `a list for spreadsheets begins with a byte order mark, and keeps what a spreadsheet would change`()
        async throws
    {
        try await inHouse { environment in
            for line in [
                "relief user create --login qian --name 钱财务 --organisation CN --id-number 630102198003045012",
                "relief user grant --user qian --role financeOfficer --organisation CN",
                "relief token issue --user qian --json | sed 's/.*\"token\":\"\\([^\"]*\\)\".*/\\1/' > \"$FOLDER/qian\"",
                """
                relief fund create --code F1 --name "=1+1" --organisation CN --source central --year 2026 --item \
                life:2026-01-01:办法 --bank 工行 --account-number 2806000109200001234 --account-holder 6225880000000980001 \
                --cnaps 102851000013 --token-file "$FOLDER/qian"
                """,
                """
                relief fund receive --fund F1 --amount 1,600,000 --on 2026-01-05 --reference 00012 \
                --token-file "$FOLDER/qian"
                """,
            ] {
                let ending = try Built.shell(line, environment: environment)
                #expect(ending.status == 0, "\(line) \(ending)")
            }
            let list = try Built.shell(
                "relief fund list --csv --token-file \"$FOLDER/qian\"", environment: environment)
            #expect(list.output.utf8.starts(with: [0xEF, 0xBB, 0xBF]), "\(list)")
            let cells = list.output.split(separator: "\r\n").last?.split(
                separator: ",", omittingEmptySubsequences: false)
            let row = try #require(cells).map(String.init)
            #expect(row.contains("'6225880000000980001") && row.contains("'=1+1") && row.contains("102851000013"))
            #expect(row.contains("1600000.00"), "\(row)")
        }
    }

    /// A running daemon, and its administrator's environment.
    private func inHouse(_ body: @Sendable ([String: String]) async throws -> Void) async throws {
        try await House.with { house in
            let daemon = try await house.serve()
            try await body(["RELIEF_URL": "\(daemon.endpoint)", "FOLDER": house.folder.path])
        }
    }

    /// All that lies in a folder.
    private static func files(_ folder: URL) throws -> [String: Data] {
        let paths = try #require(FileManager.default.enumerator(atPath: folder.path)).compactMap { $0 as? String }
        var files: [String: Data] = [:]
        for path in paths { files[path] = FileManager.default.contents(atPath: folder.appending(path: path).path) }
        return files
    }
}
