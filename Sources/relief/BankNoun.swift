import ArgumentParser
import Contract

struct BankNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bank", abstract: "What the bank said.",
        subcommands: [List.self, Settle.self, Match.self, Matches.self, Confirm.self])
}

extension BankNoun {
    struct List: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var run: String?
        @Option(help: "A payment's reference.") var payment: String?
        @Option(help: "Lines of one class, whoever has to settle them.") var `class`: BankLineClass?
        @Flag(help: "Also lines that nobody has to settle.") var all = false
        @Option var cursor: String?
        @Option var limit: Int?

        func operation() -> ListBankLines {
            ListBankLines(
                run: run, payment: payment, class: `class`, all: all ? true : nil, cursor: cursor, limit: limit)
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

    struct Match: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option(help: "As bank list shows it.") var line: Identifier
        @Option(help: "A payment's reference; otherwise the one that the line is shown with.") var payment: String?
        @Option(help: "A run that the bank booked in one sum.") var run: String?
        @Option(help: "What was found out; the audit log keeps it.") var reason: String

        func operation() -> MatchBankLine {
            MatchBankLine(line: line.uuid, payment: payment, run: run, reason: reason)
        }
    }

    struct Matches: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Flag(help: "Also those that were confirmed.") var all = false
        @Option var cursor: String?
        @Option var limit: Int?

        func operation() -> ListBankMatches {
            ListBankMatches(all: all ? true : nil, cursor: cursor, limit: limit)
        }
    }

    struct Confirm: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option(help: "As bank matches shows it.") var match: Identifier

        func operation() -> ConfirmBankMatch {
            ConfirmBankMatch(match: match.uuid)
        }
    }
}
