import ArgumentParser
import Contract
import Output

struct AccountNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account", abstract: "Accounts that are paid to.",
        subcommands: [Register.self, Approve.self, Reveal.self])
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

    struct Approve: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var account: Identifier

        func operation() -> ApproveAccount {
            ApproveAccount(account: account.uuid)
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
