import ArgumentParser
import Contract
import WorkingDays

struct VisitNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "visit", abstract: "Home visits.", subcommands: [Record.self])
}

extension VisitNoun {
    struct Record: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var `case`: String
        @Option var on: Day
        @Option(name: .customLong("visitor"), help: "Logins. Repeat for more.") var visitors: [String] = []
        @Option var findings: String
        @OptionGroup var told: FactOptions

        func operation() throws -> RecordVisit {
            let facts = try told.values
            return RecordVisit(
                case: `case`, on: on, visitors: visitors, findings: findings, facts: facts.isEmpty ? nil : facts)
        }

        func notes(on reply: CaseView) -> [String] { told.echo(reply) }
    }
}

struct MeansNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "means", abstract: "Means checks.", subcommands: [Record.self])
}

extension MeansNoun {
    struct Record: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var `case`: String
        @Option(help: "Who answered: civil affairs, tax, housing…") var source: String
        @Option var on: Day
        @OptionGroup var told: FactOptions
        @Option var note: String?

        func operation() throws -> RecordMeans {
            RecordMeans(case: `case`, source: source, on: on, facts: try told.values, note: note)
        }

        func notes(on reply: CaseView) -> [String] { told.echo(reply) }
    }
}

struct FollowupNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "followup", abstract: "Follow-up.", subcommands: [Record.self])
}

extension FollowupNoun {
    struct Record: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var `case`: String
        @Option var on: Day
        @Option var manner: ContactManner
        @Option var finding: String
        @Option var satisfied: Bool?

        func operation() -> RecordFollowUp {
            RecordFollowUp(case: `case`, on: on, manner: manner, finding: finding, satisfied: satisfied)
        }
    }
}

struct AwardNoun: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "award", abstract: "Awards.", subcommands: [Stop.self])
}

extension AwardNoun {
    struct Stop: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var `case`: String
        @Option var reason: String

        func operation() -> StopAward {
            StopAward(case: `case`, reason: reason)
        }
    }
}
