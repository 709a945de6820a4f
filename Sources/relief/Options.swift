import ArgumentParser
import Client
import Contract
import Foundation
import Terminal

/// What every verb takes: where the daemon is, who asks, and how to show the answer.
struct CommonOptions: ParsableArguments {
    @Option(help: "Where reliefd listens: unix:/path or http://host:port. Default: RELIEF_URL, else your own socket.")
    var url: String?

    @Option(
        help: ArgumentHelp(
            "File with a token; else RELIEF_TOKEN, else you are who you are on this host.", valueName: "file"))
    var tokenFile: String?

    @Flag(help: "Show the answer as JSON.")
    var json = false

    @Flag(help: "Show a list as CSV.")
    var csv = false

    @Option(help: "Language of the sentences, en or zh. Default: the terminal's (LC_ALL, LC_MESSAGES, LANG).")
    var lang: Language?

    func validate() throws {
        if json, csv { throw ValidationError("Choose --json or --csv.") }
    }

    func client() throws -> ReliefClient {
        ReliefClient(endpoint: try endpoint(), token: try token(), language: .ofTerminal)
    }

    private func endpoint() throws -> Endpoint {
        guard let url else { return try .default() }
        guard let endpoint = Endpoint(url) else {
            throw Refusal.invalid(
                "“\(url)” is no place; write unix:/path/to/reliefd.sock or http://host:port.", field: "url")
        }
        return endpoint
    }

    private func token() throws -> String? {
        if let tokenFile {
            return try Files.text(tokenFile).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        return ProcessInfo.processInfo.environment["RELIEF_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// What every verb that changes something takes.
struct SendingOptions: ParsableArguments {
    @Option(help: "Idempotency key: the command is done once per key, however often it is sent.")
    var key: String?

    @Flag(help: "Do it all and take it back; show what would have been.")
    var dryRun = false
}
