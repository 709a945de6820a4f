import ArgumentParser
import Client
import Contract
import Foundation
import Output
import Terminal

/// Gives the holder of a token a new one, in the place of the old.
struct TokenRenew: CommandVerb {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "renew", abstract: RenewToken.summary.shown,
            discussion: Phrase(
                """
                Asked with the token itself. With --token-file the new one takes its place in that file, which is for its
                user alone; with RELIEF_TOKEN it is printed.
                """,
                """
                须用令牌本身来换。用 --token-file 时，新令牌写入原文件，仅本人可读；用 RELIEF_TOKEN 时打印出来。
                """
            ).shown)
    }
    static let tellsTokenEnd = false  // of the old one
    @OptionGroup var common: CommonOptions
    @OptionGroup var sending: SendingOptions
    @Option(help: RenewToken.help("expiresInDays")) var expiresInDays: Int?

    func operation() -> RenewToken {
        RenewToken(expiresInDays: expiresInDays)
    }

    func carryOut(with client: ReliefClient) async throws {
        let renewed = try await client.send(operation(), key: sent.key, dryRun: sent.dryRun)
        if let file = common.tokenFile {
            try DurableFile.write(Array((renewed.token + "\n").utf8), to: URL(fileURLWithPath: file))
        } else if !common.json {
            try Standard.output(renewed.token)
        }
        if common.json { return try show(renewed) }
        let (new, old) = (Presenter.time(renewed.expiresAt), Presenter.time(renewed.oldExpiresAt))
        Standard.error(
            Phrase(
                "The new token is good until \(new), the old one until \(old) (China).",
                "新令牌有效至北京时间\(new)，原令牌有效至\(old)。"
            ).shown)
    }
}
