import ArgumentParser
import Contract
import Output

struct AccountNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account", abstract: "Accounts that are paid to.",
        subcommands: [Register.self, List.self, Approve.self, Reveal.self])
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

    struct Approve: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var account: Identifier
        @Option(help: "Why a doubtful account is approved all the same.") var despite: String?

        func operation() -> ApproveAccount {
            ApproveAccount(account: account.uuid, despite: despite)
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
