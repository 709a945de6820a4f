import ArgumentParser
import Contract
import Output
import WorkingDays

struct FundNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fund", abstract: "Funds and their books.",
        subcommands: [
            Create.self, Receive.self, Reverse.self, Allow.self, List.self, Show.self, Statement.self, Export.self,
        ])
}

extension FundNoun {
    struct Create: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var code: String
        @Option var name: String
        @Option var organisation: String
        @Option var source: FundSource
        @Option var year: Int
        @Option var donorIntent: String?
        @Option(name: .customLong("item"), help: "item:from:source or item:from:to:source; repeat for more.")
        var items: [FundItemArgument]
        @Option var bank: String
        @Option(help: "- reads it.") var accountNumber: String
        @Option var accountHolder: String
        @Option var cnaps: String?
        @Option(
            name: .customLong("programme"),
            help: "Programme codes; any whose item is allowed, where not given. Repeat for more.")
        var serves: [String] = []

        func operation() throws -> CreateFund {
            CreateFund(
                code: code, name: name, organisation: organisation, source: source, year: year,
                donorIntent: donorIntent, items: items.map(\.item), bank: bank,
                accountNumber: try Standard.secret(accountNumber, field: "accountNumber"), accountHolder: accountHolder,
                cnaps: cnaps, serves: serves.isEmpty ? nil : serves)
        }
    }

    struct Receive: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var fund: String
        @Option(help: "Yuan.") var amount: Fen
        @Option var on: Day
        @Option(help: "Of the bank's entry; unique in the fund.") var reference: String
        @Option var note: String?

        func operation() -> ReceiveMoney {
            ReceiveMoney(fund: fund, amount: amount, on: on, reference: reference, note: note)
        }
    }

    struct Reverse: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var fund: String
        @Option(help: "Of the entry that was a mistake.") var reference: String
        @Option(help: "Why; the audit log keeps it.") var reason: String

        func operation() -> ReverseReceipt {
            ReverseReceipt(fund: fund, reference: reference, reason: reason)
        }
    }

    struct Allow: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var fund: String
        @Option var item: String
        @Option var from: Day
        @Option var to: Day?
        @Option var source: String

        func operation() -> AllowItem {
            AllowItem(fund: fund, item: item, from: from, to: to, source: source)
        }
    }

    struct List: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var organisation: String?
        @Option var year: Int?

        func operation() -> ListFunds {
            ListFunds(organisation: organisation, year: year)
        }
    }

    struct Show: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var fund: String

        func operation() -> ShowFund {
            ShowFund(fund: fund)
        }
    }

    struct Statement: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var fund: String
        @Option var from: Day?
        @Option var to: Day?
        @Option var cursor: String?
        @Option var limit: Int?

        func operation() -> ShowStatement {
            ShowStatement(fund: fund, from: from, to: to, cursor: cursor, limit: limit)
        }
    }

    struct Export: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var fund: String?
        @Option var format: BooksFormat

        func operation() -> ExportBooks {
            ExportBooks(fund: fund, format: format)
        }
    }
}
