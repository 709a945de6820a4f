import Contract
import Foundation
import Testing

/// Runs the built `relief`, which stands beside the tests.
struct CommandLineTests {
    private func relief(_ arguments: String...) throws -> (status: Int32, output: String, errors: String) {
        try relief(arguments)
    }

    private func relief(_ arguments: [String]) throws -> (status: Int32, output: String, errors: String) {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: tests).deletingLastPathComponent().appending(path: "relief")
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin", "RELIEF_URL": "unix:/nowhere/reliefd.sock"]
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let (said, complained) = (
            output.fileHandleForReading.readDataToEndOfFile(), errors.fileHandleForReading.readDataToEndOfFile()
        )
        process.waitUntilExit()
        return (
            process.terminationStatus, String(decoding: said, as: UTF8.self),
            String(decoding: complained, as: UTF8.self)
        )
    }

    @Test func `every operation has exactly one verb`() throws {
        let verbs = try relief("verbs").output.split(separator: "\n").map(String.init)
        #expect(verbs.sorted() == Catalogue.operations.map { $0.name }.sorted())
    }

    @Test func `where the daemon doesn't answer the exit code is 7`() throws {
        let (status, output, errors) = try relief("case", "show", "R-2026-0001")
        #expect(status == 7)
        #expect(output.isEmpty)
        #expect(errors.hasPrefix("relief: reliefd doesn't answer at unix:/nowhere/reliefd.sock"))
    }

    @Test(arguments: [
        ["case", "decide", "--outcome", "pass"], ["case", "decide", "R1", "--outcome=fly"],
        ["case", "list", "--json", "--csv"], ["fund", "receive", "F1", "--amount", "1.005"],
    ])
    func `a command line that can't be read is 64`(arguments: [String]) throws {
        #expect(try relief(arguments[0], arguments[1], arguments[2], arguments[3]).status == 64)
    }

    @Test func `an option given twice is refused, and not the last of them taken`() throws {
        let process = ["fund", "receive", "F1", "--amount", "100", "--amount=10000000", "--on", "2026-08-03"]
        let (status, output, errors) = try relief(process + ["--reference", "R"])
        #expect(status == 64 && output.isEmpty)
        #expect(errors.contains("--amount” is given twice"))
        let chinese = try relief(process + ["--reference", "R", "--lang", "zh"])
        #expect(chinese.status == 64 && chinese.errors.contains("给了两次"))
        // A flag says the same twice, and what may be repeated is.
        #expect(try relief(["case", "show", "C1", "--json", "--json"]).status == 7)
        let open = ["case", "open", "--programme", "P", "--organisation", "O", "--fact", "a=1", "--fact"]
        #expect(try relief(open + ["b=1"]).status == 7)
        let twice = try relief(open + ["a=2"])
        #expect(twice.status == 64 && twice.errors.contains("facts.a"))
    }

    @Test func `a file that isn't there is named`() throws {
        let (status, _, errors) = try relief("programme", "check", "--pack", "/nowhere/p.yaml")
        #expect(status == 3)
        #expect(errors.contains("/nowhere/p.yaml"))
    }

    @Test func `completions are made for the shell`() throws {
        let (status, output, _) = try relief("--generate-completion-script", "bash")
        #expect(status == 0)
        #expect(output.contains("household"))
    }
}
