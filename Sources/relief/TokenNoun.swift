import ArgumentParser
import Client
import Contract
import Foundation
import Output
import Terminal

struct TokenNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Tokens of machines and remote users.",
        subcommands: [Issue.self, Renew.self, List.self, Revoke.self])
}

extension TokenNoun {
    struct Issue: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var user: String
        @Option(help: "Days, 1 to 366; 90 where not given.") var expiresInDays: Int?
        @Option(help: "What it is for.") var note: String?

        func operation() -> IssueToken {
            IssueToken(user: user, expiresInDays: expiresInDays, note: note)
        }
    }

    struct Renew: CommandVerb {
        static let configuration = CommandConfiguration(
            commandName: "renew", abstract: RenewToken.summary,
            discussion: """
                Asked with the token itself. With --token-file the new one takes its place in that file, which is for its
                user alone; with RELIEF_TOKEN it is printed.
                """)
        static let tellsTokenEnd = false  // of the old one
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option(help: "Days, 1 to as many as the old one was given for; as many where not given.")
        var expiresInDays: Int?

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

    struct List: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var user: String?
        @Option var cursor: String?
        @Option var limit: Int?

        func operation() -> ListTokens {
            ListTokens(user: user, cursor: cursor, limit: limit)
        }
    }

    struct Revoke: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var user: String
        @Option var reason: String?
        @Option(help: "One token and what was renewed from it, by its id; all where not given.") var token: String?

        func operation() -> RevokeTokens {
            RevokeTokens(user: user, reason: reason, token: token)
        }
    }
}
