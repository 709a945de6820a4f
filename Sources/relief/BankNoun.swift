import ArgumentParser
import Contract

struct BankNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bank", abstract: "What the bank said.", subcommands: [List.self, Settle.self])
}

extension BankNoun {
    struct List: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var run: String?
        @Option(help: "A payment's reference.") var payment: String?
        @Flag(help: "Also lines that nobody has to settle.") var all = false
        @Option var cursor: String?
        @Option var limit: Int?

        func operation() -> ListBankLines {
            ListBankLines(run: run, payment: payment, all: all ? true : nil, cursor: cursor, limit: limit)
        }
    }

    struct Settle: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option(help: "As bank list shows it.") var line: Identifier
        @Option(help: "What was found out; the audit log keeps it.") var reason: String

        func operation() -> SettleBankLine {
            SettleBankLine(line: line.uuid, reason: reason)
        }
    }
}
