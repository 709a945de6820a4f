import ArgumentParser
import Client
import Contract
import Foundation
import Terminal

/// Approves the account that was shown.
struct AccountApprove: CommandVerb {
    static var configuration: CommandConfiguration { described }
    @OptionGroup var common: CommonOptions
    @OptionGroup var sending: SendingOptions
    @OptionGroup var signing: SigningOptions
    @Option(help: ApproveAccount.help("account"), transform: typed) var account: UUID
    @Option(help: ApproveAccount.help("despite")) var despite: String?

    func operation() throws -> ApproveAccount {
        ApproveAccount(account: account, sheet: try signing.given(), despite: despite)
    }

    func carryOut(with client: ReliefClient) async throws {
        let question = Phrase("Approve it?", "核准？")
        let (sheet, unseen) = try await signing.choose(question, dryRun: sending.dryRun) {
            let seen = try await client.send(ShowAccountSheet(account: account))
            return .init(sheet: seen.sheet, text: seen.presentation())
        }
        let approval = ApproveAccount(account: account, sheet: sheet, despite: despite, unseen: unseen)
        try show(try await client.send(approval, key: sent.key, dryRun: sent.dryRun))
    }
}
