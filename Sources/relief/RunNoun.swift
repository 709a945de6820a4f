import ArgumentParser
import Contract
import WorkingDays

struct RunNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Payment runs.",
        subcommands: [
            Prepare.self, Check.self, Approve.self, Release.self, Cancel.self, File.self, Import.self, Reconcile.self,
            List.self, Show.self, Sheet.self,
        ])
}

extension RunNoun {
    struct Prepare: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var fund: String
        @Option var programme: String?
        @Option(help: "Last due day that is taken in.") var upTo: Day
        @Option(help: "When the bank is to pay.") var executeOn: Day
        @Option(help: "The file that is to be released; what it can't carry is left out.") var format: BankFormat?

        func operation() -> PrepareRun {
            PrepareRun(fund: fund, programme: programme, upTo: upTo, executeOn: executeOn, format: format)
        }
    }

    struct Cancel: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var run: String
        @Option var reason: String

        func operation() -> CancelRun {
            CancelRun(run: run, reason: reason)
        }
    }

    struct Import: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option(help: ArgumentHelp("What the bank sent.", valueName: "file")) var file: String

        func operation() throws -> ImportBankFile {
            ImportBankFile(fileName: Files.name(file), content: try Files.data(file))
        }
    }

    struct Reconcile: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var run: String

        func operation() -> ReconcileRun {
            ReconcileRun(run: run)
        }
    }

    struct List: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var fund: String?
        @Option var state: RunState?
        @Option var cursor: String?
        @Option var limit: Int?

        func operation() -> ListRuns {
            ListRuns(fund: fund, state: state, cursor: cursor, limit: limit)
        }
    }

    struct Show: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var run: String

        func operation() -> ShowRun {
            ShowRun(run: run)
        }
    }
}
