import Contract
import Foundation
import Testing
import Web

/// The built `relief` before the API.
struct CommandLineTests {
    private func relief(_ api: LiveAPI, _ arguments: String...) async throws -> (status: Int32, output: String) {
        try await api.relief(arguments)
    }

    @Test func `a list is aligned for people, amounts to the right`() async throws {
        try await LiveAPI.with { api in
            let (status, output) = try await relief(api, "case", "list", "--programme", "P04")
            #expect(status == 0)
            #expect(
                output == """
                    number  programme  organisation  subject     state      step      amount  due on
                    R-1     P04        ah            王芳        submitted  review  6,000.00  2026-11-30
                    R-20    P04        ah            Li, "=Lei"  submitted  review      0.50

                    """)
        }
    }

    @Test func `a list is CSV for spreadsheets`() async throws {
        try await LiveAPI.with { api in
            let (_, output) = try await relief(api, "case", "list", "--programme", "P04", "--csv")
            #expect(
                output.split(separator: "\r\n").map(String.init) == [
                    "\u{FEFF}number,programme,organisation,subject,state,step,amount,due on,elsewhere",
                    "R-1,P04,ah,王芳,submitted,review,6000.00,2026-11-30,",
                    "R-20,P04,ah,\"Li, \"\"=Lei\"\"\",submitted,review,0.50,,",
                ])
        }
    }

    @Test(arguments: [false, true])
    func `deciding all decides each over its sheet, a line each or shown whole`(whole: Bool) async throws {
        try await LiveAPI.with { api in
            let (status, output) = try await relief(
                api, "case", "decide", "--all", "--programme", "P04", "--step", "review", "--outcome", "pass",
                "--yes", whole ? "--show" : "--all")
            #expect(status == 0)
            #expect(output.contains("病种") == whole && output.contains("2 decided."))
            #expect(whole || output.split(separator: "\n").count == 3)
            let decisions = api.asked.value.calls.compactMap { $0.operation as? DecideCase }
            #expect(decisions.map(\.sheet) == ["sheet-R-1", "sheet-R-20"])
            #expect(decisions.map(\.outcome) == [.pass, .pass])
            #expect(decisions.map(\.unseen) == (whole ? [nil, nil] : [true, true]))
            #expect(decisions.map(\.step) == ["review", "review"])
        }
    }

    @Test(arguments: [["--case", "R-1"], ["--all", "--step", "review", "--programme", "P04", "--show"]])
    func `nothing is decided where nobody can be asked and the command line doesn't say`(which: [String]) async throws {
        try await LiveAPI.with { api in
            let (status, output) = try await api.relief(["case", "decide", "--outcome", "pass"] + which)
            #expect(status == 3 && output.contains("--sheet") && output.contains("--yes"))
            #expect(!api.asked.value.calls.contains { $0.operation is DecideCase })
        }
    }

    @Test func `nothing is decided over what could not be shown`() async throws {
        try await LiveAPI.with { api in
            let words = ["--all", "--step", "review", "--programme", "P04", "--show", "--yes"]
            let (status, output) = try await api.relief(
                ["case", "decide", "--outcome", "pass"] + words, to: FileHandle(forWritingAtPath: "/dev/full"))
            #expect(status == 74)
            #expect(output.contains("could not be written"))
            #expect(api.asked.value.calls.contains { $0.operation is ShowCase })
            #expect(!api.asked.value.calls.contains { $0.operation is DecideCase })
        }
    }

    @Test func `submitting all says which is refused and why, goes on, and ends with 3`() async throws {
        try await LiveAPI.with { api in
            let (status, output) = try await relief(api, "case", "submit", "--all", "--programme", "P04")
            #expect(status == 3)
            #expect(output.contains("R-1: Case R-1 is not complete.\n  missing: 病种"))
            #expect(output.contains("R-20  ") && output.contains("1 submitted, 1 refused."))
            let lists = api.asked.value.calls.compactMap { $0.operation as? ListCases }
            #expect(lists.map(\.state) == [.draft])
        }
    }

    @Test func `an identity number needn't stand in the list of processes`() async throws {
        try await LiveAPI.with { api in
            _ = try await api.relief(["person", "find", "--id-number", "-"], input: "630102197905121313\n")
            #expect(
                api.asked.value.calls.compactMap { ($0.operation as? FindPerson)?.idNumber } == ["630102197905121313"])
            #expect(try await api.relief(["person", "find", "--id-number", "-"]).status == 3)
        }
    }

    @Test func `a day that can't be read is told with how days are written`() async throws {
        try await LiveAPI.with { api in
            let (status, output) = try await api.relief(
                ["fund", "receive", "--fund", "F", "--amount", "1", "--on", "03/08/2026", "--reference", "R"])
            #expect(status == 64 && output.contains("not “03/08/2026”") && output.contains("2026-11-22"))
        }
    }

    @Test func `a refusal is a sentence and an exit code`() async throws {
        try await LiveAPI.with { api in
            let (status, output) = try await relief(api, "case", "show", "C9")
            #expect(status == 4)
            #expect(output == "relief: There is no case C9.\n  field: case\n")
        }
    }

    @Test func `the subject may stand alone after the verb, and JSON is the reply`() async throws {
        try await LiveAPI.with { api in
            let (status, output) = try await relief(api, "case", "show", "R-1", "--json")
            #expect(status == 0)
            #expect(try JSON.decode(CaseView.self, from: Data(output.utf8)).sheet == "sheet-R-1")
        }
    }

    @Test func `whoever acts with a token that ends soon is told in a line, also where it is refused`() async throws {
        try await LiveAPI.with { api in
            let file = api.folder.appending(path: "token")
            func told(_ token: String, _ arguments: [String]) async throws -> Int {
                try Data(token.utf8).write(to: file)
                let (_, output) = try await api.relief(arguments + ["--token-file", file.path])
                return output.split(separator: "\n").count { $0.contains("This token ends at 2026-07-14 09:00") }
            }
            let (answered, refused) = (
                try await told("ending", ["case", "list"]), try await told("ending", ["case", "show", "C9"])
            )
            let quiet = try await told("good", ["case", "list"])
            #expect(answered == 1 && refused == 1 && quiet == 0)
        }
    }

    @Test func `a renewed token takes the place of the old one in its file, for its user alone`() async throws {
        try await LiveAPI.with { api in
            let file = api.folder.appending(path: "token")
            try Data("ending\n".utf8).write(to: file)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
            let (status, output) = try await api.relief(
                ["token", "renew", "--expires-in-days", "9", "--token-file", file.path])
            #expect(status == 0 && !output.contains("good\n") && !output.contains("This token ends"))
            #expect(output.contains("2026-09-29 09:00") && output.contains("2026-07-02 09:00"))
            #expect(try String(contentsOf: file, encoding: .utf8) == "good\n")
            let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(api.asked.value.calls.compactMap { ($0.operation as? RenewToken)?.expiresInDays } == [9])
            let printed = try await api.relief(["token", "renew"])
            #expect(printed.status == 0 && printed.output.hasPrefix("good\n"))
        }
    }
}
