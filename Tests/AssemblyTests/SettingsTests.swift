import Contract
import Foundation
import Testing

@testable import Assembly

/// Where settings come from, and what is said about bad ones.
struct SettingsTests {
    private func read(
        _ options: [SettingKey: String] = [:], file: String? = nil, environment: [String: String] = ["HOME": "/home/li"]
    ) throws -> Settings {
        let path = file.map { _ in
            FileManager.default.temporaryDirectory.appending(path: "relief-\(UUID().uuidString).env").path
        }
        if let path, let file { try Data(file.utf8).write(to: URL(fileURLWithPath: path)) }
        defer { if let path { try? FileManager.default.removeItem(atPath: path) } }
        return try Settings.read(options: options, config: path, environment: environment)
    }

    @Test func `an option wins over the environment, the environment over the file`() throws {
        let file = "RELIEF_DATA=/file\nRELIEF_POOL_SIZE=10\nRELIEF_BANK=/bank\n"
        let settings = try read(
            [.data: "/option"], file: file, environment: ["RELIEF_DATA": "/environment", "RELIEF_POOL_SIZE": "20"])
        #expect(settings.data.path == "/option")
        #expect(settings.poolSize == 20)
        #expect(settings.bank.path == "/bank")
    }

    @Test(arguments: [("6", 6), ("forever", nil), (nil, 24), ("0", 24), ("always", 24)] as [(String?, Int?)])
    func `the history of jobs is kept for some months, or for ever`(text: String?, months: Int?) throws {
        let options: [SettingKey: String] = text.map { [.jobHistory: $0] } ?? [:]
        if text == "0" || text == "always" {
            let error = #expect(throws: SettingsError.self) { try read(options) }
            #expect(error?.problems == ["--job-history is “\(text ?? "")”; must be 1 to 1200, or forever."])
        } else {
            #expect(try read(options).jobHistory == months)
        }
    }

    @Test func `a file has comments, quotes and escapes as systemd reads them`() throws {
        let settings = try read(
            file: """
                # comment
                ; comment
                RELIEF_DATA = "/a b/c"
                RELIEF_BANK='/it is\\so'
                RELIEF_AUDIT_ORIGIN=relief\\.example/log
                RELIEF_PG_BIN=/usr/lib/postgresql/17/bin
                """)
        #expect(settings.data.path == "/a b/c")
        #expect(settings.bank.path == "/it is\\so")
        #expect(settings.auditOrigin == "relief.example/log")
    }

    @Test func `all problems are said at once`() throws {
        let error = #expect(throws: SettingsError.self) {
            try read(
                [.poolSize: "3", .demoClock: "tomorrow", .socket: "here", .socketMode: "0777", .listen: "8080"],
                environment: ["HOME": "/home/li", "RELIEF_LOG_FORMAT": "xml"])
        }
        #expect(error?.problems.count == 6)
        #expect(
            error?.description.contains("RELIEF_LOG_FORMAT in the environment is “xml”; must be text or json.") == true)
    }

    @Test func `a database URL that can't be read isn't repeated, for it may hold a password`() throws {
        let error = #expect(throws: SettingsError.self) { try read([.databaseURL: "mysql://li:secret@host/x"]) }
        #expect(error?.description.contains("secret") == false)
    }

    @Test(arguments: [
        "2026-07-01T09:00+08:00", "2026-07-01T09:00:00+08:00", "2026-07-01T01:00:00Z", "2026-07-01T01:00Z",
    ])
    func `a demonstration's begin may leave out the seconds`(text: String) throws {
        #expect(try read([.demoClock: text]).demoClock == Timestamp.date("2026-07-01T01:00:00Z"))
    }
}
