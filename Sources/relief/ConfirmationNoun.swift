import ArgumentParser
import Contract

struct ConfirmationNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirmation", abstract: "What waits for the word of a union above.",
        subcommands: [List.self, Settle.self])
}

extension ConfirmationNoun {
    struct List: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Flag(help: "Also what was answered.") var all = false
        @Option var cursor: String?
        @Option var limit: Int?

        func operation() -> ListConfirmations {
            ListConfirmations(all: all ? true : nil, cursor: cursor, limit: limit)
        }
    }

    struct Settle: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option(help: "As confirmation list shows it.") var confirmation: Identifier
        @Option(help: "What whoever asked is told; the audit log keeps it.") var answer: String

        func operation() -> SettleConfirmation {
            SettleConfirmation(confirmation: confirmation.uuid, answer: answer)
        }
    }
}
