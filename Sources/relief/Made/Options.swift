import ArgumentParser
import Client
import Contract
import Foundation
import Terminal

/// What every verb takes: where the daemon is, who asks, and how to show the answer.
struct CommonOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where reliefd listens: unix:/path or http://host:port. Default: RELIEF_URL, otherwise your own socket.",
            "reliefd 的地址：“unix:/路径”或“http://主机:端口”。默认取 RELIEF_URL，否则为本人的套接字。"))
    var url: String?

    @Option(
        help: ArgumentHelp(
            "File with a token. Default: RELIEF_TOKEN, otherwise your Unix account is used.",
            "令牌文件。默认取 RELIEF_TOKEN，否则以本机账户的身份办理。", valueName: "file"))
    var tokenFile: String?

    @Flag(help: ArgumentHelp("Show the answer as JSON.", "以 JSON 显示结果。"))
    var json = false

    @Flag(help: ArgumentHelp("Show a list as CSV.", "以 CSV 显示列表。"))
    var csv = false

    @Option(
        help: ArgumentHelp(
            "Language of the sentences, en or zh. Default: the terminal's (LC_ALL, LC_MESSAGES, LANG).",
            "语句的语言，en 或 zh。默认随终端（LC_ALL、LC_MESSAGES、LANG）。"))
    var lang: Language?

    func validate() throws {
        if json, csv { throw ValidationError(Phrase("Choose --json or --csv.", "--json 与 --csv 只能选一个。").shown) }
    }

    func client() throws -> ReliefClient {
        ReliefClient(endpoint: try endpoint(), token: try token(), language: .ofTerminal)
    }

    private func endpoint() throws -> Endpoint {
        guard let url else { return try .default() }
        guard let endpoint = Endpoint(url) else {
            throw Refusal.invalid(
                Phrase(
                    "“\(url)” is no address; write unix:/path/to/reliefd.sock or http://host:port.",
                    "“\(url)”不是地址；请写“unix:/路径/reliefd.sock”或“http://主机:端口”。"), field: "url")
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
    @Option(
        help: ArgumentHelp(
            "Idempotency key: the command is done once per key, however often it is sent.",
            "幂等键：同一键无论发送多少次，只办一次。"))
    var key: String?

    @Flag(
        name: [.long, .customLong("look")],
        help: ArgumentHelp(
            "Do it all and take it back: show what would have been, of a file each row.",
            "试办后撤回：显示会有什么结果，文件则逐行说明。"))
    var dryRun = false
}
