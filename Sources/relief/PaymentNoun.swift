import ArgumentParser
import Contract
import WorkingDays

struct PaymentNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "payment", abstract: "Payments.",
        subcommands: [List.self, Show.self, Reissue.self, Disprove.self, Prove.self])
}

extension PaymentNoun {
    struct List: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var run: String?
        @Option var state: PaymentState?
        @Option var `case`: String?
        @Option var cursor: String?
        @Option var limit: Int?

        func operation() -> ListPayments {
            ListPayments(run: run, state: state, case: `case`, cursor: cursor, limit: limit)
        }
    }

    struct Show: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var payment: String

        func operation() -> ShowPayment {
            ShowPayment(payment: payment)
        }
    }

    struct Reissue: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var payment: String
        @Option var reason: String

        func operation() -> ReissuePayment {
            ReissuePayment(payment: payment, reason: reason)
        }
    }

    struct Disprove: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var payment: String
        @Option(help: "The bank's document.") var proof: String

        func operation() -> DisprovePayment {
            DisprovePayment(payment: payment, proof: proof)
        }
    }

    struct Prove: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var payment: String
        @Option(help: "The day of the bank's books.") var on: Day
        @Option(help: "The bank's document.") var proof: String

        func operation() -> ProvePayment {
            ProvePayment(payment: payment, bookedOn: on, proof: proof)
        }
    }
}

struct RemittanceNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remittance", abstract: "Union dues that were paid in.", subcommands: [Import.self])
}

extension RemittanceNoun {
    struct Import: ImportVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var organisation: String
        @OptionGroup var taking: ImportOptions

        func operation() throws -> ImportRemittances {
            ImportRemittances(organisation: organisation, csv: try taking.content(), mode: taking.mode)
        }
    }
}
