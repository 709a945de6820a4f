import ArgumentParser
import Client
import Contract
import Output

struct AccountNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account", abstract: "Accounts that are paid to.",
        subcommands: [Register.self, List.self, Sheet.self, Approve.self, Reveal.self])
}

extension AccountNoun {
    struct Register: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option(help: "Person number or organisation code.") var owner: String
        @Option(help: "Name on the account.") var holder: String
        @Option var bank: String
        @Option(help: "Twelve digits of the branch (联行号).") var cnaps: String?
        @Option(help: "- reads it.") var number: String
        @Option var kind: AccountKind

        func operation() throws -> RegisterAccount {
            RegisterAccount(
                owner: owner, holder: holder, bank: bank, cnaps: cnaps,
                number: try Standard.secret(number, field: "number"), kind: kind)
        }
    }

    struct List: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var organisation: String?
        @Option var state: AccountState?
        @Option var cursor: String?
        @Option var limit: Int?

        func operation() -> ListAccounts {
            ListAccounts(organisation: organisation, state: state, cursor: cursor, limit: limit)
        }
    }

    struct Sheet: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var account: Identifier
        @Option(help: "An earlier one, by its first digits.") var sheet: String?

        func operation() -> ShowAccountSheet {
            ShowAccountSheet(account: account.uuid, sheet: sheet)
        }
    }

    struct Approve: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @OptionGroup var signing: SigningOptions
        @Option var account: Identifier
        @Option(help: "Why a doubtful account is approved all the same.") var despite: String?

        func operation() throws -> ApproveAccount {
            guard let sheet = signing.sheet else {
                throw Refusal.invalid(
                    Phrase("Give the --sheet that was seen.", "请用 --sheet 指明所查看的表单。"), field: "sheet")
            }
            return ApproveAccount(account: account.uuid, sheet: sheet, despite: despite)
        }

        func carryOut(with client: ReliefClient) async throws {
            let question = Phrase("Approve it?", "核准？")
            let (sheet, unseen) = try await signing.choose(question, dryRun: sending.dryRun) {
                let seen = try await client.send(ShowAccountSheet(account: account.uuid))
                return .init(sheet: seen.sheet, text: seen.presentation())
            }
            let approval = ApproveAccount(account: account.uuid, sheet: sheet, despite: despite, unseen: unseen)
            try show(try await client.send(approval, key: sent.key, dryRun: sent.dryRun))
        }
    }

    struct Reveal: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var account: Identifier
        @Option var reason: String

        func operation() -> RevealAccount {
            RevealAccount(account: account.uuid, reason: reason)
        }
    }
}
